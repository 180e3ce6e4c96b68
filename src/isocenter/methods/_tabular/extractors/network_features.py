"""Network features: what the encoder of a trained network says of an exam, averaged; nothing of the encoder is learned.

In:   images; a run of a network of exams, or none.
Out:  one block: the mean of each feature over the places the label speaks of, all images of a bag together.
Not:  no file of weights made elsewhere (start a `cnn` from it; its run can be named here).

Without a run the encoder is a plain convolutional one with random weights, the same each time: what a picture of edges tells.

Reference: Razavian et al., CVPR Workshops 2014, arXiv:1403.6382; random weights: Saxe et al., ICML 2011, pp. 1089-1096.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch

from isocenter.core.case import Case
from isocenter.core.errors import FileError, StudyError
from isocenter.core.study import Target
from isocenter.learning.exam.batch import collate
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.learning.exam.items import images_of, make_item
from isocenter.methods._exam.build import new_network
from isocenter.methods._exam.model import ExamModel, load_model
from isocenter.methods._exam.settings import ExamSettings
from isocenter.methods._tabular.config import TabularConfig
from isocenter.methods._tabular.features import Extractor, Features

_SIDES = {2: (64, 64), 3: (32, 32, 32)}
_WIDTHS = (16, 32, 64)
_FOLDER = "network"


@dataclass(frozen=True, kw_only=True)
class NetworkFeaturesConfig(TabularConfig):
    """Whose features."""

    start: str = ""
    """A run of a network of exams; "" = random weights. The model keeps a copy of the network."""


class NetworkFeatures(Extractor):
    """What a network sees."""

    wants: ClassVar[str] = "an image"

    def __init__(self, inputs: Sequence[str], covariates: Sequence[str], config: Any) -> None:
        super().__init__(inputs, covariates, config)
        self._model: ExamModel | None = None

    def key(self, target: Target) -> str:
        """Targets of one scope share a look."""
        return target.scope

    def __call__(self, case: Case, target: Target) -> Features:
        """Return the mean features; nothing where the case lacks all inputs, or the region its label speaks of."""
        if not any(name in case.inputs for name in self.inputs) or (target.region and target.region not in case.regions):
            return Features(blocks={}, words={})
        model = self._model = self._model or self._made(case)
        item = make_item([case], [target], model.settings.frame(self.inputs), heads={}, covariates=model.covariates)
        with torch.inference_mode():
            pooled = model.network.pooled(collate([item], truths={}), target.name)  # (1, F)
        return Features(blocks={_FOLDER: np.asarray(pooled[0].numpy(), np.float64)}, words={})

    def save(self, folder: Path) -> None:
        """Keep the network with the model."""
        if self._model is not None:
            self._model.save(folder / _FOLDER)

    def restore(self, folder: Path) -> None:
        """Take up the network that `save` kept."""
        self._model = load_model(folder / _FOLDER, "network_features")

    def _made(self, case: Case) -> ExamModel:
        """Return the network of the run, or a random one for what this case shows."""
        if not self.config.start:
            return _random(self.inputs, case)
        folder = Path(self.config.start) / "model"
        try:
            model = load_model(folder, "network_features")
        except (OSError, KeyError, ValueError) as error:
            raise FileError(
                f"expected a trained run of a network of exams in {self.config.start}, got none ({error}). Give the path of a run "
                "of cnn or mil as `start`."
            ) from error
        if len(model.inputs) != len(self.inputs):
            raise StudyError(
                f"expected {len(model.inputs)} input(s), as the run {self.config.start} has, got "
                f"{', '.join(self.inputs)}. Name as many."
            )
        return model


def _random(inputs: Sequence[str], case: Case) -> ExamModel:
    """Return a network without heads whose weights follow from nothing but its shape."""
    shown = {name: images_of(case.inputs[name]) for name in inputs if name in case.inputs}
    channels = tuple(shown[name][0].array().shape[0] if shown.get(name) else 1 for name in inputs)
    dimensions = next(images[0].grid.ndim for images in shown.values() if images)
    settings = ExamSettings(channels=channels, size=_SIDES[dimensions], encoder_settings={"widths": _WIDTHS})
    network = new_network(settings, {}, covariates=0, seed=0)
    return ExamModel(network, {}, inputs=tuple(inputs), targets=(), settings=settings, covariates=CovariateTable())
