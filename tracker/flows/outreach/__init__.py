"""What goes out, what comes back, and who asked us to stop."""
