"""What a network of exams saw where: maps in the original geometry, and the places and masks read from them.

In:   an item, what the network says at every place of its frames, the head.
Out:  Image, Points or Mask on the grid of the item's first image.
Not:  no network.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.core.points import Points
from isocenter.core.study import Target
from isocenter.imaging.local_maxima import local_maxima
from isocenter.learning.exam.items import Item
from isocenter.learning.exam.placement import from_places, out_of_frame

APART = 0.02
"""Two places are told apart at this share of the image's longest side, or at 2 samples."""


def in_place(places: NDArray[np.float32], item: Item, *, slices: bool, stride: int = 1, center: float = 0.0) -> Image:
    """Return a map (M, B, *s) on the grid of the item's first image: of its only instance, or of all its slices.

    stride, center : which samples of the frame the places are centered on (learning/encoder.py); 1 and 0 = places are samples
    """
    first = item.frames[0]
    size = first.placement.size
    flat = size[:-1] if slices else size
    shown = places[:, : size[-1]] if slices else places[:, :1]  # (M, b, *s)
    whole = from_places(shown.reshape(-1, *shown.shape[2:]), flat, stride=stride, center=center).reshape(*shown.shape[:2], *flat)
    frame = np.moveaxis(whole, 1, -1) if slices else whole[:, 0]  # (M, *size)
    lowest = float(places.min()) if places.size else 0.0
    return held_image(out_of_frame(np.ascontiguousarray(frame), first.placement, outside=lowest), first.grid)


def places_of(said: Image, target: Target, *, above: float, where: NDArray[np.bool_] | None = None) -> Points:
    """Return the local maxima of a map's last channel as points of a target's first kind.

    above : where the map speaks for a lesion; the score is 0.5 there and grows with the map, in [0, 1]
    where : (*S), the part that is asked about; None = all
    """
    samples = np.asarray(said.array()[-1], float)
    lowest = float(samples.min()) - 1.0
    if where is not None:
        samples = np.where(where, samples, lowest)
    spacing = said.grid.spacing
    distance = max(2 * min(spacing), APART * max(n * s for n, s in zip(said.grid.shape, spacing, strict=True)))
    found = local_maxima(samples, distance=distance, spacing=spacing, above=lowest)  # what is not asked about is no maximum
    world = said.grid.to_world(found.index) if len(found.index) else np.zeros((0, said.grid.ndim))
    names = target.classes or (target.name,)
    return Points(world=world, kind=np.zeros(len(world), np.intp), score=np.asarray(expit(found.value - above)), names=names)


def mask_of(said: Image, target: Target, *, above: float, where: NDArray[np.bool_] | None = None) -> Mask:
    """Return where a map's last channel is above a threshold, as a target's first foreground class; nothing outside `where`."""
    speaks = said.array()[-1] > above
    inside = np.asarray(speaks if where is None else speaks & where, np.uint8)
    return held_mask(inside, said.grid, target.classes)
