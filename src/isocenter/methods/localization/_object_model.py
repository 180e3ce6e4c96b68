"""A fitted classifier of pieces: where the watershed finds some, and what the network takes each for.

In:   cases; what the watershed was given, a network and its settings.
Out:  a stream of Predictions; model.json and weights.safetensors.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit, logit, softmax
from torch import nn

from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError
from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.candidate_lesson import TwoScales, stacked_views, two_scales, view_of
from isocenter.learning.preparation import prepare_image
from isocenter.learning.weights import write_weights
from isocenter.methods._places import count_answers, kinds_of
from isocenter.methods.localization._classical import looked_at
from isocenter.methods.localization._object_settings import ObjectSettings
from isocenter.methods.localization.watershed import pieces_of

EDGE = 1e-6
"""Probabilities are kept this far from 0 and 1 before their logit is taken."""
VIEWS = 64
"""Pieces judged at once."""


class Pieces(Record):
    """The pieces of one case."""

    scales: TwoScales
    index: NDArray[np.float64]
    """(N, d), middles in samples of the case's grid, which are the network's."""
    grid: Grid

    @property
    def world(self) -> NDArray[np.float64]:
        """(N, d), middles in the world."""
        return np.asarray(self.grid.to_world(self.index), float) if len(self.index) else np.zeros((0, self.grid.ndim))


class PieceClassifier:
    """See Model in core/method.py."""

    def __init__(
        self,
        network: nn.Module,
        *,
        inputs: tuple[str, ...],
        target: Target,
        counts: tuple[Target, ...],
        settings: ObjectSettings,
        watershed: Mapping[str, Any],
        prior: Sequence[float],
        middle: float = 0.0,
    ) -> None:
        """Hold a network.

        network   : views (N, 2 C, *view) -> logits (N, K + 1), the last of no object
        watershed : channel, side, depth and least area
        prior     : (K + 1,) share of each class among the pieces learned from
        middle    : logit of being an object that becomes a score of a half: from there on a piece is given as an answer
        """
        self.network = network.eval()
        self.inputs, self.target, self.counts, self.settings = inputs, target, counts, settings
        self.watershed, self.prior, self.middle = dict(watershed), tuple(float(p) for p in prior), middle

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case. A case that cannot be answered is refused with the reason; the stream goes on."""
        del scratch
        for case in cases:
            try:
                pieces = pieces_in(case, self.target, self.settings, self.inputs, self.watershed)
            except (IsocenterError, OSError, ValueError, EOFError) as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))
                continue
            yield self._answer(case.key, pieces)

    def points(self, pieces: Pieces) -> Points:
        """Return every piece, with its kind and how likely it is an object of any."""
        p = self.probabilities(pieces)
        objects = np.clip(1.0 - p[:, -1], EDGE, 1 - EDGE)
        return Points(
            world=pieces.world,
            kind=np.asarray(p[:, :-1].argmax(axis=1), np.intp) if len(p) else np.zeros(0, np.intp),
            score=np.asarray(expit(logit(objects) - self.middle), float),
            names=kinds_of(self.target),
        )

    @torch.inference_mode()
    def probabilities(self, pieces: Pieces) -> NDArray[np.float64]:
        """Return the chance of each class, (N, K + 1): the network learned them equally often, so their shares are put back."""
        device = next(self.network.parameters()).device
        logits = [np.zeros((0, len(self.prior)))]
        for first in range(0, len(pieces.index), VIEWS):
            places = pieces.index[first : first + VIEWS]
            views = stacked_views(
                [view_of(pieces.scales, [float(i) for i in at], self.settings.view) for at in places], self.settings.view
            )
            logits.append(self.network.eval()(torch.from_numpy(views).to(device)).float().cpu().numpy())
        # A class that was never learned from has no share, and stays at none.
        shares = np.log(np.maximum(self.prior, 1e-12))
        return np.asarray(softmax(np.concatenate(logits) + shares, axis=1), float)

    def save(self, folder: Path) -> None:
        """Write model.json and the weights."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "inputs": list(self.inputs),
            "target": self.target.model_dump(mode="json"),
            "counts": [t.model_dump(mode="json") for t in self.counts],
            "settings": dataclasses.asdict(self.settings),
            "watershed": self.watershed,
            "prior": list(self.prior),
            "middle": self.middle,
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")

    def _answer(self, key: str, pieces: Pieces) -> Prediction:
        points, kinds = self.points(pieces), kinds_of(self.target)
        given = points.score >= 0.5
        answers: dict[str, Value] = {self.target.name: points}
        answers |= count_answers(np.bincount(points.kind[given], minlength=len(kinds)).astype(float), kinds, self.counts)
        return Prediction(case=key, answers=answers)


def pieces_in(
    case: Case, target: Target, settings: ObjectSettings, inputs: tuple[str, ...], watershed: Mapping[str, Any]
) -> Pieces:
    """Return what the watershed finds in a case, and what the network sees of the case."""
    samples, grid = looked_at(case, target, inputs, watershed["channel"])
    places, _ = pieces_of(watershed, samples)
    prepared = prepare_image(case, settings.preparation(inputs))
    return Pieces(scales=two_scales(prepared.image, wider=settings.wider), index=places, grid=grid)
