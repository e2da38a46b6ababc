"""Figures: what visitors ask, what becomes of it, and when; counted by day, and kept without a person in them."""
