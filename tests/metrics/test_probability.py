"""The probability map beside an answer."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.metrics.probability import probability_of

from .pairs import mask_pair

NAMES = ("background", "liver", "tumor")


def pair(samples, channels=None, shape=(2, 2)):
    labels = np.zeros((2, 2), int)
    map_ = held_image(np.asarray(samples), plain_grid(shape), channels=channels)
    return mask_pair(labels, labels, names=NAMES, extras={"organ:probability": map_})


def constant(*values):
    return np.stack([np.full((2, 2), v) for v in values])


def test_a_channel_is_found_by_name_else_by_number_with_or_without_background():
    assert probability_of(pair(constant(0.1, 0.2, 0.7)), "tumor")[0, 0] == 0.7
    assert probability_of(pair(constant(0.2, 0.7)), "tumor")[0, 0] == 0.7
    assert probability_of(pair(constant(0.7, 0.2), channels=("tumor", "liver")), "tumor")[0, 0] == 0.7


def test_bytes_stand_for_0_to_1():
    assert probability_of(pair(constant(0, 255).astype(np.uint8)), "tumor")[0, 0] == 1.0


def test_no_map_is_none_and_another_grid_is_refused():
    assert probability_of(mask_pair([[1]], [[1]]), "lung") is None
    with pytest.raises(GeometryError, match="probability map"):
        probability_of(pair(np.zeros((3, 3, 3)), shape=(3, 3)), "tumor")
