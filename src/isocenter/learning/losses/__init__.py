"""Losses: one file each; dice.py holds dice_loss. Raw logits in, a number to be made small out."""

from collections.abc import Callable

from torch import Tensor

from isocenter.core.registry import Registry

LOSSES: Registry[Callable[..., Tensor]] = Registry("loss", "isocenter.learning.losses", lambda name: f"{name}_loss")
