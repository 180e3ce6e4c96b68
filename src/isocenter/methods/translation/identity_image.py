"""Identity image: the input as it is. What a translation must beat before it is worth a network.

In:   input images; for fitting, the target images of the learning cases.
Out:  the first input with the target's channels and unit; if none has, the mean of the target images. Where the target has finer
      samples, each of the input's is repeated.
Not:  nothing is converted: intensities are the input's own, and so is the grid, unless the target's is finer.

Reference: Zhang et al., Beyond a Gaussian denoiser, IEEE Trans Image Process 2017; 26:3142-3155 (the noisy input as the floor).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from isocenter.core.case import Case, Cases
from isocenter.core.image import Image, held_image
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study, Target
from isocenter.imaging.resample import zoom_to
from isocenter.methods._baselines.constant import NoSettings
from isocenter.methods._baselines.labels import labeled, nothing_to_learn, targets_of
from isocenter.methods._baselines.running_mean import RunningMean, atlas_shape
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.translation._alike import alike_input, finer_grid, finer_spacing


@dataclass(frozen=True)
class IdentityModel:
    """By target: the input to hand on, or the mean image."""

    inputs: tuple[str, ...]
    source: Mapping[str, str]
    """Target -> input handed on."""
    mean: Mapping[str, NDArray[np.float32]]
    """Target -> mean image (C, *A), where no input has its channels and unit."""
    unit: Mapping[str, str]
    spacing: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Target -> spacing of its samples where they are finer than the input's; 0 keeps an axis."""

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; a case without the image it needs is refused."""
        del scratch
        for case in cases:
            answers: dict[str, Image] = {}
            refused: str | None = None
            for target, name in self.source.items():
                image = case.inputs.get(name)
                if isinstance(image, Image):
                    answers[target] = _repeated(image, self.spacing.get(target, ()))
                else:
                    refused = f"expected input {name} in case {case.key}, got none: there is no image to hand on."
            for target, mean in self.mean.items():
                shown = next((v for v in map(case.inputs.get, self.inputs) if isinstance(v, Image)), None)
                if shown is None or shown.grid.ndim != mean.ndim - 1 or shown.grid.times_s:
                    refused = f"expected an image with {mean.ndim - 1} axes in case {case.key}, got none that fits."
                else:
                    answers[target] = held_image(zoom_to(mean, shown.grid.shape), shown.grid, unit=self.unit[target])
            yield Prediction(case=case.key, answers={} if refused else answers, refused=refused)

    def save(self, folder: Path) -> None:
        """Write model.json and model.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file(dict(self.mean), folder / "model.safetensors")
        text = {"inputs": list(self.inputs), "source": dict(self.source), "unit": dict(self.unit), "spacing": dict(self.spacing)}
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")


class IdentityImage:
    """The input handed on."""

    card = Card(
        name="identity_image",
        task="translation",
        answers=frozenset({"image"}),
        learned=False,
        cite="Zhang et al., Beyond a Gaussian denoiser, IEEE Trans Image Process 2017; 26:3142-3155.",
        differs="Only the floor is taken from there: the input, unchanged; the mean target where channels or units differ.",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan without choices."""
        del minutes, gigabytes
        return baseline_plan(self.card, study, fingerprint, NoSettings(), {})

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> IdentityModel:
        """Find the input with the target's channels, else average the targets. StudyError if no case has a target image."""
        del tune, plan, journal
        source: dict[str, str] = {}
        mean: dict[str, NDArray[np.float32]] = {}
        unit: dict[str, str] = {}
        spacing: dict[str, tuple[float, ...]] = {}
        for target in targets_of(study, self.card):
            pairs = ((case, value) for case, value in labeled(target, learn) if isinstance(value, Image))
            case, first = next(pairs, (None, None))
            if case is None or first is None:
                raise nothing_to_learn(target)
            unit[target.name] = first.unit
            name = alike_input(case, study.inputs, first)
            shown = None if name is None else case.inputs.get(name)
            if name is not None and isinstance(shown, Image):
                source[target.name] = name
                spacing[target.name] = finer_spacing(shown.grid.spacing, first.grid.spacing, unit=shown.grid.unit)
            else:
                mean[target.name] = _mean_image(target, learn)
        return IdentityModel(tuple(study.inputs), source, mean, unit, spacing)

    def load(self, folder: Path) -> IdentityModel:
        """Return the model `save` wrote."""
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        spacing = {target: tuple(values) for target, values in text["spacing"].items()}
        return IdentityModel(tuple(text["inputs"]), text["source"], load_file(folder / "model.safetensors"), text["unit"], spacing)


def _repeated(image: Image, spacing: tuple[float, ...]) -> Image:
    """Return the image itself, or with its samples repeated on a finer grid."""
    grid = finer_grid(image.grid, spacing)
    if grid.shape == image.grid.shape or image.grid.times_s:
        return image
    samples = zoom_to(image.array(), grid.shape, order=0)
    return held_image(samples, grid, unit=image.unit, channels=image.channels, note=image.note)


def _mean_image(target: Target, learn: Cases) -> NDArray[np.float32]:
    """Return the mean of a target's images, stretched to the shape of the first."""
    mean: RunningMean | None = None
    for _, value in labeled(target, learn):
        if isinstance(value, Image) and not value.grid.times_s:
            if mean is None:
                mean = RunningMean(len(value.channels), atlas_shape(value.grid.shape))
            if value.grid.ndim == len(mean.shape):
                mean.add(value.array())
    if mean is None:
        raise nothing_to_learn(target)
    return mean.mean


METHOD = IdentityImage()
