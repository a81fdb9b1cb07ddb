"""The one decision, where everything else of the core meets."""
