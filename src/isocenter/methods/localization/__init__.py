"""Where are they: the places of points."""
