"""Pipelines: recipes that chain runs and measurements, with no model of their own; one a file."""
