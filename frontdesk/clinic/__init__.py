"""What the clinic has set: its name, its numbers, when it is open, what visitors agree to."""
