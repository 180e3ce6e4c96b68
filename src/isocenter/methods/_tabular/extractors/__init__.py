"""From a case to numbers: one file per way of looking."""
