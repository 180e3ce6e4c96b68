"""Files to nouns and back. The only place that reads or writes an image file."""
