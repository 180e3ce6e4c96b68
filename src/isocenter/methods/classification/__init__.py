"""Which one: a class of several that exclude one another."""
