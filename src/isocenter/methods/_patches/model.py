"""What fitted networks of patches share that answer with places: how a case is asked, scored and saved.

In:   cases; a network, its settings, the places it learned, the counts asked for.
Out:  PlaceModel, for a method's model to build on: it says what the scores of a case mean (`_answer`) and what else is saved.
"""

import dataclasses
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import nn

from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.imaging.resample import zoom_to
from isocenter.learning.assessed import assessed
from isocenter.learning.inference.sliding_window import predict_scores
from isocenter.learning.preparation import Prepared, prepare_image
from isocenter.learning.weights import write_weights
from isocenter.methods._patches.engine import engine_for
from isocenter.methods._patches.settings import PatchSettings

S = TypeVar("S", bound=PatchSettings)


class PlaceModel(ABC, Generic[S]):
    """See Model in core/method.py."""

    def __init__(
        self, network: nn.Module, *, inputs: tuple[str, ...], target: Target, counts: tuple[Target, ...], settings: S
    ) -> None:
        """Hold a network.

        target : points or boxes
        counts : what is read off them
        """
        self.network = network.eval()
        self.inputs, self.target, self.counts, self.settings = inputs, target, counts, settings
        self._engine = engine_for(self.network, settings, overlapping=True, bfloat16=False)

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case. A case that cannot be answered is refused with the reason; the stream goes on."""
        del scratch
        for case in cases:
            try:
                prepared = prepare_image(case, self.settings.preparation(self.inputs))
                where = assessed(case, self.target, prepared.grid)
            except (IsocenterError, OSError, ValueError, EOFError) as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))
                continue
            yield self._answer(prepared, where)

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "inputs": list(self.inputs),
            "target": self.target.model_dump(mode="json"),
            "counts": [t.model_dump(mode="json") for t in self.counts],
            "settings": dataclasses.asdict(self.settings),
            **self._fitted(),
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")

    @abstractmethod
    def _answer(self, prepared: Prepared, where: NDArray[np.bool_] | None) -> Prediction:
        """Answer a case; where : on the case's grid, None = everywhere."""

    @abstractmethod
    def _fitted(self) -> Mapping[str, Any]:
        """Return what was learned beside the weights, for model.json."""

    def _scores(self, prepared: Prepared, channels: int) -> NDArray[np.float32]:
        """Return the network's raw output on the prepared samples, (channels, *S)."""
        return predict_scores(
            self._engine,
            prepared.image,
            self.settings.patch,
            classes=channels,
            step=1.0 - self.settings.overlap,
            mirror_axes=self.settings.mirror_axes if self.settings.mirror_prediction else (),
        )


def on_samples(where: NDArray[np.bool_], prepared: Prepared) -> NDArray[np.bool_]:
    """Return where a label speaks, given on the case's grid, on its prepared samples."""
    return np.asarray(zoom_to(where[None].astype(np.uint8), prepared.image.shape[1:], order=0)[0], bool)
