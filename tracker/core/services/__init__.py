"""Service definitions: what an office does for people, as data."""
