"""How figures read."""
