"""What is done to a case other than by its events."""
