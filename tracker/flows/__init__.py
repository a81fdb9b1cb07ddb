"""One file per verb: load, ask the core, save; one transaction each."""
