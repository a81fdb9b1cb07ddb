"""What may be said: one set of facts for page, API, message and desk."""
