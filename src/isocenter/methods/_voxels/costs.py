"""What a plan says of patches against whole images: how far a voxel sees, multiplications, memory.

In:   settings, the size of a median case. Out: Costs; the tile that fits into memory.
Not:  no counting of layers (learning/cost.py).
"""

from collections.abc import Sequence
from math import prod

from isocenter.core.plan import Cost
from isocenter.learning.cost import of_image, of_patch
from isocenter.learning.inference.valid_windows import tiles
from isocenter.learning.voxel_network import build_voxel_network
from isocenter.methods._voxels.settings import VoxelSettings

SHARE = 0.25
"""Of the free memory, that one tile may take."""
LEAST = 8
"""Positions per axis below which a tile is not cut."""
Axes = tuple[int, ...]


def tile_of(settings: VoxelSettings, size: Axes, *, outputs: int, gigabytes: float) -> Axes:
    """Return positions per axis predicted at once: all of a median case, halved along its longest axis until it fits.

    size      : samples per axis of the case
    gigabytes : free memory
    """
    network = build_voxel_network(settings.network(outputs=outputs))
    field, channels = network_axes(settings), sum(settings.channels)
    tile = [n if f > 1 else 1 for n, f in zip(size, settings.patch, strict=True)]
    while True:
        seen = [n + f - 1 for n, f in zip(_live(tile, settings), field, strict=True)]
        longest = max(range(len(tile)), key=lambda a: tile[a])
        if of_image(network, field, seen, channels=channels).most_bytes <= SHARE * gigabytes * 1e9 or tile[longest] <= LEAST:
            return tuple(tile)
        tile[longest] = -(-tile[longest] // 2)


def costs_of(settings: VoxelSettings, size: Axes, *, outputs: int) -> tuple[Cost, ...]:
    """Return what training on patches and predicting a case of a size takes.

    size : samples per axis of the case; it is padded, so that every sample is judged
    """
    network = build_voxel_network(settings.network(outputs=outputs))
    field, channels = network_axes(settings), sum(settings.channels)
    slid = prod(size) * of_patch(network, field, channels=channels).multiplications
    done = multiplications_of(settings, size, outputs=outputs)
    step = of_patch(network, field, channels=channels, batch=settings.batch, precision=settings.precision)
    tile = [min(t, n) for t, n in zip(settings.tile, size, strict=True)]
    seen = [n + f - 1 for n, f in zip(_live(tile, settings), field, strict=True)]
    whole = [n + f - 1 for n, f in zip(_live(size, settings), field, strict=True)]
    instead = of_image(network, field, whole, channels=channels, precision=settings.precision)
    shown = " × ".join(str(n) for n in size)
    return (
        Cost(
            name="receptive field",
            value=float(prod(field)),
            unit="samples",
            how=f"a voxel is judged by {' × '.join(str(n) for n in field)} samples",
        ),
        Cost(
            name="multiplications, sliding window",
            value=float(slid),
            unit="1",
            how=f"a patch around each sample of {shown} (not done)",
        ),
        Cost(
            name="multiplications, fully convolutional",
            value=float(done),
            unit="1",
            how=f"the same answers, {slid / done:.0f} times fewer: shared between neighbors, in tiles of "
            f"{' × '.join(str(n) for n in tile)} positions",
        ),
        Cost(
            name="memory of a training step",
            value=step.kept_bytes / 1e9,
            unit="GB",
            how=f"the features of {settings.batch} patches in {settings.precision}, kept for the backward pass",
        ),
        Cost(
            name="memory of training on whole images",
            value=instead.kept_bytes / 1e9,
            unit="GB",
            how=f"the features of one case of {shown} in {settings.precision}, kept for the backward pass (not done)",
        ),
        Cost(
            name="memory of prediction",
            value=of_image(network, field, seen, channels=channels).most_bytes / 1e9,
            unit="GB",
            how="the features of two neighboring layers of one tile: nothing is kept",
        ),
    )


def multiplications_of(settings: VoxelSettings, size: Sequence[int], *, outputs: int) -> int:
    """Return the multiplications of predicting a case of a size, tile by tile."""
    network = build_voxel_network(settings.network(outputs=outputs))
    field, channels = network_axes(settings), sum(settings.channels)
    total = 0
    for place in tiles(size, settings.tile):
        seen = [n + f - 1 for n, f in zip(_live([p.stop - p.start for p in place], settings), field, strict=True)]
        total += of_image(network, field, seen, channels=channels).multiplications
    return total


def network_axes(settings: VoxelSettings) -> Axes:
    """Return the patch along the axes the network sees."""
    return tuple(n for n in settings.patch if n > 1)


def _live(values: Sequence[int], settings: VoxelSettings) -> list[int]:
    return [v for v, n in zip(values, settings.patch, strict=True) if n > 1]
