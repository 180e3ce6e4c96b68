"""A series as the methods of this task see it, and its frames as numbers.

In:   a case whose one input is a series of pictures over time.
Out:  frames (T, C, X, Y) of one size and scale; labels as indices from 0 and back.
Not:  no search for the event.

Of a volume over time the middle plane of the last axis is looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.case import Case
from isocenter.core.errors import GeometryError, SettingError, StudyError
from isocenter.core.image import Image
from isocenter.core.study import Target

Floats = NDArray[np.float32]
FEWEST = 3


@dataclass(frozen=True, kw_only=True)
class FirstFrame:
    """Settings of methods that only have to know how frames are counted."""

    first: int = 0
    """The number of the first frame, 0 or 1 as the table counts them."""

    def __post_init__(self) -> None:
        """SettingError for another number."""
        check_first(self.first)


def check_first(first: int) -> None:
    """Refuse a first frame that is neither 0 nor 1. SettingError."""
    if first not in (0, 1):
        raise SettingError(f"expected first as 0 or 1, the number of the first frame, got {first!r}.")


def image_of(case: Case, inputs: Sequence[str]) -> Image:
    """Return the series of a case, not read yet. GeometryError when there is none or it has no times."""
    if len(inputs) != 1:
        raise GeometryError(f"expected one input, the series, got {len(inputs)}: {', '.join(inputs)}. Name one in the study.")
    image = case.inputs.get(inputs[0])
    if not isinstance(image, Image):
        raise GeometryError(f"case {case.key}: expected a series of pictures as input {inputs[0]}, got none.")
    if len(image.grid.times_s) < FEWEST:
        raise GeometryError(
            f"case {case.key}: expected a series of {FEWEST} or more times, got {len(image.grid.times_s)}. "
            "A file says that its axis is time: NIfTI with a fourth axis in seconds, DICOM with trigger or frame times."
        )
    return image


def frames_of(image: Image, size: int) -> Floats:
    """Return the frames of a series, (T, C, size, size): mean 0 and SD 1 over the series, its longer side brought to `size`."""
    array = np.nan_to_num(np.asarray(image.array(), np.float32), nan=0.0, posinf=0.0, neginf=0.0)  # (C, X, Y[, Z], T)
    if array.ndim == 5:
        array = array[:, :, :, array.shape[3] // 2]
    frames = np.moveaxis(array, -1, 0)  # (T, C, X, Y)
    count, channels, wide, high = frames.shape
    scale = size / max(wide, high)
    shape = (max(1, round(wide * scale)), max(1, round(high * scale)))
    small = brought_to(frames.reshape(count * channels, wide, high), shape).reshape(count, channels, *shape)
    low, top = np.percentile(small, (0.5, 99.5))
    clipped = np.clip(small, low, max(top, low + 1e-6))
    level = (clipped - clipped.mean()) / max(float(clipped.std()), 1e-6)
    room = [(0, 0), (0, 0), *(((size - n) // 2, size - n - (size - n) // 2) for n in shape)]
    return np.asarray(np.pad(level, room, constant_values=float(level.min())), np.float32)


def brought_to(pictures: Floats, shape: tuple[int, int]) -> Floats:
    """Return pictures (N, X, Y) of another size: means of samples where they become fewer, in between where they become more."""
    out = pictures
    for axis, count in enumerate(shape, start=1):
        out = np.moveaxis(np.tensordot(_weights(out.shape[axis], count), out, axes=(1, axis)), 0, axis)
    return np.asarray(out, np.float32)


def _weights(have: int, want: int) -> Floats:
    """Return what of each of `have` samples goes into each of `want`, (want, have)."""
    if want == have:
        return np.eye(have, dtype=np.float32)
    middle = (np.arange(want) + 0.5) * have / want - 0.5
    width = max(have / want, 1.0)
    near = np.clip(1 - np.abs(np.arange(have)[None] - np.clip(middle, 0, have - 1)[:, None]) / width, 0, None)
    return np.asarray(near / near.sum(1, keepdims=True), np.float32)


def index_of(case: Case, target: Target, count: int, first: int) -> float:
    """Return the frame a label names, from 0; NaN where it says none. StudyError for one the series does not have."""
    label = case.labels.get(target.name)
    value = label.value if isinstance(label, Amount) else float("nan")
    if np.isnan(value):
        return float("nan")
    if not first <= value <= count - 1 + first:
        raise StudyError(
            f"case {case.key}: expected {target.name} from {first} to {count - 1 + first}, a frame of its series, got {value:g}. "
            "Correct the cell; or say how frames are counted: settings: {first: 1}"
        )
    return value - first


def answer(index: float, target: Target, first: int) -> Amount:
    """Return a frame as an answer: a whole number, counted as the table does."""
    return Amount(value=float(round(index)) + first, unit=target.unit)


def events_of(case: Case, targets: Iterable[Target], count: int, first: int) -> NDArray[np.float64]:
    """Return the frame of each target, (K,), from 0; NaN where the case has no label."""
    return np.array([index_of(case, target, count, first) for target in targets], np.float64)
