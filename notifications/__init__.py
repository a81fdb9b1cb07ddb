"""Carries messages: channels, rendering, delivery."""
