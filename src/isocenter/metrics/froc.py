"""FROC: sensitivity against false positives a scan, as the least score asked of a candidate falls.

In:   scored candidates and true lesions of many scans (Points, or boxes), a radius.
Out:  per scan what each candidate is: the first hit of a lesion, a further hit, or a false positive; and for any weighting
      of the scans the sensitivity at a rate of false positives.
Not:  no pairing of one to one (matching.py): a lesion is found by any candidate that hits it.

A candidate hits the lesion whose center is nearest to it, within the radius, or whose box holds it. A lesion counts once; further
hits on it are neither true nor false. At most 100 candidates a scan are taken, the best first.

Reference: Chakraborty & Winter, Radiology 1990; 174:873-881; van Ginneken et al., Med Image Anal 2010; 14:707-722 (rates 1/8 to 8).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.value import Value

MOST = 100


class Candidates(Record):
    """What the candidates of all scans are."""

    scan: NDArray[np.intp]
    """(M,) index of the scan."""
    score: NDArray[np.float64]
    """(M,)"""
    found: NDArray[np.bool_]
    """(M,) the best-scored hit of a lesion."""
    false: NDArray[np.bool_]
    """(M,) a hit of none."""
    lesions: NDArray[np.float64]
    """(N,) true lesions a scan."""


def candidates(truths: Sequence[Value], answers: Sequence[Value], *, radius: float) -> Candidates:
    """Judge every candidate of every scan.

    radius : world units; of no meaning where the truth has boxes
    """
    scans, scores, found, false, lesions = [], [], [], [], []
    for index, (truth, answer) in enumerate(zip(truths, answers, strict=True)):
        if not isinstance(truth, Points) or not isinstance(answer, Points):
            raise StudyError(
                f"expected points as truth and answer, got {type(truth).__name__} and {type(answer).__name__}. "
                "Ask for metrics that fit the target's type."
            )
        order = np.argsort(-np.nan_to_num(answer.score, nan=np.inf), kind="stable")[:MOST]
        hit = hits_of(truth, answer.world[order], radius)
        first = np.zeros(len(order), bool)
        first[np.unique(hit, return_index=True)[1]] = True
        scans += [index] * len(order)
        scores += np.nan_to_num(answer.score[order], nan=np.inf).tolist()
        found += (first & (hit >= 0)).tolist()
        false += (hit < 0).tolist()
        lesions.append(float(len(truth.world)))
    return Candidates(
        scan=np.asarray(scans, np.intp),
        score=np.asarray(scores, float),
        found=np.asarray(found, bool),
        false=np.asarray(false, bool),
        lesions=np.asarray(lesions, float),
    )


def sensitivity_at(rate: float, judged: Candidates, weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the sensitivity at a number of false positives a scan, for each row of weights (B, N) -> (B,).

    It is that of the least score at which the false positives stay within the rate. NaN without lesions.
    """
    return sensitivities((rate,), judged, weights)[:, 0]


def sensitivities(
    rates: Sequence[float] | NDArray[np.floating], judged: Candidates, weights: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return the sensitivity at each of R numbers of false positives a scan: (B, N) -> (B, R). NaN without lesions."""
    out = np.full((len(weights), len(rates)), np.nan)
    for row, (false, found) in enumerate(_operating_points(judged, weights)):
        if len(found):
            reached = np.searchsorted(false, np.asarray(rates, float) + 1e-12, side="right") - 1  # both only rise
            out[row] = found[reached]
    return out


def false_positives_at(sensitivity: float, judged: Candidates, weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the least number of false positives a scan at a sensitivity, for each row of weights (B, N) -> (B,).

    NaN without lesions; the number of candidates that are taken of a scan, 100, where the sensitivity is never reached.
    """
    out = np.full(len(weights), np.nan)
    for row, (false, found) in enumerate(_operating_points(judged, weights)):
        if len(found):
            enough = found >= sensitivity - 1e-12
            out[row] = float(false[enough].min()) if enough.any() else float(MOST)
    return out


Operating = tuple[NDArray[np.float64], NDArray[np.float64]]


def _operating_points(judged: Candidates, weights: NDArray[np.floating]) -> Iterator[Operating]:
    """Yield, for each row of weights, false positives a scan and sensitivity as the least score falls, from (0, 0) on.

    Empty without scans or lesions.
    """
    order = np.argsort(-judged.score, kind="stable")
    scan, score = judged.scan[order], judged.score[order]
    last = np.append(score[1:] != score[:-1], True) if len(score) else np.zeros(0, bool)  # a tie is taken as a whole
    for weight in np.asarray(weights, float):
        total, lesions = weight.sum(), float(weight @ judged.lesions)
        if total <= 0 or lesions <= 0:
            yield np.zeros(0), np.zeros(0)
            continue
        false = np.cumsum(weight[scan] * judged.false[order])[last] / total
        found = np.cumsum(weight[scan] * judged.found[order])[last] / lesions
        yield np.append(0.0, false), np.append(0.0, found)


def hits_of(truth: Points, places: NDArray[np.floating], radius: float) -> NDArray[np.intp]:
    """Return which lesion each place hits (M,), -1 = none: the nearest of those it lies in (boxes) or near (points).

    places : (M, d) in the world of the truth
    radius : world units, of points
    """
    if not len(truth.world) or not len(places):
        return np.full(len(places), -1, np.intp)
    offset = np.abs(places[:, None] - truth.world[None])  # (M, L, d)
    distance = np.linalg.norm(offset, axis=2)
    near: NDArray[np.bool_] = np.asarray(distance <= radius)
    inside = near if truth.extent is None else np.asarray((offset <= truth.extent[None] / 2).all(axis=2))
    nearest = np.where(inside, distance, np.inf).argmin(axis=1)
    return np.where(inside.any(axis=1), nearest, -1)
