"""Conversations afterwards: all of them in a list, found, read, corrected, tagged, marked as reviewed."""
