"""Poolings: one file each; the file's name is the pooling's name."""

from isocenter.core.registry import Registry
from isocenter.learning.pooling import Pooling

POOLINGS: Registry[Pooling] = Registry("pooling", "isocenter.learning.poolings", "POOLING")
