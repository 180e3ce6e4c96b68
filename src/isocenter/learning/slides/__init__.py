"""Slides by tile: which tiles show tissue, their colors, what is learned of them and of bags of them."""
