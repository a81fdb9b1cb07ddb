"""What a case is: a pure function of the set of its events."""
