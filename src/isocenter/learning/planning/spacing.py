"""Rule: the spacing a method works at.

In:   spacings and shapes of the learning cases.
Out:  one spacing per axis, and a sentence why.

Reference: Isensee et al., Nat Methods 2021; 18:203-211 (nnU-Net): the median of each axis; an axis both three times coarser and
three times shorter than the others takes the 10th percentile instead, never finer than the others.
Differs:   cases that all have (nearly) one spacing, or pixels without a size, are not resampled at all.
"""

from collections.abc import Sequence

import numpy as np

from isocenter.core.plan import Setting

ANISOTROPY = 3.0
VARIED = 1.5
"""Pictures whose sizes differ by more than this factor were not taken at one scale."""


def choose_spacing(spacings: Sequence[Sequence[float]], shapes: Sequence[Sequence[int]], *, unit: str) -> Setting:
    """Return the setting `spacing`: () when every case keeps its own samples.

    spacings, shapes : (cases, d), in world units and samples
    """
    each = np.asarray(spacings, float)
    median = np.median(each, axis=0)
    spread = float((each / median).max() / (each / median).min()) if len(each) else 1.0
    if unit == "px":
        return Setting(
            name="spacing", value=(), origin="rule", reason="the pictures carry no pixel size, so they keep their samples"
        )
    if spread < 1.05:
        shown = " × ".join(f"{s:.3g}" for s in median)
        return Setting(
            name="spacing",
            value=(),
            origin="rule",
            reason=f"all {len(each)} cases have {shown} {unit} (within 5 %), so nothing is resampled",
        )
    target = median.copy()
    reason = f"median of {len(each)} cases per axis"
    samples = np.median(np.asarray(shapes, float), axis=0)
    coarse = int(np.argmax(median))
    others = np.delete(median, coarse)
    if (
        len(median) == 3
        and median[coarse] > ANISOTROPY * others.max()
        and samples[coarse] * ANISOTROPY < np.delete(samples, coarse).min()
    ):
        tenth = float(np.percentile(each[:, coarse], 10))
        target[coarse] = max(tenth, float(others.max()))
        reason += f"; axis {coarse} is {median[coarse] / others.max():.1f} times coarser: the 10th percentile ({tenth:.3g} {unit})"
    return Setting(name="spacing", value=tuple(round(float(s), 6) for s in target), origin="rule", reason=reason)


def choose_longest(shapes: Sequence[Sequence[int]], *, unit: str, samples: float, objects: bool) -> Setting:
    """Return the setting `longest`: samples every picture's longest side is brought to, 0 = as they are.

    samples : a patch holds about this many
    objects : the truth numbers objects, whose size in pixels is what a network learns; such pictures are never rescaled
    """
    longest = np.asarray(shapes, float).max(axis=1)
    spread = float(longest.max() / longest.min())
    if unit != "px" or objects or np.asarray(shapes).shape[1] != 2 or spread <= VARIED:
        why = "each picture keeps its samples" if unit == "px" else "the samples have a size of their own"
        return Setting(name="longest", value=0, origin="rule", reason=why)
    side = int(np.sqrt(samples))
    reason = f"the longest sides differ by a factor {spread:.1f} at no known pixel size, so each is seen whole, at {side} samples"
    return Setting(name="longest", value=side, origin="rule", reason=reason)
