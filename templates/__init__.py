"""Every word a person reads: pages and messages, and the one Jinja environment."""
