"""Where the answers of an anomaly method are cut: image scores and maps of tuning cases in, two levels out.

In:   maps of tuning cases, which are abnormal, where.
Out:  Levels; the score of a map.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]

USUAL = 0.95
"""Share of normal tuning images whose score lies below the level at which an image is called abnormal."""
USUAL_SAMPLES = 0.995
"""Share of their samples below the cut of the map, where no abnormal tuning case has a mask."""
CUTS = np.concatenate([np.linspace(0.5, 0.98, 25), 1.0 - np.geomspace(0.018, 0.0002, 25)])
"""Quantiles of the maps that are tried as cuts."""
LEAST = 1e-9


@dataclass(frozen=True, kw_only=True)
class Levels:
    """Above what an image, and a sample, is called abnormal."""

    image: float
    sample: float


def score_of(found: Map, top_share: float) -> float:
    """Return the mean of the highest part of a map (*S)."""
    values = found.reshape(-1)
    count = max(1, round(top_share * values.size))
    return float(np.partition(values, values.size - count)[-count:].mean(dtype=np.float64))


def levels_of(normal: Sequence[Map], ill: Sequence[tuple[Map, NDArray[np.bool_]]], top_share: float) -> Levels:
    """Return the levels.

    normal : maps of normal cases, at least one
    ill    : maps and true masks of abnormal cases; with some, the cut is where their mean Dice is best
    """
    scores = [score_of(found, top_share) for found in normal]
    image = max(float(np.quantile(scores, USUAL)), LEAST)
    if not ill:
        return Levels(image=image, sample=max(float(np.quantile(np.stack(normal), USUAL_SAMPLES)), LEAST))
    cuts = np.unique(np.quantile(np.stack([found for found, _ in ill]), CUTS))
    dice = [np.mean([_dice(found > cut, truth) for found, truth in ill]) for cut in cuts]
    return Levels(image=image, sample=max(float(cuts[int(np.argmax(dice))]), LEAST))


def _dice(answer: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return float(2 * (answer & truth).sum() / max(int(answer.sum() + truth.sum()), 1))
