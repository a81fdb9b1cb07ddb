"""Translates what other systems say into our events."""
