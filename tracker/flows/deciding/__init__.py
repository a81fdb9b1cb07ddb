"""Lock, dossier, decide, changes: events taken in, and what falls due without one."""
