"""Where are they, and how large: boxes."""
