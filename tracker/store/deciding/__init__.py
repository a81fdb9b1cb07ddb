"""All that a decision reads and all that it writes."""
