"""Sections of the report, one file each: contents in, markup out."""
