"""A classical filter as a restoration: how strong it is is chosen on learning pairs.

In:   input images with the target's channels and unit.
Out:  the filtered input, rounded where the target's numbers are whole.
Not:  no filters: each is a file of its own.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.case import Case, Cases
from isocenter.core.errors import StudyError
from isocenter.core.image import Image, held_image
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study
from isocenter.methods._baselines.constant import NoSettings
from isocenter.methods._baselines.labels import labeled, nothing_to_learn
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.translation._alike import alike_input
from isocenter.methods.translation._plan import learned_image
from isocenter.methods.translation._scale import of_kind

PAIRS = 12
"""Learning pairs the strength is chosen on."""
LAPLACIAN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], float)
MEDIAN_OF_NORMAL = 0.6745

Slice = NDArray[np.float64]
Filter = Callable[[Slice, float], Slice]
"""(slice (X, Y), strength in units of the slice's intensities) -> (X, Y)."""


@dataclass(frozen=True)
class FilterModel:
    """An input and how strongly it is filtered; see Model in core/method.py."""

    filter: Filter
    input: str
    target: str
    strength: float
    """In standard deviations of the noise found in each slice."""
    dtype: str

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; a case without the image is refused."""
        del scratch
        for case in cases:
            image = case.inputs.get(self.input)
            if not isinstance(image, Image) or image.grid.times_s:
                refused = f"expected a still image as input {self.input} of case {case.key}, got none that fits."
                yield Prediction(case=case.key, answers={}, refused=refused)
                continue
            samples = of_kind(filtered(image.array(), self.filter, self.strength), self.dtype)
            answer = held_image(samples, image.grid, unit=image.unit, channels=image.channels)
            yield Prediction(case=case.key, answers={self.target: answer})

    def save(self, folder: Path) -> None:
        """Write model.json."""
        folder.mkdir(parents=True, exist_ok=True)
        text = {"input": self.input, "target": self.target, "strength": self.strength, "dtype": self.dtype}
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")


class FilterMethod:
    """See Method in core/method.py."""

    def __init__(self, card: Card, filter_: Filter, strengths: tuple[float, ...]) -> None:
        """Hold a filter and the strengths to choose from, in standard deviations of the noise."""
        self.card, self._filter, self._strengths = card, filter_, strengths

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan without choices: the strength is chosen while fitting."""
        del minutes, gigabytes
        return baseline_plan(self.card, study, fingerprint, NoSettings(), {}, minutes_a_case=0.05)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> FilterModel:
        """Choose the strength of least mean absolute error on learning pairs. StudyError without an input like the target."""
        del tune, plan
        target = learned_image(study)
        pairs = [(c, v) for c, v in islice(labeled(target, learn), PAIRS) if isinstance(v, Image)]
        if not pairs:
            raise nothing_to_learn(target)
        name = alike_input(pairs[0][0], study.inputs, pairs[0][1])
        if name is None:
            raise StudyError(
                f"expected an input with the channels and unit of target {target.name} for {self.card.name}, got none: "
                "a filter changes no contrast. Leave it out of the study's baselines."
            )
        errors = np.zeros(len(self._strengths))
        for case, truth in pairs:
            source, wanted = case.inputs.get(name), truth.array()
            if not isinstance(source, Image) or source.shape != truth.shape:
                continue
            samples = source.array()
            errors += [float(np.abs(filtered(samples, self._filter, s) - wanted).mean()) for s in self._strengths]
        strength = self._strengths[int(errors.argmin())]
        journal.log(0, {"strength": strength})
        return FilterModel(self._filter, name, target.name, strength, str(pairs[0][1].array().dtype))

    def load(self, folder: Path) -> FilterModel:
        """Return the model `save` wrote."""
        return FilterModel(self._filter, **json.loads((folder / "model.json").read_text(encoding="utf-8")))


def filtered(samples: NDArray[Any], filter_: Filter, strength: float) -> NDArray[np.float32]:
    """Return an image (C, X, Y[, Z]) filtered slice by slice, by `strength` times the noise of each slice."""
    whole = np.asarray(samples, float)
    out = np.empty(whole.shape, np.float32)
    for at in np.ndindex(whole.shape[0], *whole.shape[3:]):
        here = (at[0], slice(None), slice(None), *at[1:])
        sigma = noise_of(whole[here])
        out[here] = filter_(whole[here], strength * sigma) if sigma > 0 else whole[here]
    return out


def noise_of(slice_: Slice) -> float:
    """Return the standard deviation of a slice's noise, from the median of what a Laplacian leaves of it.

    Reference: Immerkaer, Comput Vis Image Underst 1996; 64:300-302. Differs: the median in place of the mean, so that edges count
    less.
    """
    left = ndimage.convolve(slice_, LAPLACIAN, mode="nearest")
    return float(np.median(np.abs(left)) / MEDIAN_OF_NORMAL / np.sqrt((LAPLACIAN**2).sum()))
