"""The trial of arithmetics, held only once it is worth its time.

In:   a fitted module.
Out:  a WindowNetwork that begins in float32 on torch and changes to the fastest after some seconds of work.
Not:  no trial of its own (choose.py).
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from isocenter.learning.inference.choose import WORTH_S, Choice, choose_network, on_accelerator
from isocenter.learning.inference.torch_backend import TorchNetwork
from isocenter.learning.inference.window_network import WindowNetwork


class LateChoice:
    """Predicts from the first window on; a few small images never pay for a trial, many do once.

    network     : fitted module; it is copied, not changed
    divisor     : what windows must be divisible by; lets conversion use a small window
    overlapping : regions by sigmoid, not classes by argmax
    bfloat16    : allow it
    after_s     : seconds of work before the trial
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        divisor: Sequence[int] = (),
        overlapping: bool = False,
        bfloat16: bool = True,
        after_s: float = WORTH_S,
    ) -> None:
        self._module, self._divisor = network, divisor
        self._overlapping, self._bfloat16 = overlapping, bfloat16
        self._left_s = after_s
        self.choice: Choice | None = on_accelerator(network, bfloat16=bfloat16)
        """None until the trial was held."""
        self._network: WindowNetwork = TorchNetwork(network) if self.choice is None else self.choice.network

    @property
    def name(self) -> str:
        """Engine and precision now in use."""
        return self._network.name

    @property
    def batch(self) -> int:
        """How many windows at once use the machine best, now."""
        return self._network.batch

    def __call__(self, windows: NDArray[np.float32]) -> Sequence[NDArray[Any]]:
        """(B, C, *window) -> B arrays of logits (K, *window) float32, valid until the next call."""
        began = time.perf_counter()
        answers = self._network(windows)
        if self.choice is None:
            self._left_s -= time.perf_counter() - began
            # A constant window would say nothing about agreement.
            if self._left_s <= 0 and np.ptp(windows[0]) > 0:
                self.choice = choose_network(
                    self._module, windows[0], divisor=self._divisor, overlapping=self._overlapping, bfloat16=self._bfloat16
                )
                self._network = self.choice.network
        return answers
