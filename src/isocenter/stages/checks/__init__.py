"""Kinds of mistake, one a file; each ends in CHECK (stages/examination.py says what a Check is)."""
