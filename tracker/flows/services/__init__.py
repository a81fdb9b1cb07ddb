"""Service definitions come into force."""
