"""Filters for the desk's pages."""
