"""Conditionings: one file each; the file's name is the conditioning's name."""

from isocenter.core.registry import Registry
from isocenter.learning.conditioning import Conditioning

CONDITIONINGS: Registry[Conditioning] = Registry("conditioning", "isocenter.learning.conditionings", "CONDITIONING")
