"""Counts of areas: what cameras with overlapping views saw of one spell is counted once."""
