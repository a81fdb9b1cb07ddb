"""Organisations: set up, rehearsed, going live."""
