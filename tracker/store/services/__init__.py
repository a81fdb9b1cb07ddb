"""Services and the versions of their definitions."""
