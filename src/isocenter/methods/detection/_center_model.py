"""A fitted network of centers: boxes of each case, in the original geometry.

In:   cases; a network, its settings, the boxes it learned, the counts asked for.
Out:  a stream of Predictions; model.json and weights.safetensors.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.imaging.resample import zoom_to
from isocenter.learning.assessed import assessed
from isocenter.learning.center_maps import boxes_in
from isocenter.learning.inference.sliding_window import predict_scores
from isocenter.learning.losses.center_boxes import center_probability
from isocenter.learning.preparation import Prepared, prepare_image
from isocenter.learning.weights import write_weights
from isocenter.methods._patches.engine import engine_for
from isocenter.methods._patches.placing import in_world, sides_in_world
from isocenter.methods._places import count_answers, kinds_of
from isocenter.methods.detection._center_settings import CenterSettings

LEAST = 0.03
"""Centers less likely than this are not answered at all."""
SURE = 0.3
"""From which probability on a center is one; chosen anew on tuning cases."""


class CenterDetector:
    """See Model in core/method.py."""

    def __init__(
        self,
        network: nn.Module,
        *,
        inputs: tuple[str, ...],
        target: Target,
        counts: tuple[Target, ...],
        settings: CenterSettings,
        usual: tuple[float, ...],
        sure: tuple[float, ...] = (),
    ) -> None:
        """Hold a network.

        usual : (d,) side whose logarithm was 0 when learned, in samples
        sure  : (K,) the probability from which on a box of each kind is one
        """
        self.network = network.eval()
        self.inputs, self.target, self.counts, self.settings, self.usual = inputs, target, counts, settings, usual
        self.sure = sure or (SURE,) * len(kinds_of(target))
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

    def boxes(self, prepared: Prepared, where: NDArray[np.bool_] | None = None) -> Points:
        """Return every box with the probability of its center, before calibration; none outside `where` (on the case's grid)."""
        kinds = kinds_of(self.target)
        flat = [a for a, n in enumerate(self.settings.patch) if n == 1]
        axes = prepared.grid.ndim
        scores = predict_scores(
            self._engine,
            prepared.image,
            self.settings.patch,
            classes=len(kinds) + axes - len(flat),
            step=1.0 - self.settings.overlap,
            mirror_axes=self.settings.mirror_axes if self.settings.mirror_prediction else (),
        )
        heat = _heat(scores)
        if where is not None:
            heat = heat * zoom_to(where[None].astype(np.uint8), prepared.image.shape[1:], order=0)
        found = boxes_in(
            heat,
            scores[len(kinds) :],
            usual=self.usual,
            above=LEAST,
            most=self.settings.most,
            most_overlap=self.settings.most_overlap,
            flat=flat,
        )
        return Points(
            world=in_world(found.center, prepared),
            kind=found.kind,
            score=found.score,
            names=kinds,
            extent=sides_in_world(found.side, prepared),
        )

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "inputs": list(self.inputs),
            "target": self.target.model_dump(mode="json"),
            "counts": [t.model_dump(mode="json") for t in self.counts],
            "settings": dataclasses.asdict(self.settings),
            "usual": list(self.usual),
            "sure": list(self.sure),
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")

    def _answer(self, prepared: Prepared, where: NDArray[np.bool_] | None) -> Prediction:
        found = self.boxes(prepared, where)
        score = halved(found.score, np.asarray(self.sure)[found.kind])
        kinds = kinds_of(self.target)
        totals = np.bincount(found.kind[score >= 0.5], minlength=len(kinds)).astype(float)
        answers: dict[str, Value] = {self.target.name: dataclasses.replace(found, score=score)}
        return Prediction(case=prepared.key, answers=answers | count_answers(totals, kinds, self.counts))


def _heat(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the probabilities of raw scores (K + d, *S)."""
    return np.asarray(center_probability(torch.from_numpy(np.ascontiguousarray(scores))[None])[0].numpy(), np.float64)


def halved(score: NDArray[np.floating], sure: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return scores whose order is the same, moved so that `sure` becomes a half: what is at least a half is answered."""
    above = 0.5 + 0.5 * (score - sure) / np.maximum(1.0 - sure, 1e-9)
    return np.asarray(np.where(score >= sure, above, 0.5 * score / sure))
