"""Commands, as Django finds them."""
