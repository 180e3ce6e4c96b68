"""How much: a continuous value."""
