"""Rules from a fingerprint and a budget to settings, each with its reason."""
