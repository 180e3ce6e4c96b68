"""Edge sharpness by axis: how steep an answered volume is along each axis, where the true one is steepest along it.

Out:  `edge_sharpness_by_axis_x`, `…_y`, `…_z`: as edge_sharpness.py, of the derivative along one axis alone; NaN
      for a truth that is constant along it, or of fewer than three samples. Along the axis a stack was sliced by, it is the
      sharpness through its planes.
Reference: as edge_sharpness.py.
"""

from collections.abc import Sequence

from isocenter.core.image import Image
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.image_pair import read_image_pair
from isocenter.metrics.per_case.edge_sharpness import steepness

_METHOD = "slope of derivatives along one axis, at edges across it"


def measure(pair: Pair) -> Sequence[Measurement]:
    """Return the relative steepness along each axis."""
    if not isinstance(pair.truth, Image):
        return []
    images, grid = read_image_pair(pair), pair.truth.grid
    return [
        Measurement(
            case=pair.case,
            name=f"edge_sharpness_by_axis_{axis}",
            value=steepness(images, grid.spacing, (at,) if grid.shape[at - 1] > 2 else ()),
            unit="1",
            method=_METHOD,
        )
        for at, axis in enumerate("xyz"[: grid.ndim], start=1)
    ]


MEASURES = ("image",)
METRIC: CaseMetric = measure
