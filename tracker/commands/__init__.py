"""What `tracker` can do, by occasion."""
