"""What happens by time alone: one process of several leads, and rings for each job."""
