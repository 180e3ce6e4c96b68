"""How many: a number of things."""
