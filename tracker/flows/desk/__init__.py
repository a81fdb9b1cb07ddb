"""What staff do at the desk: find a case, see what its page says and why, and act on it. Every look is audited."""
