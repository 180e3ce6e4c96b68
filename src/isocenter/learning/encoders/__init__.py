"""Encoders: one file each, an image becomes a map of features; the file's name is the encoder's name."""

from isocenter.core.registry import Registry
from isocenter.learning.encoder import Encoder

ENCODERS: Registry[Encoder] = Registry("encoder", "isocenter.learning.encoders", "ENCODER")
