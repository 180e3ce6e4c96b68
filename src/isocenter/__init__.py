"""Isocenter: label table in, audited model and a report with honest intervals out."""

__version__ = "0.1.0"
