"""Arrays no flip and no transposition leaves unchanged."""

import numpy as np
from numpy.typing import NDArray


def corner_labels(shape: tuple[int, int, int] = (13, 11, 6)) -> NDArray[np.uint8]:
    """Labels (X, Y, Z): 1 at the origin's corner, 2 in a corner along x only; nothing on the first and last slice of the rest."""
    labels = np.zeros(shape, np.uint8)
    labels[:3, :2, 1:3] = 1
    labels[-2:, :3, 2] = 2
    return labels


def ramp_volume(shape: tuple[int, int, int] = (13, 11, 6)) -> NDArray[np.int16]:
    """Values (X, Y, Z), each different, -1000 upward."""
    return (np.arange(np.prod(shape)).reshape(shape) - 1000).astype(np.int16)


def color_picture() -> NDArray[np.uint8]:
    """(3, 7, 5) RGB: seven columns, five rows; red grows with x, green with y, blue marks one corner."""
    picture = np.zeros((3, 7, 5), np.uint8)
    picture[0] = np.arange(7)[:, None] * 30
    picture[1] = np.arange(5)[None, :] * 50
    picture[2, 6, 0] = 255
    return picture
