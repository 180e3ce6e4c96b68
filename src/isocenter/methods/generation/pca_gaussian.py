"""PCA and a Gaussian: the mean image and the directions images vary in, each by a normal number. What a network must beat.

In:   the learning images.
Out:  one image a request.
Not:  nothing is learned but mean and covariance.

Reference: Turk & Pentland, J Cogn Neurosci 1991; 3:71-86 (eigenfaces).
Differs:   sampled from, not projected on; components up to 95 % of the variance, the rest as white noise.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.method import Card
from isocenter.methods.generation._fitted import Arrays, Fitted

EXPLAINED = 0.95


class PcaGaussian(Fitted):
    """The sampler every generator is measured beside."""

    card = Card(
        name="pca_gaussian",
        task="generation",
        answers=frozenset({"image"}),
        learned=False,
        cite="Turk & Pentland, J Cogn Neurosci 1991; 3:71-86",
        differs="sampled from a Gaussian of the components that explain 95 % of the variance; the rest as white noise",
        reads="pictures",
    )

    def keep(self, images: NDArray[np.float32]) -> Arrays:
        """Return mean (C, side, side), components (K, C, side, side) times their deviations, and the deviation left over."""
        flat = images.reshape(len(images), -1).astype(np.float64)
        mean = flat.mean(axis=0)
        _, lengths, directions = np.linalg.svd(flat - mean, full_matrices=False)
        variance = lengths**2 / max(len(images) - 1, 1)
        wanted = int(np.searchsorted(np.cumsum(variance), EXPLAINED * variance.sum())) + 1
        left = float(variance[wanted:].sum()) / flat.shape[1]
        components = directions[:wanted] * np.sqrt(variance[:wanted, None])
        return {
            "mean": mean.reshape(images.shape[1:]).astype(np.float32),
            "components": components.reshape(-1, *images.shape[1:]).astype(np.float32),
            "left": np.array([np.sqrt(left)], np.float32),
        }

    def draw(self, arrays: Arrays, rng: np.random.Generator) -> NDArray[np.floating]:
        """Return mean + components · normal numbers + noise."""
        components = arrays["components"]
        varied: NDArray[np.floating] = np.tensordot(rng.standard_normal(len(components)), components, axes=1)
        noise: NDArray[np.floating] = arrays["left"][0] * rng.standard_normal(arrays["mean"].shape)
        return varied + arrays["mean"] + noise


METHOD = PcaGaussian()
