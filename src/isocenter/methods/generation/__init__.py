"""What could another one look like: images from requests."""
