"""The machinery of the embedded PostgreSQL; `tracker.store.embedded.server` is its face."""
