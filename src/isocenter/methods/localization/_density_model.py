"""A fitted density network: maps, counts and points of each case, in the original geometry.

In:   cases; a network, its settings, the points it learned, the counts asked for.
Out:  a stream of Predictions; model.json and weights.safetensors.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from torch import nn

from isocenter.core.grid import Grid
from isocenter.core.image import held_image
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.imaging.local_maxima import local_maxima
from isocenter.imaging.resample import zoom_to
from isocenter.learning.density import density_map
from isocenter.learning.preparation import Prepared
from isocenter.methods._patches.model import PlaceModel, on_samples
from isocenter.methods._patches.placing import in_world
from isocenter.methods._places import count_answers, kinds_of
from isocenter.methods.localization._density_settings import DensitySettings

HEIGHT = 0.4
"""Of a point, as a share of what one lone object's map is high; chosen anew on cases with dots."""


class Calibration(Record):
    """What cases with dots say of a network's maps; both (K,)."""

    factor: tuple[float, ...]
    """Counts are multiplied by it."""
    height: tuple[float, ...]
    """Peaks from this height on are points; 1 = as high as a lone object."""
    how: Mapping[str, str] = field(default_factory=dict)
    """A sentence for model.json."""


class DensityCounter(PlaceModel[DensitySettings]):
    """See Model in core/method.py."""

    def __init__(
        self,
        network: nn.Module,
        *,
        inputs: tuple[str, ...],
        target: Target,
        counts: tuple[Target, ...],
        settings: DensitySettings,
        scale: tuple[float, ...],
        calibration: Calibration | None = None,
    ) -> None:
        """Hold a network.

        scale : (K,) what the maps were multiplied by when learned
        """
        super().__init__(network, inputs=inputs, target=target, counts=counts, settings=settings)
        kinds = kinds_of(target)
        self.scale = scale
        self.calibration = calibration or Calibration(factor=(1.0,) * len(kinds), height=(HEIGHT,) * len(kinds))

    def density(self, prepared: Prepared, where: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
        """Return objects a sample, (K, *S) on the prepared samples, before calibration; 0 outside `where` (on the case's grid)."""
        maps = self._scores(prepared, len(self.scale))
        maps /= np.asarray(self.scale, np.float32).reshape(-1, *(1,) * (maps.ndim - 1))
        if where is not None:
            maps *= on_samples(where, prepared)
        return maps

    def peaks(self, maps: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """Return the maxima of a density, all kinds together: samples (N, d), kinds (N,), heights (N,), 1 = a lone object's.

        A maximum is of the kind whose map is highest there.
        """
        width = self.settings.width if self.settings.kernel == "gaussian" else self.settings.width / 4
        lone = _lone_height(self.settings, smooth=width / 2)
        smooth = [width / 2 if n > 1 else 0.0 for n in self.settings.patch]
        total = ndimage.gaussian_filter(maps.sum(axis=0, dtype=float), smooth)
        found = local_maxima(total, distance=width, spacing=(1.0,) * total.ndim, above=0.05 * lone, most=total.size)
        places = found.index
        kinds = maps[(slice(None), *places.T)].argmax(axis=0) if len(places) else np.zeros(0, np.intp)
        return places, np.asarray(kinds, np.intp), found.value / lone

    def _fitted(self) -> Mapping[str, Any]:
        said = self.calibration
        kept = {"factor": list(said.factor), "height": list(said.height), "how": dict(said.how)}
        return {"scale": list(self.scale), "calibration": kept}

    def _answer(self, prepared: Prepared, where: NDArray[np.bool_] | None) -> Prediction:
        maps, kinds = self.density(prepared, where), kinds_of(self.target)
        factor = np.asarray(self.calibration.factor)
        totals = np.maximum(maps.reshape(len(kinds), -1).sum(axis=1, dtype=float) * factor, 0.0)
        answers: dict[str, Value] = {self.target.name: self._points(maps, prepared)}
        answers |= count_answers(totals, kinds, self.counts)
        extras: dict[str, Value] = {}
        if self.settings.keep_map:
            extras[f"{self.target.name}:density"] = held_image(_on_grid(maps, prepared.grid, factor), prepared.grid, channels=kinds)
        return Prediction(case=prepared.key, answers=answers, extras=extras)

    def _points(self, maps: NDArray[np.float32], prepared: Prepared) -> Points:
        """Return every maximum; those from the chosen height on have a score of at least a half."""
        places, kinds, heights = self.peaks(maps)
        least = np.asarray(self.calibration.height)[kinds]
        return Points(
            world=in_world(places, prepared),
            kind=kinds,
            score=np.clip(0.5 * heights / least, 0.0, 1.0),
            names=kinds_of(self.target),
        )


def _on_grid(maps: NDArray[np.float32], grid: Grid, factor: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the calibrated density on the case's own grid; the sum stays."""
    moved = np.asarray(zoom_to(maps, grid.shape, order=1), np.float32)
    share = np.prod(np.asarray(maps.shape[1:], float) / np.asarray(grid.shape, float))
    return np.asarray(moved * share * factor.reshape(-1, *(1,) * grid.ndim), np.float32)


def _lone_height(settings: DensitySettings, *, smooth: float) -> float:
    """Return how high the map of a lone object is after smoothing."""
    side = 2 * int(np.ceil(4 * settings.width + 4 * smooth)) + 1
    middle = np.full((1, 1), side // 2)
    line = density_map(middle, np.zeros(1, np.intp), count=1, shape=(side,), kernel=settings.kernel, width=settings.width)[0]
    return float(ndimage.gaussian_filter(line.astype(float), smooth).max() ** settings.dimensions)
