"""Channels last: the memory layout in which convolutions are fastest on most processors and graphics cards.

In:   a module. Out: the module, its weights laid out anew; numbers and shapes stay.
Not:  no choice of layout (the plan times both).

A network may hold 2-D and 3-D convolutions side by side, which torch's own `Module.to(memory_format=…)` refuses.
"""

import torch
from torch import Tensor, nn

FORMATS = {4: torch.channels_last, 5: torch.channels_last_3d}
"""Axes of a tensor -> its layout."""


def lay_channels_last(module: nn.Module) -> nn.Module:
    """Lay out every weight of four or five axes; in place. Returns the module."""
    for parameter in module.parameters():
        if parameter.ndim in FORMATS:
            parameter.data = channels_last(parameter.data)
    return module


def channels_last(tensor: Tensor) -> Tensor:
    """Return an image (N, C, *S) or a weight with its channels last in memory; others as they are."""
    return tensor.contiguous(memory_format=FORMATS[tensor.ndim]) if tensor.ndim in FORMATS else tensor
