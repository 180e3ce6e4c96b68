"""The probability map of a mask, kept beside the answer.

In:   a Pair with the extra "<target>:probability".
Out:  the map (*S) of one class; None where the prediction kept none.
Not:  no metric.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.task import Pair


def probability_of(pair: Pair, name: str) -> NDArray[np.float64] | None:
    """Return P(class) (*S) in [0, 1]; None without a map. GeometryError if the map lies on another grid than the truth.

    name : class of the truth; its channel is found by name, else by number (with or without one for the background)
    """
    kept = pair.extras.get(f"{pair.target.name}:probability")
    if not isinstance(kept, Image) or not isinstance(pair.truth, Mask):
        return None
    if kept.grid.shape != pair.truth.grid.shape:
        raise GeometryError(
            f"case {pair.case}: expected the probability map on the truth's grid {pair.truth.grid.shape}, got {kept.grid.shape}."
        )
    names = pair.answer.names if isinstance(pair.answer, Mask) else pair.truth.names
    if name in kept.channels:
        channel = kept.channels.index(name)
    else:
        channel = names.index(name) - (len(names) - len(kept.channels))
    every = kept.array()
    samples = np.asarray(every[channel], np.float64)
    # Maps are kept as bytes where space counts: 255 stands for 1.
    return samples / 255.0 if every.dtype == np.uint8 else samples
