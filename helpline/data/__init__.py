"""Reviewed data files, read once at start."""
