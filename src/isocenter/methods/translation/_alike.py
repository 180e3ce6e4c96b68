"""The input that could be the target: the one an identity hands on, a filter works on, an interpolation makes finer.

In:   a case, the names of its inputs, an image as it is wanted.
Out:  the name of the first input with its channels and unit (an MR's numbers are no HU), or None; the samples of an answer that has
      finer ones than its input.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from isocenter.core.case import Case
from isocenter.core.grid import Grid
from isocenter.core.image import Image

ALIKE = 0.2
"""Share by which spacings may differ and still be taken for alike."""


def alike_input(case: Case, inputs: Iterable[str], wanted: Image) -> str | None:
    """Return the first input with as many channels as the wanted image, in its unit."""
    for name in inputs:
        image = case.inputs.get(name)
        if isinstance(image, Image) and len(image.channels) == len(wanted.channels) and image.unit == wanted.unit:
            return name
    return None


def finer_spacing(source: Sequence[float], wanted: Sequence[float], *, unit: str) -> tuple[float, ...]:
    """Return the spacing of answers on finer samples than their input: 0 on an axis that keeps its own; () = none is finer.

    source, wanted : spacings of inputs and targets, in world units
    """
    if unit == "px" or len(wanted) != len(source):
        return ()
    finer = np.asarray(source, float) / np.asarray(wanted, float) > 1.0 + ALIKE
    return tuple(round(float(w), 6) if f else 0.0 for w, f in zip(wanted, finer, strict=True)) if finer.any() else ()


def finer_grid(grid: Grid, spacing: Sequence[float]) -> Grid:
    """Return the grid of an answer: the input's extent in samples of a spacing; 0 on an axis, or (), keeps its own."""
    if not spacing or len(spacing) != grid.ndim:
        return grid
    axes = zip(grid.shape, grid.spacing, spacing, strict=True)
    return grid.sampled([n if wanted == 0 else max(1, round(n * have / wanted)) for n, have, wanted in axes])
