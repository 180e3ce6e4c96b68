"""A piece of liver with one lesion, in the portal venous phase."""
