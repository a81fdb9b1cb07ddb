"""What every table stands on: the engine, columns, organisations, alerts, locks of leaders, limits."""
