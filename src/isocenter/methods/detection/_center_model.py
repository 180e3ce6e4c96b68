"""A fitted network of centers: boxes of each case, in the original geometry.

In:   cases; a network, its settings, the boxes it learned, the counts asked for.
Out:  a stream of Predictions; model.json and weights.safetensors.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.center_maps import boxes_in
from isocenter.learning.losses.center_boxes import center_probability
from isocenter.learning.preparation import Prepared
from isocenter.methods._patches.model import PlaceModel, on_samples
from isocenter.methods._patches.placing import in_world, sides_in_world
from isocenter.methods._places import count_answers, kinds_of
from isocenter.methods.detection._center_settings import CenterSettings

LEAST = 0.03
"""Centers less likely than this are not answered at all."""
SURE = 0.3
"""From which probability on a center is one; chosen anew on tuning cases."""


class CenterDetector(PlaceModel[CenterSettings]):
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
        super().__init__(network, inputs=inputs, target=target, counts=counts, settings=settings)
        self.usual, self.sure = usual, sure or (SURE,) * len(kinds_of(target))

    def boxes(self, prepared: Prepared, where: NDArray[np.bool_] | None = None) -> Points:
        """Return every box with the probability of its center, before calibration; none outside `where` (on the case's grid)."""
        kinds = kinds_of(self.target)
        flat = [a for a, n in enumerate(self.settings.patch) if n == 1]
        scores = self._scores(prepared, len(kinds) + prepared.grid.ndim - len(flat))
        heat = _heat(scores)
        if where is not None:
            heat = heat * on_samples(where, prepared)
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

    def _fitted(self) -> Mapping[str, Any]:
        return {"usual": list(self.usual), "sure": list(self.sure)}

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
