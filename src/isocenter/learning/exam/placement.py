"""Placement: an image of any size in a frame of fixed size, and the way back.

In:   arrays (C, *S), the frame's size, a box, and how many samples the box should become.
Out:  arrays (C, *size); Placement, by which maps go back to the image's own grid; which samples an encoder's places stand for.
Not:  no choice of size (the plan), no intensities (preparation.py).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.imaging.resample import average_to, zoom_to

Box = tuple[tuple[int, int], ...]
"""Start and stop per axis."""


class Placement(Record):
    """Where the samples of a frame come from."""

    shape: tuple[int, ...]
    """Of the whole image."""
    box: Box
    """What of the image is in the frame."""
    scaled: tuple[int, ...]
    """Samples the box has in the frame."""
    start: tuple[int, ...]
    """Where the box begins in the frame."""
    size: tuple[int, ...]
    """Of the frame."""


def whole(shape: Sequence[int]) -> Box:
    """Return the box of everything."""
    return tuple((0, int(n)) for n in shape)


def box_around(mask: NDArray[np.bool_], *, margin: float) -> Box:
    """Return the box of a mask (*S) with a margin, a share of its own size; everything when the mask is empty."""
    if not mask.any():
        return whole(mask.shape)
    box = []
    for axis, n in enumerate(mask.shape):
        inside = np.flatnonzero(mask.any(axis=tuple(a for a in range(mask.ndim) if a != axis)))
        wide = max(1, round(margin * (inside[-1] - inside[0] + 1)))
        box.append((max(0, int(inside[0]) - wide), min(n, int(inside[-1]) + 1 + wide)))
    return tuple(box)


def box_about(mask: NDArray[np.bool_], *, margin: float, least: Sequence[float], times: float = 1.0) -> Box:
    """Return a box about the middle of a mask (*S), which may reach beyond the image; everything when the mask is empty.

    margin : a share of the mask's own size, on either side
    least  : samples per axis the box has at least
    times  : how much wider than that
    """
    if not mask.any():
        return whole(mask.shape)
    box = []
    for axis in range(mask.ndim):
        inside = np.flatnonzero(mask.any(axis=tuple(a for a in range(mask.ndim) if a != axis)))
        first, stop = int(inside[0]), int(inside[-1]) + 1
        wide = stop - first + 2 * max(1, round(margin * (stop - first)))
        length = max(1, round(times * max(wide, least[axis])))
        start = round((first + stop - length) / 2)
        box.append((start, start + length))
    return tuple(box)


def within(placement: Placement) -> Placement:
    """Return the placement of a box that may reach beyond the image as that of the part inside, at the same place and scale."""
    box, scaled, start = [], [], []
    for n, (a, b), samples, first, size in zip(
        placement.shape, placement.box, placement.scaled, placement.start, placement.size, strict=True
    ):
        low, high = min(max(a, 0), n - 1), max(min(b, n), 1)
        rate = samples / (b - a)
        at = min(first + round((low - a) * rate), size - 1)
        box.append((low, high))
        start.append(at)
        scaled.append(max(1, min(round((high - low) * rate), size - at)))
    return Placement(shape=placement.shape, box=tuple(box), scaled=tuple(scaled), start=tuple(start), size=placement.size)


def place_box(shape: Sequence[int], box: Box, size: Sequence[int], *, samples: Sequence[float]) -> Placement:
    """Return the placement of a box: scaled to `samples`, shrunk further where it would not fit, in the middle of the frame.

    samples : how many the box should become per axis, before it is made to fit
    """
    shrink = min(1.0, *(s / max(n, 1e-6) for s, n in zip(size, samples, strict=True)))
    scaled = tuple(int(np.clip(round(n * shrink), 1, s)) for n, s in zip(samples, size, strict=True))
    start = tuple((s - n) // 2 for n, s in zip(scaled, size, strict=True))
    return Placement(shape=tuple(int(n) for n in shape), box=box, scaled=scaled, start=start, size=tuple(int(s) for s in size))


def into_frame(
    array: NDArray[np.float32], placement: Placement, *, order: int = 1, fill: float | None = None
) -> NDArray[np.float32]:
    """Return (C, *size) of an array (C, *S); around it `fill`, or each channel's own minimum.

    order : 0 the nearest sample (labels), 1 the mean of the samples covered, linear where the array grows
    """
    cut = array[(slice(None), *(slice(a, b) for a, b in placement.box))]
    near = zoom_to(cut, placement.scaled, order=0) if order == 0 else average_to(cut, placement.scaled)
    scaled = np.asarray(near, np.float32)
    around = np.full(len(array), fill, np.float32) if fill is not None else scaled.reshape(len(array), -1).min(axis=1)
    frame = np.empty((len(array), *placement.size), np.float32)
    frame[...] = around.reshape(-1, *([1] * len(placement.size)))
    frame[(slice(None), *_inside(placement))] = scaled
    return frame


def out_of_frame(array: NDArray[np.float32], placement: Placement, *, outside: float = 0.0) -> NDArray[np.float32]:
    """Return (M, *S) on the image's own samples of a map (M, *size): linear in between, `outside` where the frame did not look."""
    cut = array[(slice(None), *_inside(placement))]
    wide = tuple(b - a for a, b in placement.box)
    back = np.full((len(array), *placement.shape), outside, np.float32)
    back[(slice(None), *(slice(a, b) for a, b in placement.box))] = zoom_to(np.asarray(cut, np.float32), wide, order=1)
    return back


def from_places(array: NDArray[np.float32], size: Sequence[int], *, stride: int, center: float) -> NDArray[np.float32]:
    """Return (M, *size) of what an encoder's places say (M, *s): linear between the samples the places are centered on.

    A strided convolution centers its first place on the first sample, not on the middle of the samples it stands for; spreading
    the places over the same extent would shift a map by half a place.
    """
    d = len(size)
    back = np.empty((len(array), *size), np.float32)
    for index in range(len(array)):
        ndimage.affine_transform(
            np.asarray(array[index], np.float32), np.full(d, 1.0 / stride), np.full(d, -center / stride),
            output_shape=tuple(size), output=back[index], order=1, mode="nearest",
        )  # fmt: skip
    return back


def shares_of_places(samples: int, places: int, *, stride: int, center: float) -> NDArray[np.float32]:
    """Return how much of each sample along an axis every place stands for, (places, samples); each place's shares sum to 1.

    A sample belongs to the place whose center is nearest, in halves where two are: the inverse of `from_places`.
    """
    away = np.abs(np.arange(samples) - (center + stride * np.arange(places)[:, None]))  # (places, samples)
    nearest = away <= away.min(axis=0) + 1e-6
    shares = nearest / nearest.sum(axis=0)
    alone = shares.sum(axis=1) == 0  # a place no sample is nearest to speaks of the sample nearest to it
    shares[alone, away.argmin(axis=1)[alone]] = 1.0
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)


def _inside(placement: Placement) -> tuple[slice, ...]:
    return tuple(slice(a, a + n) for a, n in zip(placement.start, placement.scaled, strict=True))
