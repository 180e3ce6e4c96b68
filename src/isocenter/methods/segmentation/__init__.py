"""Where is it: a class for every sample of an image."""
