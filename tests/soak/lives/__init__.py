"""Seeded lives: every message is held against the page, the JSON and the desk, and against what was known."""
