"""How organisations are set up and looked over."""
