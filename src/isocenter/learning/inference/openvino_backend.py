"""Windows on OpenVINO: float32 or bfloat16, on a processor.

In:   a fitted module and the size of a window.
Out:  a WindowNetwork. The model is built in memory; nothing is written.
Not:  no quantization to integers.

Several windows run at once, one per stream of cores, since that wastes less than several cores on one window;
a single window gets all cores.
"""

import copy
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import openvino
import torch
from numpy.typing import NDArray
from torch import nn

HINTS = {"float32": "f32", "bfloat16": "bf16"}
SEVERAL, ONE = "THROUGHPUT", "LATENCY"


class OpenVinoNetwork:
    """A module converted and compiled for windows of one size."""

    def __init__(
        self, network: nn.Module, *, channels: int, window: Sequence[int], divisor: Sequence[int] = (), precision: str = "float32"
    ) -> None:
        self.name = f"openvino {precision}"
        self._model = _converted(network, channels, window, divisor)
        self._hint = HINTS[precision]
        several = self._compiled(SEVERAL)
        self.batch = int(several.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._requests = [several.create_infer_request() for _ in range(self.batch)]
        self._single: Any = None

    def __call__(self, windows: NDArray[np.float32]) -> Sequence[NDArray[Any]]:
        """(B, C, *window), B <= batch -> B arrays of logits (K, *window) float32, valid until the next call."""
        if len(windows) == 1 and self.batch > 1:
            if self._single is None:
                self._single = self._compiled(ONE).create_infer_request()
            self._single.infer([windows], share_inputs=True)
            return [self._single.get_output_tensor().data[0]]
        running = self._requests[: len(windows)]
        for request, window in zip(running, windows, strict=True):
            request.start_async([window[None]], share_inputs=True)
        for request in running:
            request.wait()
        return [request.get_output_tensor().data[0] for request in running]

    def _compiled(self, hint: str) -> Any:
        settings = {
            "INFERENCE_PRECISION_HINT": self._hint,
            "PERFORMANCE_HINT": hint,
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        }
        return openvino.Core().compile_model(self._model, "CPU", settings)


def _converted(network: nn.Module, channels: int, window: Sequence[int], divisor: Sequence[int]) -> Any:
    """Trace on a small window, which takes seconds less, and fix the real one afterwards.

    An axis that is never halved is traced in full: a network that walks along it, slice by slice, becomes as many steps.
    """
    small = [min(w, 2 * d) if d > 1 else w for w, d in zip(window, divisor or window, strict=True)]
    with torch.inference_mode(), warnings.catch_warnings():
        # Tracing warns of shapes that become constants, which is what a fixed window wants.
        warnings.simplefilter("ignore")
        return openvino.convert_model(
            copy.deepcopy(network).eval(),
            example_input=torch.zeros(1, channels, *small),
            input=[1, channels, *window],
        )
