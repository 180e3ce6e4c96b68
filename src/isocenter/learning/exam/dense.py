"""Dense: a mask among the labels of an exam, learned at every place of the frame by the network that learns the others.

In:   the case's mask, its grid, where it stands in the frame; raw scores (B, K, *S).
Out:  truth in the frame; the loss of each case; a Mask on the image's own grid.
Not:  no labels of whole exams (heads/), no overlapping regions, no patches (methods/segmentation).

Reference: Isensee et al., Nat Methods 2021; 18:203-211 (the loss).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor

from isocenter.core.case import Case
from isocenter.core.errors import GeometryError, StudyError
from isocenter.core.grid import Grid
from isocenter.core.mask import Mask, held_mask
from isocenter.core.study import Target
from isocenter.learning.assessed import assessed
from isocenter.learning.exam.placement import Placement, into_frame, out_of_frame
from isocenter.learning.losses.dice_cross_entropy import dice_cross_entropy_loss

NOT_ASSESSED = -1


@dataclass(frozen=True, kw_only=True)
class Dense:
    """The head of a mask target: one score per class at every place."""

    names: tuple[str, ...]
    """Classes, background first."""

    @property
    def outputs(self) -> int:
        """One score a class."""
        return len(self.names)

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return Dice loss + cross-entropy of each case (N,), its instances taken together.

        raw : (N, B, K, *S); truth : (N, B, *S) class index, NaN = not assessed
        """
        target = truth.nan_to_num(NOT_ASSESSED).long()
        return torch.stack(
            [dice_cross_entropy_loss(scores, classes, batch=True) for scores, classes in zip(raw, target, strict=True)]
        )

    def answer(self, raw: NDArray[np.floating[Any]], grid: Grid, placement: Placement, *, slices: bool) -> Mask:
        """Return the likeliest class of every sample of the image; background where the frame did not look.

        raw    : (B, K, *S); B = 1, or the slices of the frame's last axis
        slices : the instances are slices
        """
        scores = np.moveaxis(raw[: placement.size[-1]], 0, -1) if slices else raw[0]  # (K, *size)
        probability = np.asarray(softmax(np.asarray(scores, float), axis=0), np.float32)
        back = out_of_frame(np.ascontiguousarray(probability), placement)  # (K, *S), 0 outside: argmax says background
        return held_mask(back.argmax(axis=0).astype(np.uint8), grid, self.names)


def dense_heads(targets: Iterable[Target]) -> dict[str, Dense]:
    """Return the head of every mask target. StudyError for a mask that has no single class a sample, or is a patient's."""
    heads: dict[str, Dense] = {}
    for target in targets:
        if target.type != "mask":
            continue
        if target.overlapping or target.per == "patient":
            raise StudyError(
                f"expected one class a sample and a mask a case for target {target.name!r} beside labels of whole exams, got "
                f"{'overlapping regions' if target.overlapping else 'per: patient'}. Write a study of its own for it."
            )
        heads[target.name] = Dense(names=target.classes)
    return heads


def mask_in_frame(case: Case, target: Target, grid: Grid, placement: Placement) -> NDArray[np.float32]:
    """Return a case's mask in the frame (1, *size): class index, nearest; NaN outside its scope, and around what the frame shows.

    GeometryError unless the mask lies on the image's grid.
    """
    mask = case.labels[target.name]
    if not isinstance(mask, Mask):
        raise StudyError(f"case {case.key}: expected a mask for target {target.name}, got {type(mask).__name__}.")
    if mask.grid.shape != grid.shape:
        raise GeometryError(
            f"case {case.key}: expected a mask on the image's grid {grid.shape}, got {mask.grid.shape}. "
            "Mend it with: isocenter check STUDY --fix"
        )
    labels = np.array(mask.labels.array()[:1], np.float32)  # (1, *S)
    where = assessed(case, target, grid)
    if where is not None:
        labels[:, ~where] = NOT_ASSESSED
    framed = into_frame(labels, placement, order=0, fill=NOT_ASSESSED)
    return np.where(framed < 0, np.nan, framed).astype(np.float32)
