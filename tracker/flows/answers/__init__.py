"""What a person may read."""
