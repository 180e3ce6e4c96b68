"""Which arithmetic a network trains with: float32, or bfloat16 where a timed step shows that it pays.

In:   choices in the making, what times a step. Out: the setting `precision`, with its reason.
"""

from collections.abc import Callable
from typing import Any

from isocenter.learning.precision import has_bfloat16
from isocenter.methods._choices import Choices

GAIN = 0.9
"""A variant must take at most this share of the other's time to be chosen."""


def choose_precision(chosen: Choices[Any], timed: Callable[..., float], **changes: Any) -> float | None:
    """Try float32 against bfloat16. Returns seconds of the winner; None when nothing was tried.

    timed   : seconds a step with the settings so far, some of them changed
    changes : settings of the trial that are not chosen yet
    """
    if chosen.user_set("precision") or not has_bfloat16():
        chosen.rule("precision", "float32", "this processor has no bfloat16" if not has_bfloat16() else "exact")
        return None
    plain = timed(**changes, precision="float32")
    half = timed(**changes, precision="bfloat16")
    name = "bfloat16" if half < GAIN * plain else "float32"
    chosen.measured("precision", name, f"a step took {plain:.2f} s in float32, {half:.2f} s in bfloat16")
    return half if name == "bfloat16" else plain
