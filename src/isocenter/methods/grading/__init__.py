"""How bad: a grade on an ordered scale."""
