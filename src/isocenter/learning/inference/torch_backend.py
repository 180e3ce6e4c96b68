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

from isocenter.learning import channels_last as layout


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
            layout.lay_channels_last(self._network)

    def __call__(self, windows: NDArray[np.float32]) -> Sequence[NDArray[Any]]:
        """(B, C, *window) -> B arrays of logits (K, *window) float32."""
        samples = torch.from_numpy(windows).to(self._device)
        if self._channels_last:
            samples = layout.channels_last(samples)
        with torch.inference_mode(), torch.autocast(self._device.type, torch.bfloat16, enabled=self._half):
            logits = self._network(samples)
        return list(logits.float().cpu().numpy())
