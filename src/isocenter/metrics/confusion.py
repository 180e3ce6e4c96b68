"""Counts of agreement between two label arrays.

In:   integer labels (*S) of truth and answer, or bool (*S) of one class; optionally a region (*S).
Out:  confusion matrix (K, K), or the four counts of one class.
Not:  no ratios (overlap.py), no geometry.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError, StudyError
from isocenter.core.record import Record

_SLAB_VOXELS = 1 << 24


class Counts(Record):
    """Samples of one class, inside the region."""

    tp: int
    """In both."""
    fp: int
    """In the answer alone."""
    fn: int
    """In the truth alone."""
    tn: int
    """In neither."""


def confusion_matrix(
    truth: NDArray[Any], answer: NDArray[Any], classes: int, *, region: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Count samples by true and answered class.

    Parameters
    ----------
    truth, answer : (*S), integers in [0, classes)
        StudyError if a label lies outside; GeometryError if the shapes differ.
    classes : int
        K, background included.
    region : bool (*S)
        Where the truth was assessed; everywhere if None.

    Returns
    -------
    (K, K), rows truth, columns answer; zeros when the region is empty.

    Notes
    -----
    Works in slabs, so that memory does not grow with the volume.
    """
    _same_shape(truth, answer, region)
    matrix = np.zeros(classes * classes, np.int64)
    rows = max(1, _SLAB_VOXELS // max(1, int(np.prod(truth.shape[1:]))))
    for start in range(0, truth.shape[0], rows):
        part = slice(start, start + rows)
        t, a = truth[part], answer[part]
        if region is not None:
            t, a = t[region[part]], a[region[part]]
        code = _labels(t, classes, "truth") * classes + _labels(a, classes, "answer")
        matrix += np.bincount(code, minlength=classes * classes)
    return matrix.reshape(classes, classes)


def counts_of_class(matrix: NDArray[np.int64], index: int) -> Counts:
    """Return the counts of one class of a confusion matrix (K, K)."""
    tp = int(matrix[index, index])
    fp = int(matrix[:, index].sum()) - tp
    fn = int(matrix[index].sum()) - tp
    return Counts(tp=tp, fp=fp, fn=fn, tn=int(matrix.sum()) - tp - fp - fn)


def counts_of_masks(truth: NDArray[np.bool_], answer: NDArray[np.bool_], *, region: NDArray[np.bool_] | None = None) -> Counts:
    """Return the counts of one class given as two bool arrays (*S). GeometryError if the shapes differ."""
    _same_shape(truth, answer, region)
    if region is not None:
        truth, answer = truth[region], answer[region]
    tp = int(np.count_nonzero(truth & answer))
    fp = int(np.count_nonzero(answer)) - tp
    fn = int(np.count_nonzero(truth)) - tp
    return Counts(tp=tp, fp=fp, fn=fn, tn=truth.size - tp - fp - fn)


def _labels(labels: NDArray[Any], classes: int, side: str) -> NDArray[np.int64]:
    flat = labels.reshape(-1).astype(np.int64)
    if flat.size and (flat.min() < 0 or flat.max() >= classes):
        wrong = sorted({int(v) for v in np.unique(flat) if v < 0 or v >= classes})[:5]
        raise StudyError(
            f"expected labels 0 to {classes - 1} in the {side} ({classes} classes, background first), got {wrong}. "
            "Name every class in the study, or mend the mask: isocenter check STUDY --fix"
        )
    return flat


def _same_shape(truth: NDArray[Any], answer: NDArray[Any], region: NDArray[Any] | None) -> None:
    shapes = {truth.shape, answer.shape} | ({region.shape} if region is not None else set())
    if len(shapes) > 1:
        raise GeometryError(
            f"expected truth, answer and region on one grid, got shapes {truth.shape}, {answer.shape}"
            f"{'' if region is None else f', {region.shape}'}. Bring the answer onto the truth's grid first."
        )
