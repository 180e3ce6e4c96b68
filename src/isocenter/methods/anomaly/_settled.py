"""A trained network as it is when loaded.

In:   a network as it was trained. Out: the same on the processor.
"""

from typing import Any

import torch
from torch import nn


def settled(network: nn.Module) -> Any:
    """Return a network on the processor, laid out as it is when loaded, so that both answer alike to the last bit."""
    return network.cpu().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
