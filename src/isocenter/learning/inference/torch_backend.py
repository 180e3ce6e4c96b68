"""Windows on torch: float32 or bfloat16, channels last, on a processor or a graphics card.

In:   a fitted module.
Out:  a WindowNetwork.
Not:  no compilation; a prediction is over before it would pay.
"""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn


class TorchNetwork:
    """A copy of a module in evaluation mode; the module itself stays as it is."""

    def __init__(
        self, network: nn.Module, *, precision: str = "float32", channels_last: bool = True, device: str = "cpu", batch: int = 1
    ) -> None:
        self.name = f"torch {precision}"
        self.batch = batch
        self._device = torch.device(device)
        self._half = precision == "bfloat16"
        self._channels_last = channels_last
        self._network = copy.deepcopy(network).eval().to(self._device)
        if channels_last:
            for parameter in self._network.parameters():
                if parameter.ndim in (4, 5):
                    parameter.data = parameter.data.contiguous(memory_format=_format(parameter.ndim))

    def __call__(self, windows: NDArray[np.float32]) -> Sequence[NDArray[Any]]:
        """(B, C, *window) -> B arrays of logits (K, *window) float32."""
        samples = torch.from_numpy(windows).to(self._device)
        if self._channels_last:
            samples = samples.contiguous(memory_format=_format(samples.ndim))
        with torch.inference_mode(), torch.autocast(self._device.type, torch.bfloat16, enabled=self._half):
            logits = self._network(samples)
        return list(logits.float().cpu().numpy())


def _format(axes: int) -> torch.memory_format:
    return torch.channels_last if axes == 4 else torch.channels_last_3d
