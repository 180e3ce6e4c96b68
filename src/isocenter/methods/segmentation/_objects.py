"""Objects of a predicted mask: where it is split, and below which size a piece is a crumb.

In:   a foreground; on tuning cases also the numbered truth.
Out:  object numbers; the rule that fits the tuning cases best.
Not:  no network: what is no foreground becomes no object.

Reference: Caicedo et al., Nat Methods 2019; 16:1247 (the score the rule is chosen by).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.imaging.watershed import DEPTH, split_objects
from isocenter.metrics.instances import match_objects

DEPTHS = (0.5, 0.75, 1.0, 1.5, 2.5)
CRUMBS = (0.0, 0.02, 0.05, 0.1, 0.2)
"""Shares of the usual true object's size below which a piece is a crumb, tried."""


class ObjectRule(Record):
    """How a foreground becomes objects."""

    depth: float = DEPTH
    """How many samples a saddle lies below two summits that are parted."""
    least: float = 0.0
    """Samples; smaller pieces are crumbs, and no foreground either."""


def number_objects(foreground: NDArray[np.bool_], rule: ObjectRule) -> NDArray[np.int32]:
    """Return object numbers (*S), 1 … N without gaps, 0 = none."""
    return _without_crumbs(split_objects(foreground, depth=rule.depth), rule.least)


def choose_rule(cases: Sequence[tuple[NDArray[np.bool_], NDArray[np.integer]]]) -> ObjectRule:
    """Return the rule with the best mean score TP / (TP + FP + FN) at IoU 0.5; the usual one without cases.

    cases : of each, the predicted foreground and the true object numbers, both (*S)
    """
    sizes = np.concatenate([np.bincount(truth.ravel())[1:] for _, truth in cases]) if cases else np.zeros(0)
    if not (sizes > 0).any():
        return ObjectRule()
    usual = float(np.median(sizes[sizes > 0]))
    best, chosen = -1.0, ObjectRule()
    for depth in DEPTHS:
        pieces = [split_objects(foreground, depth=depth) for foreground, _ in cases]
        for share in CRUMBS:
            found = [_without_crumbs(piece, share * usual) for piece in pieces]
            scores = [match_objects(truth, f).critical_success for f, (_, truth) in zip(found, cases, strict=True)]
            if (score := float(np.nanmean(scores))) > best:
                best, chosen = score, ObjectRule(depth=depth, least=round(share * usual, 1))
    return chosen


def _without_crumbs(pieces: NDArray[np.int32], least: float) -> NDArray[np.int32]:
    sizes = np.bincount(pieces.ravel())
    kept = np.flatnonzero((sizes >= max(least, 1)) & (np.arange(len(sizes)) > 0))
    numbers = np.zeros(len(sizes), np.int32)
    numbers[kept] = np.arange(1, len(kept) + 1)
    return np.asarray(numbers[pieces], np.int32)
