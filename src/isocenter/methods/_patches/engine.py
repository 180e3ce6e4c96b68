"""What predicts the windows of a network that was trained on patches.

In:   network and settings.
Out:  the fastest arithmetic of this machine, once there is enough work to try.
"""

import numpy as np
from torch import nn

from isocenter.learning.inference.late_choice import LateChoice
from isocenter.learning.inference.planar import PlanarNetwork
from isocenter.learning.inference.window_network import WindowNetwork
from isocenter.methods._patches.settings import PatchSettings


def engine_for(network: nn.Module, settings: PatchSettings, *, overlapping: bool, bfloat16: bool = True) -> WindowNetwork:
    """Return what predicts the windows of a patch-trained network: the fastest arithmetic, once there is enough work to try."""
    flat = [a for a, n in enumerate(settings.patch) if n == 1]
    module: nn.Module = network
    for axis in flat:
        module = PlanarNetwork(module, axis)
    strides = [int(s) for s in np.prod(np.asarray(settings.strides), axis=0)] if settings.strides else []
    for axis in flat:
        strides.insert(axis, 1)
    return LateChoice(module, divisor=tuple(strides), overlapping=overlapping, bfloat16=bfloat16)
