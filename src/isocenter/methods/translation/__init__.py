"""What would it look like: an image from an image."""
