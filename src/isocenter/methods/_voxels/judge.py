"""What tuning cases say of a detector's scores: how much the second stage counts, from where on a
candidate is an answer, and how much too wide its box is.

In:   a detector, tuning cases looked at, their truths. Out: Judgment.
Not:  no learning case: a network is surer of those than it should be.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import expit, logit

from isocenter.core.points import Points
from isocenter.methods._voxels.detector import EDGE, Detector, Judgment, Looked
from isocenter.metrics.froc import Candidates, candidates, hits_of, sensitivity_at
from isocenter.metrics.per_cohort.cpm import RATES

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
SIZES = (0.3, 3.0)
LEAST = 5
"""Fewer lesions say nothing of scores."""


def judgment_of(model: Detector, looked: Sequence[Looked], truths: Sequence[Points]) -> Judgment:
    """Return what is best on tuning cases; the default where they hold too few lesions.

    The share of the second stage is that of the largest CPM (of equals the nearest to a half), the middle that of the largest F1.
    """
    if sum(len(t) for t in truths) < LEAST:
        return Judgment(how={"how": f"the tuning cases hold fewer than {LEAST} lesions: defaults"})
    radius = model.settings.radius
    plain = Detector.points
    best, chosen = -1.0, 0.0
    for share in sorted(SHARES if model.second is not None else (0.0,), key=lambda s: abs(s - 0.5)):
        found = cpm_of(candidates(truths, [plain(model, one, second=share) for one in looked], radius=radius))
        if found > best + 1e-9:
            best, chosen = found, share
    made = candidates(truths, [plain(model, one, second=chosen) for one in looked], radius=radius)
    middle = model.judgment.middle + float(logit(np.clip(_best_score(made), EDGE, 1 - EDGE)))
    how = f"chosen on {len(truths)} tuning cases with {sum(len(t) for t in truths)} lesions: CPM {best:.3f} there"
    size = _size([plain(model, one, second=chosen) for one in looked], truths, radius=radius)
    return Judgment(second=chosen, middle=middle, size=size, how={"how": how})


def cpm_of(judged: Candidates) -> float:
    """Return the mean sensitivity at the usual seven rates of false positives; NaN without lesions."""
    weights = np.ones((1, len(judged.lesions)))
    return float(np.mean([sensitivity_at(rate, judged, weights)[0] for rate in RATES]))


def _size(answers: Sequence[Points], truths: Sequence[Points], *, radius: float) -> float:
    """Return by how much boxes that hit are too small in the middle, from SIZES; 1 where nothing has a size."""
    ratios: list[float] = []
    for answer, truth in zip(answers, truths, strict=True):
        if answer.extent is not None and truth.extent is not None:
            hit = hits_of(truth, answer.world, radius)
            found = np.flatnonzero(hit >= 0)
            ratios += (truth.extent[hit[found]].mean(axis=1) / np.maximum(answer.extent[found].mean(axis=1), 1e-9)).tolist()
    return float(np.clip(np.median(ratios), *SIZES)) if ratios else 1.0


def _best_score(judged: Candidates) -> float:
    """Return the least score of the answers whose F1 is largest; a half without candidates."""
    order = np.argsort(-judged.score, kind="stable")
    if not len(order):
        return float(expit(0.0))
    found, false = np.cumsum(judged.found[order]), np.cumsum(judged.false[order])
    f1 = 2 * found / np.maximum(found + false + judged.lesions.sum(), 1e-9)
    return float(judged.score[order][int(np.argmax(f1))])
