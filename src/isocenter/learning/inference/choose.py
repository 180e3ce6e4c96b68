"""Choice of arithmetic by timed trial: what is fastest here, and gives the same answer.

In:   a fitted module, one real window.
Out:  a WindowNetwork and the trials that led to it.
Not:  no prediction of an image (sliding_window.py).

torch in float32 is the judge and the last resort: an engine that fails to load, to convert, or to agree is left out.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.core.record import Record
from isocenter.learning.inference.torch_backend import TorchNetwork
from isocenter.learning.inference.window_network import WindowNetwork
from isocenter.learning.precision import has_bfloat16

AGREEMENT = 0.995
"""Least share of samples with the same class as in float32; a trained network differs at uncertain borders only."""
WORTH_S = 8.0
"""A prediction shorter than this is not worth trying others."""


class Trial(Record):
    """One engine tried."""

    name: str
    seconds: float | None
    """Per window; None when it failed."""
    agreement: float | None
    """Share of samples with the same class as torch in float32."""
    note: str
    """Why it was left out; "" if it could have been chosen."""


class Choice(Record):
    """The winner, and how it won."""

    network: WindowNetwork
    trials: tuple[Trial, ...]

    @property
    def reason(self) -> str:
        """A sentence for the plan."""
        parts = [f"{t.name}: {t.note}" if t.seconds is None else f"{t.name} {t.seconds:.3f} s a window" for t in self.trials]
        if all(t.seconds is None for t in self.trials):
            return f"{self.network.name}: {self.trials[0].note}."
        return f"{self.network.name} was fastest on a timed trial: {'; '.join(parts)}."


def choose_network(
    network: nn.Module,
    example: NDArray[Any],
    *,
    divisor: Sequence[int] = (),
    windows: int | None = None,
    overlapping: bool = False,
    bfloat16: bool = True,
    agreement: float = AGREEMENT,
    repeats: int = 3,
) -> Choice:
    """Return the fastest engine that agrees with float32.

    network     : fitted module; it is copied, not changed
    example     : (C, *window) one real, normalized window
    divisor     : what windows must be divisible by; lets conversion use a small window
    windows     : how many will be predicted; if torch in float32 does them in a few seconds, nothing else is tried
    overlapping : regions by sigmoid, not classes by argmax
    bfloat16    : allow it
    """
    accelerated = on_accelerator(network, bfloat16=bfloat16)
    if accelerated is not None:
        return accelerated
    reference = TorchNetwork(network)
    sample = np.ascontiguousarray(example[None], dtype=np.float32)
    truth = _classes(reference(sample)[0], overlapping)
    seconds = _seconds(reference, sample, repeats)
    trials = [Trial(name=reference.name, seconds=seconds, agreement=1.0, note="")]
    best: tuple[float, WindowNetwork] = (seconds, reference)
    if windows is not None and windows * seconds < WORTH_S:
        return Choice(network=reference, trials=tuple(trials))
    for name, build in _candidates(network, example, divisor, bfloat16=bfloat16):
        try:
            tried = build()
            same = float((_classes(tried(sample)[0], overlapping) == truth).mean())
            seconds = _seconds(tried, np.repeat(sample, tried.batch, axis=0), repeats) / tried.batch
        except Exception as error:  # any engine may fail in its own way; the reference stands
            trials.append(Trial(name=name, seconds=None, agreement=None, note=f"failed: {str(error).splitlines()[0][:120]}"))
            continue
        note = "" if same >= agreement else f"left out: agrees with float32 on {100 * same:.2f} % of samples only"
        trials.append(Trial(name=name, seconds=seconds, agreement=same, note=note))
        if not note and seconds < best[0]:
            best = (seconds, tried)
    return Choice(network=best[1], trials=tuple(trials))


def on_accelerator(network: nn.Module, *, bfloat16: bool = True) -> Choice | None:
    """Return torch on the graphics card, without a trial; None if there is none."""
    if not torch.cuda.is_available():
        return None
    fast = TorchNetwork(network, precision="bfloat16" if bfloat16 and has_bfloat16() else "float32", device="cuda", batch=4)
    return Choice(network=fast, trials=(Trial(name=fast.name, seconds=None, agreement=None, note="a graphics card is there"),))


def _candidates(
    network: nn.Module, example: NDArray[Any], divisor: Sequence[int], *, bfloat16: bool
) -> list[tuple[str, Callable[[], WindowNetwork]]]:
    def on_openvino(precision: str) -> WindowNetwork:
        from isocenter.learning.inference.openvino_backend import OpenVinoNetwork

        return OpenVinoNetwork(network, channels=example.shape[0], window=example.shape[1:], divisor=divisor, precision=precision)

    found: list[tuple[str, Callable[[], WindowNetwork]]] = [("openvino float32", lambda: on_openvino("float32"))]
    if bfloat16 and has_bfloat16():
        found.append(("openvino bfloat16", lambda: on_openvino("bfloat16")))
        found.append(("torch bfloat16", lambda: TorchNetwork(network, precision="bfloat16")))
    return found


def _classes(logits: NDArray[Any], overlapping: bool) -> NDArray[Any]:
    return logits > 0 if overlapping else logits.argmax(axis=0)


def _seconds(network: WindowNetwork, samples: NDArray[np.float32], repeats: int) -> float:
    """Best of a few, after one to warm up: other programs can only slow a trial down."""
    network(samples)
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        network(samples)
        times.append(time.perf_counter() - began)
    return min(times)
