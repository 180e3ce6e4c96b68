"""Outside the mask the image holds its least value; inside it is untouched."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.io.masked import masked_image


def test_outside_becomes_the_minimum_in_every_channel():
    grid = plain_grid((2, 3))
    image = held_image(np.arange(18, dtype=np.int16).reshape(3, 2, 3) - 4, grid, unit="HU")
    inside = np.array([[1, 0, 2], [0, 0, 0]], np.uint8)
    out = masked_image(image, held_mask(inside, grid, ("background", "a", "b")))
    assert out.unit == "HU"
    assert (out.array()[:, inside > 0] == image.array()[:, inside > 0]).all()
    assert (out.array()[:, inside == 0] == -4).all()


def test_a_mask_elsewhere_is_refused():
    image = held_image(np.zeros((1, 2, 3)), plain_grid((2, 3)))
    with pytest.raises(GeometryError, match="on the image's grid"):
        masked_image(image, held_mask(np.zeros((3, 2), np.uint8), plain_grid((3, 2)), ("background", "a")))
