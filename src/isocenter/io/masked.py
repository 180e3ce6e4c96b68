"""The image with everything outside the foreground removed (segment, then mask the background).

In:   an image and a mask on its grid.
Out:  a file in the format of the path; outside is the image's minimum, which is air on CT and black in a picture.

Reference: Heo et al., Int J Environ Res Public Health 2019; 16:250 (masking a chest film before it is classified).
"""

from pathlib import Path

import numpy as np

from isocenter.core.errors import GeometryError
from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask
from isocenter.io.write import write_image


def masked_image(image: Image, mask: Mask) -> Image:
    """Return the image with its minimum wherever the mask is background. GeometryError if the grids differ."""
    if not image.grid.same_as(mask.grid):
        raise GeometryError(f"expected a mask on the image's grid {image.grid.shape}, got {mask.grid.shape}. Resample it first.")
    samples = image.array()
    inside = (mask.labels.array() > 0).any(axis=0)
    outside = np.nanmin(samples)
    return held_image(
        np.where(inside, samples, outside).astype(samples.dtype), image.grid, unit=image.unit, channels=image.channels
    )


def write_masked(image: Image, mask: Mask, path: Path) -> Path:
    """Write the masked image. Returns the path."""
    return write_image(masked_image(image, mask), path)
