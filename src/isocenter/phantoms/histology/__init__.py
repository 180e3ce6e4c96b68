"""Stained tissue: where what grows, its nuclei, dyes and scanners."""
