"""Vessel trees, their volumes, and how time-of-flight angiography shows them."""
