"""Losses: one file each; dice.py holds dice_loss, and as LOSS what it says of its target. Raw logits in, a number to be made small
out.
"""

from isocenter.core.registry import Registry
from isocenter.learning.loss import Loss

LOSSES: Registry[Loss] = Registry("loss", "isocenter.learning.losses", "LOSS")
