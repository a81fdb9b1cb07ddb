"""The outbox, and what became of what was sent."""
