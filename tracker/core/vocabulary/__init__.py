"""The words that all share: closed sets of words, references, days and instants, mistakes by name."""
