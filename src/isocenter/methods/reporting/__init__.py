"""What would be written: a text."""
