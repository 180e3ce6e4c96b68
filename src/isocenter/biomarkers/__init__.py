"""Biomarkers: what is measured on one case, one definition a file."""
