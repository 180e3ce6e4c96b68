"""Prediction of whole images by windows: bounded memory, and the fastest arithmetic that keeps the answer."""
