"""Max-pooling that remembers where each maximum stood, and the unpooling that puts features back there.

In:   features and a window per axis.
Out:  pooled features and switches; features at the places of the switches, 0 elsewhere.
Not:  no network (networks/bottleneck_unpooling.py).

Axis by axis, so that one code serves two and three axes, any memory layout, the compiler, and OpenVINO, which cannot trace
torch.nn.functional.max_unpool2d. The place found is that of a maximum; of equal ones it is the first along each axis in turn.

Reference: Zeiler & Fergus, ECCV 2014, arXiv:1311.2901 (switches).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

Switches = tuple[Tensor, ...]
"""One an axis, in the order pooled: uint8 index within the window, of the size that axis was pooled to."""


def pool_with_switches(x: Tensor, window: Sequence[int]) -> tuple[Tensor, Switches]:
    """Return maxima (N, C, *S / window) and where they stood. S must be divisible by the window, which does not overlap."""
    switches = []
    for axis, size in enumerate(window, start=2):
        parts = torch.unflatten(x, axis, (-1, size)).unbind(axis + 1) if size > 1 else (x,)
        x, place = parts[0], torch.zeros_like(parts[0], dtype=torch.uint8)
        for index, part in enumerate(parts[1:], start=1):
            later = part > x
            place = place.masked_fill(later, index)
            x = torch.where(later, part, x)
        switches.append(place)
    return x, tuple(switches)


def unpool(x: Tensor, switches: Switches, window: Sequence[int]) -> Tensor:
    """Return features (N, C, *S) at the places of the switches, 0 elsewhere: pool_with_switches backwards."""
    for axis, size, place in reversed(list(zip(range(2, 2 + len(window)), window, switches, strict=True))):
        if size > 1:
            parts = [torch.where(place == index, x, torch.zeros_like(x)) for index in range(size)]
            x = torch.stack(parts, dim=axis + 1).flatten(axis, axis + 1)
    return x
