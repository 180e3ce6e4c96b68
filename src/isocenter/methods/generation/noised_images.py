"""Learning images with noise: a rung of the ladder that a score must put below the floor.

In:   the learning images.
Out:  one of them a request, with white noise of a twentieth of the range.
Not:  no generator. The model folder holds the images: do not pass it on where the images may not go.

Reference: Heusel et al., NeurIPS 2017, arXiv:1706.08500 (disturbances a score must notice).
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.methods.generation._real import RealImages

DEVIATION = 0.1
"""Of the noise; images range over 2."""


class NoisedImages(RealImages):
    """Noise added, nothing else."""

    def harmed(self, image: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.floating]:
        """Return the image with noise."""
        return image + DEVIATION * rng.standard_normal(image.shape)


METHOD = NoisedImages("noised_images", "images of other patients, with white noise of a twentieth of their range")
