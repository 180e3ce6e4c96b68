"""The numbered objects of a truth mask and an answer mask, class by class.

In:   a Pair of masks and one of its classes.
Out:  object numbers (*S) of both, 0 = none: the file's own where it numbers them; else connected parts (truth) or a watershed
    (answer).
Not:  no matching (instances.py, matching.py).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.task import Pair
from isocenter.imaging.watershed import split_objects
from isocenter.metrics.mask_pair import ClassPair
from isocenter.metrics.probability import probability_of


def numbered_objects(pair: Pair, one: ClassPair) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the numbers of the true and of the answered objects of one class."""
    truth = pair.truth.objects if isinstance(pair.truth, Mask) else None
    answer = pair.answer.objects if isinstance(pair.answer, Mask) else None
    true = _within(truth, one.truth) if truth is not None else label(one.truth)[0]
    if answer is not None:
        return true, _within(answer, one.answer)
    return true, split_objects(one.answer, probability=probability_of(pair, one.name))


def _within(objects: Image, inside: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the file's own numbers within one class."""
    return np.asarray(np.where(inside, objects.array()[0], 0))
