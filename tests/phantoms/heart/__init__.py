"""Tests of isocenter.phantoms.nodules."""
