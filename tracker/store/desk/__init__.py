"""What staff sign in with, search by and send again."""
