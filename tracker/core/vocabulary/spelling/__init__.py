"""How people write the same thing: letters of names, days, postcodes, tags of languages."""
