"""Dates: learned from finished cases, given with a probability, and judged by what became of them."""
