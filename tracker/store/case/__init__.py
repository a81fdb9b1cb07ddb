"""Cases, their entries and the people who have a part in them."""
