"""Pure decisions: the standard library only; `now` is always an argument."""
