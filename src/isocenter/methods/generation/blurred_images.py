"""Learning images, blurred: a rung of the ladder that a score must put below the floor.

In:   the learning images.
Out:  one of them a request, blurred by 1/32 of its side.
Not:  no generator. The model folder holds the images: do not pass it on where the images may not go.

Reference: Heusel et al., NeurIPS 2017, arXiv:1706.08500 (disturbances a score must notice).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from isocenter.methods.generation._real import RealImages


class BlurredImages(RealImages):
    """Sharpness lost, nothing else."""

    def harmed(self, image: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.floating]:
        """Return the image, blurred."""
        del rng
        sigma = image.shape[-1] / 32
        blurred: NDArray[np.floating] = gaussian_filter(image, (0, sigma, sigma))
        return blurred


METHOD = BlurredImages("blurred_images", "images of other patients, blurred by 1/32 of their side")
