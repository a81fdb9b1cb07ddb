"""`tracker demo`: everything in one process, with offices and cases that look real."""
