"""The head of the CT phantom in a magnetic resonance scanner: the same shapes, seen by relaxation times.

In:   skull and brain on the fine box, materials, a scanner, a sequence.
Out:  signal on the fine box, without coil, blur or noise.
Not:  no bleeding, no calcium: what MR makes of blood depends on its age.

The tables of bone are as dark as air, which is why a CT cannot be read off an MR sample by sample.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.phantoms.brain.signal import signal_of
from isocenter.phantoms.head.brain import Brain
from isocenter.phantoms.head.skull import Skull
from isocenter.phantoms.tomograph.box import Array


def head_signal(p: Mapping[str, Any], machine: Mapping[str, Any], sequence: str, skull: Skull, brain: Brain, tumor: Array) -> Array:
    """Return the signal (X, Y, Z), in units of fully relaxed water's; air is 0. tumor: share of every voxel that is one."""
    seen = {name: np.float32(signal_of(p, machine, name, sequence)) for name in p["materials"]}
    fluid = (brain.ventricle + brain.sulcus).clip(0, 1)
    inner = seen["gray"] * brain.gray + seen["white"] * brain.white + seen["csf"] * fluid
    inner = inner + (seen["dura"] - inner) * brain.falx
    inner = inner + (seen["core"] - inner) * tumor
    signal = seen["muscle"] * skull.head
    signal = signal + (seen["fat"] - signal) * skull.fat
    signal = signal + (inner - signal) * brain.inside
    signal = signal + (seen["cortical_bone"] - signal) * skull.bone
    signal = signal + (seen["marrow"] - signal) * skull.spongy
    return np.asarray(signal * (1 - skull.sinus), np.float32)
