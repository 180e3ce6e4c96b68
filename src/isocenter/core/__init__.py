"""The nouns and promises everything else is written in: numpy and pydantic only.

Not: no torch, no pandas, no file formats, no drawing.
"""
