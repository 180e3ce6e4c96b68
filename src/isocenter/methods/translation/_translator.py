"""A fitted translator: prepares, answers window by window, goes back to the original intensities, and the geometry asked for.

In:   cases; a generator, its settings and its target.
Out:  a stream of Predictions whose images say that they are synthetic; model.json and weights.safetensors.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError
from isocenter.core.image import SYNTHETIC, held_image
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.imaging.resample import zoom_to
from isocenter.learning.inference.sliding_window import predict_scores
from isocenter.learning.preparation import Prepared, prepare_image
from isocenter.learning.weights import write_weights
from isocenter.methods._patches.engine import engine_for
from isocenter.methods.translation._scale import from_scale
from isocenter.methods.translation._settings import TranslationSettings


class Translator:
    """See Model in core/method.py."""

    def __init__(
        self, generator: nn.Module, *, inputs: tuple[str, ...], target: Target, settings: TranslationSettings, ended: str = ""
    ) -> None:
        """Hold a generator. ended: why the training ended before its last step; "" = it did not."""
        # Laid out as it is when loaded, so that both answer alike to the last bit.
        self.generator = generator.eval().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
        self.inputs, self.target, self.settings, self.ended = inputs, target, settings, ended
        self._engine = engine_for(self.generator, settings, overlapping=True, bfloat16=False)

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case. A case that cannot be answered is refused with the reason; the stream goes on."""
        del scratch
        for case in cases:
            try:
                prepared = prepare_image(case, self.settings.preparation(self.inputs))
            except (IsocenterError, OSError, ValueError, EOFError) as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))
                continue
            grid = prepared.grid.sampled(prepared.image.shape[1:]) if self.settings.finer else prepared.grid
            samples = from_scale(zoom_to(self.translated(prepared), grid.shape), self.settings)
            image = held_image(samples, grid, unit=self.settings.target_unit, note=SYNTHETIC)
            yield Prediction(case=case.key, answers={self.target.name: image})

    def translated(self, prepared: Prepared) -> NDArray[np.float32]:
        """Return the target's image on the prepared samples, on the scale that was learned, (K, *S)."""
        return predict_scores(
            self._engine,
            prepared.image,
            self.settings.patch,
            classes=self.settings.target_channels,
            step=1.0 - self.settings.overlap,
            mirror_axes=self.settings.mirror_axes if self.settings.mirror_prediction else (),
        )

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "inputs": list(self.inputs),
            "target": self.target.model_dump(mode="json"),
            "settings": dataclasses.asdict(self.settings),
            "ended": self.ended,
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.generator, folder / "weights.safetensors")


def tuning_error(translator: Translator, cases: Sequence[Prepared]) -> Mapping[str, float]:
    """Return the mean absolute error on prepared cases that have the target, in its unit, as "tune_error"; {} without cases."""
    settings = translator.settings
    unit = (settings.target_high - settings.target_low) / 2.0
    errors = [float(np.abs(translator.translated(case) - case.target).mean()) for case in cases if case.target is not None]
    return {"tune_error": unit * float(np.mean(errors))} if errors else {}
