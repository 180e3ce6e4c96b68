"""Fusions: one file each; the file's name is the fusion's name."""

from isocenter.core.registry import Registry
from isocenter.learning.fusion import Fusion

FUSIONS: Registry[Fusion] = Registry("fusion", "isocenter.learning.fusions", "FUSION")
