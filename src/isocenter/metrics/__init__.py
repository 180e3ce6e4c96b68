"""Numbers from truth and answer, their intervals, and tests of differences.

Not: no files, no drawing, no torch. What reads and writes a run folder is in stages/evaluate.py.
"""
