"""What pages ask, and what people said to us."""
