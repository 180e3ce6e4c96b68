"""Foreground-restricted Rand score: does a segmentation by borders merge or split the cells?

In:   the borders (bool, *S) of truth and answer; or segment numbers.
Out:  F-score, and its parts for splits and merges, in [0, 1].
Not:  the thickness of borders does not count.
Reference: Arganda-Carreras et al., Front Neuroanat 2015; 9:142 (V-rand after thinning, alpha = 0.5).
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, label
from skimage.segmentation import watershed

from isocenter.core.record import Record


class RandScore(Record):
    """The score and its parts."""

    f: float
    """Harmonic mean of both parts. NaN without a cell in truth."""
    split: float
    """Of two samples of one true cell, the probability of one answered segment: low when cells are split."""
    merge: float
    """Of two samples of one answered segment, the probability of one true cell: low when cells are merged."""


def foreground_rand(
    true_border: NDArray[np.bool_], border: NDArray[np.bool_], *, region: NDArray[np.bool_] | None = None
) -> RandScore:
    """Compare the cells that borders part.

    Parameters
    ----------
    true_border, border : bool (*S)
        Samples on a border. Cells are what it leaves, connected through faces.
    region : bool (*S), or None
        Where the truth was assessed.

    Returns
    -------
    RandScore over the samples of true cells, inside the region. The answer's border is thinned to nothing first: its samples go to
    the cell that a watershed from the cells brings there, so that thick borders cost nothing.
    """
    truth, _ = label(~true_border if region is None else ~true_border & region)
    return rand_score(truth, thinned_segments(border))


def rand_score(truth: NDArray[Any], answer: NDArray[Any]) -> RandScore:
    """Compare segment numbers (*S), over the samples whose true number is not 0.

    f = sum p_ij^2 / (0.5 sum s_i^2 + 0.5 sum t_j^2), with p_ij the share of samples in answered segment i and true cell j.
    """
    inside = truth > 0
    samples = int(np.count_nonzero(inside))
    if samples == 0:
        return RandScore(f=math.nan, split=math.nan, merge=math.nan)
    _, rows = np.unique(answer[inside], return_inverse=True)
    _, columns = np.unique(truth[inside], return_inverse=True)
    width = int(columns.max()) + 1
    _, counts = np.unique(rows.reshape(-1).astype(np.int64) * width + columns.reshape(-1), return_counts=True)
    both = float(((counts / samples) ** 2).sum())
    answered = float(((np.bincount(rows.reshape(-1)) / samples) ** 2).sum())
    true = float(((np.bincount(columns.reshape(-1)) / samples) ** 2).sum())
    return RandScore(f=both / (0.5 * answered + 0.5 * true), split=both / true, merge=both / answered)


def thinned_segments(border: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Number the cells that borders part, and give each border sample to the cell a flood from the cells reaches it from.

    A picture that is all border is one segment.
    """
    cells, count = label(~border)
    if count == 0:
        return np.ones(border.shape, np.int32)
    flooded: NDArray[np.int32] = watershed(distance_transform_edt(border), cells)  # type: ignore[no-untyped-call]
    return flooded
