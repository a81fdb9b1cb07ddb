"""Who hears what, when, and by which way."""
