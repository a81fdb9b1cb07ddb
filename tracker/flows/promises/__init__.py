"""Learning dates, telling them, and accounting for them."""
