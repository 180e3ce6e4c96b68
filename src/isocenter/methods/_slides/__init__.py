"""A classifier of the tiles of whole slides, and what their bags say."""
