"""How a network learns what normal images look like, from them alone."""
