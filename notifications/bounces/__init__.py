"""What comes back of letters that were accepted: read, matched by our own seals, and handed on."""
