"""Rule: is a prediction the mean over a case and its mirror images?

In:   axes the network was trained to mirror, the median case, how long training steps take here (timed).
Out:  `mirror_prediction` with its reason.

Reference: Isensee et al., Nat Methods 2021; 18:203-211 (always, along every axis).
Differs:   only where a case stays quick; the 2^axes copies of a large volume would cost minutes for a gain in the third digit.
"""

from collections.abc import Sequence
from math import prod

from isocenter.core.plan import Setting
from isocenter.learning.tiling import window_starts

MIRRORED_S = 15.0
"""Seconds a median case may take with all its mirror images."""
FORWARD_SHARE = 1 / 3
"""Of a training step: the backward pass takes about twice the forward pass."""


def choose_mirrored(
    axes: Sequence[int], shape: Sequence[float], patch: Sequence[int], *, overlap: float, seconds: float, batch: int
) -> Setting:
    """Return `mirror_prediction`.

    axes    : along which training mirrored; () = none
    shape   : samples of the median case per axis
    patch   : samples of a window per axis
    overlap : share by which neighboring windows overlap, in [0, 1)
    seconds : a training step of `batch` windows takes here
    """
    if not axes:
        return Setting(name="mirror_prediction", value=False, origin="rule", reason="the network was not trained on mirror images")
    starts = window_starts([round(n) for n in shape], patch, step=1.0 - overlap)
    copies = 2 ** len(axes)
    expected = prod(len(a) for a in starts) * seconds / batch * FORWARD_SHARE * copies
    quick = expected <= MIRRORED_S
    return Setting(
        name="mirror_prediction",
        value=quick,
        origin="measured",
        reason=f"the mean over {copies} mirror images takes about {expected:.1f} s for a median case; "
        f"{'up to' if quick else 'no more than'} {MIRRORED_S:.0f} s are spent on it",
    )
