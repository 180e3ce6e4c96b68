"""Tracers: for each of the 13 kinds of target, the smallest study whose trivial baseline scores a known number."""
