"""`tracker backtest`: what would have been promised on a real case log, and how much of it would have been kept."""
