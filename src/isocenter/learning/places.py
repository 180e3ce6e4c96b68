"""Places: where a patch lies, how it is cut, and where each class is.

In:   prepared arrays (C, *S).
Out:  PatchSpec (which case, where it starts), arrays of the patch's size, lists of voxels by class.
Not:  no choice of what to cut (sampling/), no windows of a prediction (tiling.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record


class PatchSpec(Record):
    """One patch: a case by its position in the list, and the index of its first sample (may lie outside the image)."""

    case: int
    start: tuple[int, ...]


class CasePlaces(Record):
    """What a sampler knows of one case."""

    shape: tuple[int, ...]
    """Of the image, without channels."""
    classes: Mapping[int, NDArray[np.int32]]
    """Voxel indices (n, axes) of each foreground class present, at most a few thousand."""


class Sampler(Protocol):
    """Draws patches, may learn from their losses, and can be put back exactly where it stood."""

    listens: ClassVar[bool]
    """Whether it wants the loss of each patch; else it hears that of the batch."""

    def draw(self, batch: int) -> list[PatchSpec]:
        """Return as many patches as asked for."""
        ...

    def feedback(self, specs: Sequence[PatchSpec], losses: Sequence[float]) -> None:
        """Take note of what the patches cost."""
        ...

    def state(self) -> Mapping[str, Any]:
        """Return all the next draws depend on, plain numbers and lists."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        ...


def cut(array: NDArray[Any], start: Sequence[int], size: Sequence[int], *, fill: float = 0) -> NDArray[Any]:
    """Return a patch as a new array.

    array : (C, *S), or a memory map of it; only the patch is read
    start : index of the first sample per axis; may be negative or beyond the end
    size  : samples per axis
    fill  : value outside the array
    return: (C, *size), same dtype
    """
    inside, place = [], []
    for first, length, available in zip(start, size, array.shape[1:], strict=True):
        low, high = max(first, 0), min(first + length, available)
        inside.append(slice(low, max(high, low)))
        place.append(slice(low - first, max(high, low) - first))
    found = array[(slice(None), *inside)]
    if found.shape[1:] == tuple(size):
        return np.array(found)
    patch = np.full((array.shape[0], *size), fill, dtype=array.dtype)
    if found.size:
        patch[(slice(None), *place)] = found
    return patch


def class_places(target: NDArray[Any], *, overlapping: bool, generator: np.random.Generator, most: int = 10_000) -> CasePlaces:
    """Return where each foreground class lies.

    target      : (*S) class index, 0 background, negative = not assessed; overlapping: (K, *S), channel c for class c + 1, there
                  from 0.5 on
    overlapping : which of the two forms it is
    most        : voxels kept per class, drawn without replacement
    """
    shape = tuple(target.shape[1:] if overlapping else target.shape)
    if overlapping:
        flats = {c + 1: np.flatnonzero(region > 0.5) for c, region in enumerate(target)}
    else:
        flat = target.ravel()
        found = np.flatnonzero(flat > 0)
        names = flat[found]
        flats = {int(name): found[names == name] for name in np.unique(names)}
    classes = {}
    for name, places in flats.items():
        if places.size:
            kept = places if places.size <= most else np.sort(generator.choice(places, most, replace=False))
            classes[name] = np.stack(np.unravel_index(kept, shape), axis=1).astype(np.int32)
    return CasePlaces(shape=shape, classes=classes)


def start_range(shape: Sequence[int], patch: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return lowest and highest start per axis: the patch inside the image, or the image inside the patch."""
    slack = np.asarray(shape, dtype=np.int64) - np.asarray(patch, dtype=np.int64)
    return np.minimum(slack, 0), np.maximum(slack, 0)


def centered(case: int, voxel: NDArray[np.integer], shape: Sequence[int], patch: Sequence[int]) -> PatchSpec:
    """Return the patch of a case with a voxel at its center, or as near to it as the image allows."""
    low, high = start_range(shape, patch)
    return PatchSpec(case=case, start=tuple(int(s) for s in np.clip(voxel - np.asarray(patch) // 2, low, high)))
