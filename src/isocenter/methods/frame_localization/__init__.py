"""Where is each landmark: one place of each a case."""
