"""Images with a patch of another image in them, and the lesson to find it: normal images are all that is needed.

In:   normal images (N, C, X, Y) in [-1, 1].
Out:  batches of images, each with a blob blended in from another place of another image; how much of each sample is foreign.
Not:  no lesion is drawn: nothing here knows what one looks like.

Reference: Tan et al., MELBA 2022:013, arXiv:2011.04197 (foreign patch interpolation); Tan et al., MICCAI 2021, LNCS 12905:581-591
           (gradients in place of intensities, so that the patch is not told by its brightness).
Differs:   the patch gets the mean of what it replaces, where the second paper solves a Poisson equation; blobs in place of boxes.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

Array = NDArray[np.float32]

WEIGHT = (0.3, 1.0)
"""Of what is foreign."""
SHIFT = 0.2
"""How far away it may come from, as a share of the side."""
TRIES = 20
"""Places that are tried for a blob before it may lie in the background."""
SHOWN = -0.8
"""Intensity above which a sample is no background."""
SHADE = 0.1
"""Standard deviation of the factor and the offset every image is changed by, so that no absolute intensity is learned."""


class Foreign:
    """Batches with foreign blobs; see Lesson in gradient_learner.py."""

    def __init__(self, images: Array, *, batch: int, matched: float, radius: tuple[float, float], seed: int) -> None:
        """Hold images (N, C, X, Y).

        matched : chance that a blob gets the mean of what it replaces
        radius  : of the smallest and the largest blob, as a share of the side
        """
        self.images, self.batch, self.matched, self.radius = images, batch, matched, radius
        self.random = np.random.default_rng([seed, 29])

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the cross-entropy of how foreign each sample is said to be."""
        images, shares = self.draw()
        loss: Tensor = binary_cross_entropy_with_logits(
            network(place(torch.from_numpy(images))).float(), place(torch.from_numpy(shares))
        )
        return loss

    def draw(self) -> tuple[Array, Array]:
        """Return the next images (batch, C, X, Y), and how foreign each sample is (batch, 1, X, Y)."""
        made = [self._one() for _ in range(self.batch)]
        images = np.stack([image for image, _ in made])
        factor, offset = (SHADE * self.random.standard_normal((2, self.batch, 1, 1, 1))).astype(np.float32)
        return images * (1 + factor) + offset, np.stack([share for _, share in made])[:, None]

    def learned(self, loss: float) -> None:
        """Change nothing."""
        del loss

    def state(self) -> Mapping[str, Any]:
        """Return the generator of draws."""
        return {"random": self.random.bit_generator.state}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.random.bit_generator.state = state["random"]

    def _one(self) -> tuple[Array, Array]:
        image = self._any().copy()
        share = np.zeros(image.shape[1:], np.float32)
        for _ in range(int(self.random.integers(1, 3))):
            blob = self._blob(image)
            other = np.roll(self._any(), tuple(self._shifts(image.shape[1:])), axis=(1, 2))
            if self.random.random() < self.matched:
                other = other + _mean(image, blob) - _mean(other, blob)
            weight = np.float32(self.random.uniform(*WEIGHT)) * blob
            image = image * (1 - weight) + other * weight
            share = np.maximum(share, weight)
        return image.astype(np.float32), share

    def _any(self) -> Array:
        image: Array = self.images[int(self.random.integers(len(self.images)))]
        return image[:, ::-1] if self.random.random() < 0.5 else image

    def _shifts(self, shape: tuple[int, ...]) -> list[int]:
        return [int(self.random.integers(-round(SHIFT * n), round(SHIFT * n) + 1)) for n in shape]

    def _blob(self, image: Array) -> Array:
        """Return a soft ellipse (X, Y) in [0, 1], most of it where the image shows something."""
        shown = image.max(axis=0) > SHOWN
        blob = np.zeros(shown.shape, np.float32)
        for _ in range(TRIES):
            blob = ellipse(shown.shape, self.radius, self.random)
            if (blob * shown).sum() > 0.7 * blob.sum() > 0:
                break
        return blob


def ellipse(shape: tuple[int, ...], radius: tuple[float, float], random: np.random.Generator) -> Array:
    """Return an ellipse (X, Y) of any place, size and turn; 1 inside, 0 outside, with a border of 1 to 3 samples."""
    size = random.uniform(*radius) * max(shape)
    center = [random.uniform(0, n) for n in shape]
    turn, stretch = random.uniform(0, np.pi), random.uniform(0.7, 1.4)
    x, y = np.meshgrid(*(np.arange(n) + 0.5 - c for n, c in zip(shape, center, strict=True)), indexing="ij")
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    far = np.hypot(u / stretch, v * stretch)
    return np.asarray(np.clip((size - far) / random.uniform(1, 3) + 0.5, 0, 1), np.float32)


def _mean(image: Array, blob: Array) -> Array:
    """Return the mean of each channel in a blob, (C, 1, 1)."""
    return np.asarray((image * blob).sum(axis=(1, 2), keepdims=True) / max(float(blob.sum()), 1e-6), np.float32)
