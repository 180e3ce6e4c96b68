"""Regularizers of segmentation networks: one file each; the file's name is the regularizer's name."""

from isocenter.core.registry import Registry
from isocenter.learning.regularizer import RegularizerKind

REGULARIZERS: Registry[RegularizerKind] = Registry("regularizer", "isocenter.learning.regularizers", "REGULARIZER")
