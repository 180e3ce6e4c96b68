"""Rule: patch, depth, strides and kernels of an encoder-decoder.

In:   median shape and spacing the method works at; the largest patch the budget allows.
Out:  Topology, with patch divisible by the product of the strides.
Not:  no widths and no batch (budget.py).

Reference: Isensee et al., Nat Methods 2021; 18:203-211 (nnU-Net): an axis is halved while it keeps at least 4 samples and its
spacing is within a factor 2 of the finest; kernels are 1 on an axis until its spacing is within that factor.
Differs:   the largest patch comes from the budget (minutes on this machine), not from an 8 GB card.
"""

from collections.abc import Sequence

import numpy as np

from isocenter.core.record import Record

SMALLEST = 4
"""Samples the coarsest level keeps on a halved axis."""


class Topology(Record):
    """Shape of an encoder-decoder, and the patch it is trained on."""

    patch: tuple[int, ...]
    """Samples per axis of the image; an axis of 1 is a slice, and the network is 2-D."""
    strides: tuple[tuple[int, ...], ...]
    """Per level, finest first, over the network's axes."""
    kernels: tuple[tuple[int, ...], ...]


def choose_topology(shape: Sequence[float], spacing: Sequence[float], *, voxels: float, levels: int = 6) -> Topology:
    """Return patch, strides and kernels.

    shape, spacing : (d,) median samples and spacing; axes of one sample are left out of the network
    voxels : the patch holds at most about this many
    levels : at most this many, the finest included
    """
    patch = np.maximum(np.asarray(shape, float), 1)
    while patch.prod() > max(voxels, 1):
        # Shrink the axis that is largest relative to the image, in proportion: what is seen keeps the image's form.
        ratio = np.where(patch > 1, patch / np.asarray(shape, float), 0.0)
        widest = patch * (ratio >= ratio.max() - 1e-9)
        axis = int(np.argmax(widest))
        patch[axis] = max(1.0, patch[axis] * 0.95)
    live = [a for a in range(len(patch)) if shape[a] > 1]
    size = np.array([max(SMALLEST, int(np.ceil(patch[a]))) for a in live])
    strides, kernels = _poolings(size, np.asarray([spacing[a] for a in live], float), levels)
    divisor = np.prod(np.asarray(strides), axis=0)
    full = np.ones(len(patch), int)
    full[live] = np.ceil(size / divisor).astype(int) * divisor
    return Topology(patch=tuple(int(n) for n in full), strides=strides, kernels=kernels)


def choose_run_topology(
    shape: Sequence[float], spacing: Sequence[float], *, voxels: float, levels: int = 6, run: int, axis: int
) -> Topology:
    """Return patch, strides and kernels of a network that walks from slice to slice: those of one slice, and a run of slices.

    run  : slices a patch holds, at most as many as the image has
    axis : along which they are stacked
    """
    slices = max(1, min(run, round(shape[axis])))
    flat = [1.0 if a == axis else n for a, n in enumerate(shape)]
    plane = choose_topology(flat, spacing, voxels=voxels / slices, levels=levels)

    def whole(sizes: tuple[int, ...]) -> tuple[int, ...]:
        return (*sizes[:axis], 1, *sizes[axis:])

    return Topology(
        patch=(*plane.patch[:axis], slices, *plane.patch[axis + 1 :]),
        strides=tuple(whole(s) for s in plane.strides),
        kernels=tuple(whole(k) for k in plane.kernels),
    )


def slice_axis(shape: Sequence[float], spacing: Sequence[float]) -> int:
    """Return the axis along which a volume's slices are stacked: the widest apart, of equal ones the one with the fewest."""
    return min(range(len(shape)), key=lambda a: (-round(spacing[a], 2), shape[a]))


def _poolings(
    size: np.ndarray, spacing: np.ndarray, levels: int
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    size, spacing = size.copy(), spacing.copy()
    strides = [tuple(1 for _ in size)]
    kernels = [_kernel(spacing)]
    while len(strides) < levels:
        able = (size >= 2 * SMALLEST) & (spacing / spacing.min() <= 2)
        if not able.any() and (size >= 2 * SMALLEST).any():
            able = size >= 2 * SMALLEST
        if not able.any():
            break
        step = np.where(able, 2, 1)
        size = -(-size // step)
        spacing = spacing * step
        strides.append(tuple(int(s) for s in step))
        kernels.append(_kernel(spacing))
    return tuple(strides), tuple(kernels)


def _kernel(spacing: np.ndarray) -> tuple[int, ...]:
    return tuple(3 if s / spacing.min() <= 2 else 1 for s in spacing)
