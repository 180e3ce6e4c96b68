"""What is said of a slide, as files pathologists' viewers open.

In:   a prediction of a case that shows a slide.
Out:  regions and detections as QuPath GeoJSON; heat maps as pyramidal OME-TIFF.
Not:  the table they are named in (predict.py).
"""

from pathlib import Path

import numpy as np

from isocenter.core.case import Case
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.slide import Slide
from isocenter.io.geojson import write_places, write_regions
from isocenter.io.pyramid import write_pyramid


def slide_of(case: Case) -> Slide | None:
    """Return the first slide a case shows; None where it shows none. Opens headers."""
    return next((shown for shown in case.inputs.values() if isinstance(shown, Slide)), None)


def write_drawn(prediction: Prediction, target: str, slide: Slide, stem: Path) -> Path | None:
    """Write regions (with the detections beside them) or places as GeoJSON; None for an answer of another kind."""
    answer = prediction.answers.get(target)
    path = stem.with_name(f"{stem.name}.geojson")
    if isinstance(answer, Mask):
        found = prediction.extras.get(f"{target}:detections")
        tiles = prediction.extras.get(f"{target}:tiles")  # regions of whole tiles have shorter outlines on the grid of tiles
        return write_regions(
            tiles if isinstance(tiles, Mask) else answer,
            path,
            finest=slide.grid,
            points=found if isinstance(found, Points) else None,
        )
    return write_places(answer, path, finest=slide.grid) if isinstance(answer, Points) else None


def write_heat_map(image: Image, path: Path) -> Path:
    """Write a map of a slide as a pyramid of float32; NaN = not told."""
    return write_pyramid(image.array().astype(np.float32), path, um_per_px=image.grid.spacing[0], channels=image.channels)
