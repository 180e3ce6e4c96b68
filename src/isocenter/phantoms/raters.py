"""Simulated readers: bias, spread, and a curve of what they miss.

In:   a truth, a reader, a generator.
Out:  what that reader would have written: a mask with a moved border, points with misses, findings with errors.
Not:  no statistics of agreement (metrics).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import ndimage

from isocenter.core.mask import Mask, held_mask
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.phantom import Seeds


class Rater(Record):
    """One reader's habits."""

    name: str
    bias: float
    """How far borders are drawn outside (+) or inside (-) the truth, as a share of the picture's width."""
    spread: float
    """Standard deviation of the border about its bias, same unit."""
    smooth: float
    """Over which length the border wanders, same unit."""
    half_seen: float
    """Contrast (or size) at which half the lesions are seen."""
    slope: float
    """How fast that rises."""
    false_rate: float
    """Chance that a finding which is not there is written down."""

    def sees(self, contrast: float) -> float:
        """Return the probability that a lesion of a contrast is seen."""
        return float(1.0 / (1.0 + np.exp(-self.slope * (contrast - self.half_seen))))


def rater_of(name: str, habits: Mapping[str, Any]) -> Rater:
    """Return the rater of a name from a phantom's parameters."""
    return Rater(name=name, **habits)


def raters_named(parameters: Mapping[str, Any], seeds: Seeds, names: Sequence[str]) -> Iterator[tuple[Rater, np.random.Generator]]:
    """Yield each rater asked for, with a generator of its own on this case."""
    for index, name in enumerate(names):
        yield rater_of(name, parameters["raters"][name]), np.random.default_rng([seeds.disease, seeds.anatomy, index])


def read_by(
    parameters: Mapping[str, Any],
    seeds: Seeds,
    truths: Mapping[str, Value],
    names: Sequence[str],
    contrasts: Mapping[str, Sequence[float] | Mapping[str, float]] | None = None,
) -> dict[str, dict[str, Value]]:
    """Return what each rater asked for writes down of the truths; `contrasts` as in `read_all`."""
    return {rater.name: read_all(truths, contrasts or {}, rater, rng) for rater, rng in raters_named(parameters, seeds, names)}


def read_mask(truth: Mask, rater: Rater, rng: np.random.Generator) -> Mask:
    """Return a rater's drawing of a mask, class by class; an absent class stays absent."""
    labels = truth.labels.array()[0]
    wide = max(labels.shape)
    wander = ndimage.gaussian_filter(rng.standard_normal(labels.shape), rater.smooth * wide, mode="reflect")
    wander *= rater.spread * wide / max(float(wander.std()), 1e-9)
    out = np.zeros_like(labels)
    for index in range(1, len(truth.names)):
        inside = labels == index
        if inside.any():
            signed = ndimage.distance_transform_edt(~inside) - ndimage.distance_transform_edt(inside)
            signed += np.where(inside, 0.5, -0.5)  # 0 at the border between samples
            out[signed < rater.bias * wide + wander] = index
    return held_mask(out, truth.grid, truth.names)


def read_points(truth: Points, contrasts: Sequence[float], rater: Rater, rng: np.random.Generator) -> Points:
    """Return the points a rater marks: each seen or missed by its contrast, placed with a small error."""
    keep = np.array([rng.random() < rater.sees(c) for c in contrasts], bool)
    extent = None if truth.extent is None else truth.extent[keep]
    size = 1.0 if extent is None or not len(extent) else float(extent.mean())
    moved = truth.world[keep] + rng.normal(0, 0.1 * size, truth.world[keep].shape)
    return Points(world=moved, kind=truth.kind[keep], score=truth.score[keep], names=truth.names, extent=extent)


def read_findings(truth: Scores, contrasts: Mapping[str, float], rater: Rater, rng: np.random.Generator) -> Scores:
    """Return the findings a rater writes down: missed by their contrast, invented at the false rate."""
    written = [
        float(rng.random() < (rater.sees(contrasts.get(name, 0.0)) if there > 0.5 else rater.false_rate))
        for name, there in zip(truth.names, truth.p, strict=True)
    ]
    return Scores(p=np.array(written), names=truth.names)


def read_all(
    truths: Mapping[str, Value],
    contrasts: Mapping[str, Sequence[float] | Mapping[str, float]],
    rater: Rater,
    rng: np.random.Generator,
) -> dict[str, Value]:
    """Return a rater's answer to every truth that readers are asked for: masks; points and scores named in `contrasts`."""
    answers: dict[str, Value] = {}
    for name, truth in truths.items():
        seen = contrasts.get(name)
        if isinstance(truth, Mask):
            answers[name] = read_mask(truth, rater, rng)
        elif isinstance(truth, Points) and isinstance(seen, Sequence):
            answers[name] = read_points(truth, seen, rater, rng)
        elif isinstance(truth, Scores) and isinstance(seen, Mapping):
            answers[name] = read_findings(truth, seen, rater, rng)
    return answers
