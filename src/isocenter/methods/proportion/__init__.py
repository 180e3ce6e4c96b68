"""What share: a number in [0, 1] or a percentage."""
