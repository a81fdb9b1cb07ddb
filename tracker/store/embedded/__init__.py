"""The machinery of the embedded PostgreSQL; `tracker.store.server` is its face."""
