"""Images and masks to draw: two and three axes, gray and color, thin and thick samples."""

import numpy as np

from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask, held_mask

NAMES = ("background", "left part", "right part")


def flag() -> Image:
    """A wide color picture (X 60, Y 20): its left third red, the middle green, the right blue."""
    samples = np.zeros((3, 60, 20), np.uint8)
    for channel in range(3):
        samples[channel, 20 * channel : 20 * (channel + 1)] = 255
    return held_image(samples, plain_grid((60, 20)), channels=("r", "g", "b"))


def photo() -> tuple[Image, Mask, Mask]:
    """A color picture wider than tall, its truth and an answer two samples to the right."""
    grid = plain_grid((48, 30))
    truth = np.zeros(grid.shape, np.uint8)
    truth[10:20, 8:20], truth[20:28, 8:20] = 1, 2
    rng = np.random.default_rng(0)
    samples = rng.integers(0, 255, (3, *grid.shape)).astype(np.uint8)
    return (
        held_image(samples, grid, channels=("r", "g", "b")),
        held_mask(truth, grid, NAMES),
        held_mask(np.roll(truth, 2, axis=0), grid, NAMES),
    )


def scan(spacing: tuple[float, float, float] = (0.8, 0.8, 4.0)) -> tuple[Image, Mask, Mask]:
    """A volume in the patient with thick slices; most is marked in slice 4 of 8."""
    shape = (40, 32, 8)
    grid = Grid(shape=shape, affine=as_affine(np.diag([-spacing[0], -spacing[1], spacing[2], 1.0])), world="ras_mm")
    truth = np.zeros(shape, np.uint8)
    for k in range(1, 7):
        half = 8 - abs(k - 4)
        truth[20 - half : 20, 10:22, k], truth[20 : 20 + half, 10:22, k] = 1, 2
    image = np.random.default_rng(0).normal(100, 10, shape) + 100 * (truth > 0)
    answer = np.roll(truth, 1, axis=1)
    return (
        held_image(image[None].astype(np.float32), grid, channels=("t1",)),
        held_mask(truth, grid, NAMES),
        held_mask(answer, grid, NAMES),
    )


def threads() -> tuple[Image, Mask, Mask]:
    """Lines one sample wide, as vessels are."""
    grid = plain_grid((64, 48))
    truth = np.zeros(grid.shape, np.uint8)
    truth[::6], truth[:, ::9] = 1, 1
    answer = np.roll(truth, 1, axis=0)
    gray = (255 * truth).astype(np.uint8)[None]
    names = ("background", "vessel")
    return held_image(gray, grid, channels=("gray",)), held_mask(truth, grid, names), held_mask(answer, grid, names)


def empty(like: Mask) -> Mask:
    """A mask on the same grid that marks nothing."""
    return held_mask(np.zeros(like.grid.shape, np.uint8), like.grid, like.names)
