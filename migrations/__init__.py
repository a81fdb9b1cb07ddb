"""Schema migrations, run by `tracker migrate`."""
