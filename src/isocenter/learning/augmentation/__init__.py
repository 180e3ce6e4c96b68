"""Augmentations: one file each, a pair of draw and apply; the file's name is the augmentation's name."""

from isocenter.core.registry import Registry
from isocenter.learning.augment import Augmentation

AUGMENTATIONS: Registry[Augmentation] = Registry(
    "augmentation", "isocenter.learning.augmentation", "AUGMENTATION", skip=("pipeline",)
)
