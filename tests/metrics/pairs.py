"""Pairs of masks made by hand, for the tests of per-case metrics."""

import numpy as np

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.core.study import Target
from isocenter.core.task import Pair


def mask_pair(truth, answer, *, names=("background", "lung"), spacing=None, region=None, overlapping=False, extras=None):
    truth, answer = np.asarray(truth), np.asarray(answer)
    shape = truth.shape[1:] if overlapping else truth.shape
    grid = plain_grid(shape, spacing=spacing, world="px" if spacing is None else ("ras_mm" if len(shape) == 3 else "plane_mm"))

    def mask(labels):
        if overlapping:
            channels = tuple(names[1:])
            return Mask(labels=held_image(labels, grid, channels=channels), names=names, overlapping=True)
        return held_mask(labels, grid, names)

    return Pair(
        case="a",
        target=Target(name="organ", type="mask", columns=("organ",), classes=tuple(names)),
        truth=mask(truth),
        answer=mask(answer),
        region=None if region is None else held_mask(np.asarray(region).astype(np.uint8), grid, ("out", "in")),
        extras={} if extras is None else extras,
    )


def values(measurements):
    return {m.name: m.value for m in measurements}
