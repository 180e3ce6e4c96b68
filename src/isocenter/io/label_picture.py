"""A mask as what a network is shown: one channel a class, so that no class is nearer to one number than to another.

In:   a mask file; "labels" (one class: whatever is above 0) or "labels K" (classes 1 … K), as a study's `units:` say.
Out:  Image (K, *S) uint8 of 0 and 1, unit "labels"; the background has no channel.
Not:  no target (masks.py).
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError, StudyError
from isocenter.core.image import LABELS, Image
from isocenter.io.raw_labels import one_channel_where_equal, open_raw_labels


def shows_labels(unit: str | None) -> bool:
    """Tell whether a study's unit of an input calls it a picture of labels."""
    return unit is not None and unit.split()[:1] == [LABELS]


def open_label_picture(path: Path, unit: str = LABELS) -> Image:
    """Open a mask as an input, header only. StudyError for a unit that is not "labels" or "labels K"."""
    words = unit.split()
    if words[:1] != [LABELS] or len(words) > 2 or (len(words) == 2 and not (words[1].isdecimal() and int(words[1]) > 0)):
        raise StudyError(f'expected the unit "labels" (one class) or "labels K" (classes 1 to K), got {unit!r}. Mend `units:`.')
    count = int(words[1]) if len(words) == 2 else 1
    numbers = open_raw_labels(path)
    channels = tuple(f"label {k}" for k in range(1, count + 1))
    return Image(grid=numbers.grid, unit=LABELS, channels=channels, load=partial(load_classes, numbers, path, count))


def load_classes(numbers: Image, path: Path, count: int) -> NDArray[np.uint8]:
    """Read the classes, (K, *S). FileError for a number that is no class, or channels that differ."""
    samples: NDArray[Any] = one_channel_where_equal(numbers.array())
    if samples.shape[0] != 1:
        raise FileError(f"{path}: expected one channel of labels, got {samples.shape[0]} that differ. Choose one: {path.name}#0")
    if count == 1:
        return np.asarray(samples > 0, np.uint8)
    stray = sorted(set(np.unique(samples).tolist()) - set(range(count + 1)))
    if stray:
        raise FileError(f"{path}: expected labels 0 to {count}, got {stray[0]:g}. Name the greatest there is: labels {stray[-1]:g}")
    return np.concatenate([samples == k for k in range(1, count + 1)]).astype(np.uint8)
