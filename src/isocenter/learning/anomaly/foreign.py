"""Images with a patch in them that does not belong there, and the lesson to find it: normal images are all that is needed.

In:   normal images (N, C, X, Y) in [-1, 1].
Out:  batches of images, most with a few blobs: blended in from another place of another image, or filled as if something grew
      there (growth.py); how foreign each sample is.
Not:  no lesion is learned from. With `grown` above 0 the network is told that a growth pushes tissue aside; with 0, nothing.

Reference: Tan et al., MELBA 2022:013, arXiv:2011.04197 (foreign patch interpolation); Tan et al., MICCAI 2021, LNCS 12905:581-591
           (gradients in place of intensities, so that the patch is not told by its brightness).
Differs:   the patch gets the mean of what it replaces, where the second paper solves a Poisson equation; blobs in place of boxes;
           some images are left as they are, so that a network need not find something in each.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from isocenter.learning.anomaly.growth import grown, mean_in

Array = NDArray[np.float32]

WEIGHT = (0.3, 1.0)
"""Of what is foreign."""
GROWN = (0.7, 1.0)
"""Weight of what grew."""
BLOBS = (1, 3)
"""Fewest and most in an image that has some."""
SHIFT = 0.2
"""How far away it may come from, as a share of the side."""
TRIES = 30
"""Places that are tried for a blob before an image does without it."""
INSIDE = 0.85
"""Share of a blob that lies where the image shows something."""
NOISE = 0.05
"""Largest standard deviation of the noise every image gets, so that a blob is not told by its own."""
SHOWN = -0.8
"""Intensity above which a sample is no background."""
SHADE = 0.1
"""Standard deviation of the factor and the offset every image is changed by, so that no absolute intensity is learned."""


@dataclass(frozen=True, kw_only=True)
class ForeignConfig:
    """What is drawn."""

    batch: int = 12
    matched: float = 1.0
    """Chance that a foreign blob gets the mean of what it replaces."""
    radius: tuple[float, float] = (0.045, 0.125)
    """Of the smallest and the largest blob, as a share of the side."""
    grown: float = 0.0
    """Chance that a blob is something that grew there, and no patch."""
    untouched: float = 0.0
    """Chance that an image is left as it is."""


class Foreign:
    """Batches with foreign blobs; see Lesson in gradient_learner.py."""

    def __init__(self, images: Array, config: ForeignConfig, *, seed: int) -> None:
        """Hold images (N, C, X, Y)."""
        self.images, self.config = images, config
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
        made = [self._one() for _ in range(self.config.batch)]
        images = np.stack([image for image, _ in made])
        factor, offset = (SHADE * self.random.standard_normal((2, self.config.batch, 1, 1, 1))).astype(np.float32)
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
        count = 0 if self.random.random() < self.config.untouched else int(self.random.integers(BLOBS[0], BLOBS[1] + 1))
        for _ in range(count):
            blob = self._blob(image)
            if blob is None:
                continue
            image, filling, weight = self._filled(image, blob)
            image = image * (1 - weight) + filling * weight
            share = np.maximum(share, weight)
        noise = self.random.uniform(0, NOISE) * self.random.standard_normal(image.shape)
        return np.asarray(image + noise, np.float32), share

    def _filled(self, image: Array, blob: Array) -> tuple[Array, Array, Array]:
        """Return the image around a blob and what fills it (C, X, Y), and its weight (X, Y)."""
        other = np.roll(self._any(), tuple(self._shifts(image.shape[1:])), axis=(1, 2))
        if self.random.random() < self.config.grown:
            weight = np.float32(self.random.uniform(*GROWN)) * blob
            return *grown(image, blob, other, shown=SHOWN, random=self.random), weight
        if self.random.random() < self.config.matched:
            other = other + mean_in(image, blob) - mean_in(other, blob)
        return image, other, np.float32(self.random.uniform(*WEIGHT)) * blob

    def _any(self) -> Array:
        image: Array = self.images[int(self.random.integers(len(self.images)))]
        return image[:, ::-1] if self.random.random() < 0.5 else image

    def _shifts(self, shape: tuple[int, ...]) -> list[int]:
        return [int(self.random.integers(-round(SHIFT * n), round(SHIFT * n) + 1)) for n in shape]

    def _blob(self, image: Array) -> Array | None:
        """Return a soft ellipse (X, Y) in [0, 1] that lies where the image shows something; None when no place was found."""
        shown = image.max(axis=0) > SHOWN
        for _ in range(TRIES):
            blob = ellipse(shown.shape, self.config.radius, self.random)
            if (blob * shown).sum() > INSIDE * blob.sum() > 0:
                return blob
        return None


def ellipse(shape: tuple[int, ...], radius: tuple[float, float], random: np.random.Generator) -> Array:
    """Return an ellipse (X, Y) of any place, size and turn; 1 inside, 0 outside, with a border of 1 to 3 samples."""
    size = random.uniform(*radius) * max(shape)
    center = [random.uniform(0, n) for n in shape]
    turn, stretch = random.uniform(0, np.pi), random.uniform(0.7, 1.4)
    x, y = np.meshgrid(*(np.arange(n) + 0.5 - c for n, c in zip(shape, center, strict=True)), indexing="ij")
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    far = np.hypot(u / stretch, v * stretch)
    return np.asarray(np.clip((size - far) / random.uniform(1, 3) + 0.5, 0, 1), np.float32)
