"""A fitted detector: a map of every voxel, candidates in it, each judged again.

In:   cases; one or two networks, their settings and target.
Out:  a stream of Predictions; model.json, weights.safetensors and, with a second stage, second.safetensors.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit, logit, softmax
from torch import nn

from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError
from isocenter.core.image import held_image
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.imaging.candidates import Candidates, find_candidates
from isocenter.imaging.resample import zoom_to
from isocenter.learning.candidate_lesson import TwoScales, stacked_views, two_scales, view_of
from isocenter.learning.fully_convolutional import fully_convolutional
from isocenter.learning.inference.planar import PlanarNetwork
from isocenter.learning.inference.torch_backend import TorchNetwork
from isocenter.learning.inference.valid_windows import padded, predict_valid
from isocenter.learning.inference.window_network import WindowNetwork
from isocenter.learning.preparation import Prepared, prepare_image
from isocenter.learning.weights import write_weights
from isocenter.methods._places import count_answers, kinds_of
from isocenter.methods._voxels.labels import where_assessed
from isocenter.methods._voxels.settings import VoxelSettings

N = TypeVar("N", bound=nn.Module)
EDGE = 1e-6
"""Probabilities are kept this far from 0 and 1 before their logit is taken."""
VIEWS = 32
"""Candidates judged at once."""


class Judgment(Record):
    """What the tuning cases say of scores."""

    second: float = 0.5
    """Share of the second stage in a candidate's logit, in [0, 1]."""
    middle: float = 0.0
    """Logit that becomes a score of a half: from there on a candidate is given as an answer."""
    size: float = 1.0
    """What boxes are multiplied by: a map is wider than what it shows."""
    how: Mapping[str, str] = field(default_factory=dict)
    """A sentence for model.json."""


class Looked(Record):
    """One case looked at."""

    prepared: Prepared
    probability: NDArray[np.float32]
    """(K, *S), background first."""
    found: Candidates
    second: NDArray[np.float64]
    """(N,) logits of the second stage; zeros without one."""


class Detector:
    """See Model in core/method.py."""

    def __init__(
        self,
        network: nn.Sequential,
        second: nn.Module | None,
        *,
        inputs: tuple[str, ...],
        target: Target,
        counts: tuple[Target, ...] = (),
        settings: VoxelSettings,
        judgment: Judgment | None = None,
    ) -> None:
        """Hold the networks.

        network : patch (N, C, *patch) -> logits (N, K), as it was trained
        second  : views (N, 2 C, *view) -> logits (N,)
        """
        self.network, self.second = _plain(network), None if second is None else _plain(second)
        self.inputs, self.target, self.counts, self.settings = inputs, target, counts, settings
        self.judgment = judgment or Judgment()
        self._engine = engine_of(self.network, settings)

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case. A case that cannot be answered is refused with the reason; the stream goes on."""
        del scratch
        for case in cases:
            try:
                prepared = prepare_image(case, self.settings.preparation(self.inputs))
                where = where_assessed(case, self.target, prepared)
            except (IsocenterError, OSError, ValueError, EOFError) as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))
                continue
            yield self._answer(self.look(prepared, where))

    def look(self, prepared: Prepared, where: NDArray[np.bool_] | None = None) -> Looked:
        """Return map and candidates of a prepared case (not padded); nothing is found outside `where` (*S)."""
        probability = self.probability(prepared.image)
        if where is not None:
            probability[1:, ~where] = 0.0
        found = self._candidates(1.0 - probability[0] if where is None else probability[1:].sum(axis=0), prepared)
        second = np.zeros(len(found.value))
        if self.second is not None and len(found.value):
            second = judged(self.second, two_scales(prepared.image, wider=self.settings.wider), found.index, self.settings)
        return Looked(prepared=prepared, probability=probability, found=found, second=second)

    def probability(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability of every class at every sample, (K, *S); image (C, *S) as prepared, without padding."""
        field_, outputs = self.settings.patch, len(kinds_of(self.target)) + 1
        scores = predict_valid(self._engine, padded(image, field_), field_, self.settings.tile, classes=outputs)
        return np.asarray(softmax(scores, axis=0), np.float32)

    def logits(self, looked: Looked, *, second: float | None = None) -> NDArray[np.float64]:
        """Return how sure each candidate is, (N,): the logits of both stages, mixed."""
        share = (self.judgment.second if second is None else second) if self.second is not None else 0.0
        first = logit(np.clip(looked.found.value, EDGE, 1 - EDGE))
        return np.asarray((1 - share) * first + share * looked.second)

    def points(self, looked: Looked, *, second: float | None = None) -> Points:
        """Return the candidates in the world, with scores."""
        prepared, found = looked.prepared, looked.found
        ratio = np.asarray(prepared.grid.shape, float) / np.asarray(prepared.image.shape[1:], float)
        grid = prepared.grid
        world = grid.to_world((found.index + 0.5) * ratio - 0.5) if len(found.value) else np.zeros((0, grid.ndim))
        at = tuple(np.round(found.index).astype(int).T)
        kind = looked.probability[(slice(1, None), *at)].argmax(axis=0) if len(found.value) else np.zeros(0, np.intp)
        along = np.abs(grid.matrix[: grid.ndim, : grid.ndim])  # world units along world axes per sample along index axes
        return Points(
            world=world,
            kind=np.asarray(kind, np.intp),
            score=np.asarray(expit(self.logits(looked, second=second) - self.judgment.middle), float),
            names=kinds_of(self.target),
            extent=self.judgment.size * (found.extent * ratio) @ along.T if self.target.type == "boxes" else None,
        )

    def save(self, folder: Path) -> None:
        """Write model.json and the weights."""
        folder.mkdir(parents=True, exist_ok=True)
        judgment = self.judgment
        data = {
            "inputs": list(self.inputs),
            "target": self.target.model_dump(mode="json"),
            "counts": [t.model_dump(mode="json") for t in self.counts],
            "settings": dataclasses.asdict(self.settings),
            "second": self.second is not None,
            "judgment": {
                "second": judgment.second,
                "middle": judgment.middle,
                "size": judgment.size,
                "how": dict(judgment.how),
            },
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")
        if self.second is not None:
            write_weights(self.second, folder / "second.safetensors")

    def _candidates(self, probability: NDArray[np.float32], prepared: Prepared) -> Candidates:
        ratio = np.asarray(prepared.grid.shape, float) / np.asarray(prepared.image.shape[1:], float)
        spacing = tuple(float(s) for s in np.asarray(prepared.grid.spacing) * ratio)
        s = self.settings
        return find_candidates(probability, how=s.candidates, distance=s.distance, spacing=spacing, above=s.above)

    def _answer(self, looked: Looked) -> Prediction:
        points = self.points(looked)
        given = points.score >= 0.5
        kinds = kinds_of(self.target)
        answers: dict[str, Value] = {self.target.name: points}
        answers |= count_answers(np.bincount(points.kind[given], minlength=len(kinds)).astype(float), kinds, self.counts)
        extras: dict[str, Value] = {}
        if self.settings.keep_map:
            grid = looked.prepared.grid
            whole = np.asarray(zoom_to(looked.probability, grid.shape, order=1), np.float32)
            extras[f"{self.target.name}:probability"] = held_image(whole, grid, channels=("background", *kinds))
        return Prediction(case=looked.prepared.key, answers=answers, extras=extras)


def _plain(network: N) -> N:
    """Return a network in evaluation, its weights laid out as a loaded one's: another layout rounds otherwise."""
    for parameter in network.parameters():
        parameter.data = parameter.data.clone(memory_format=torch.contiguous_format)
    return network.eval()


def engine_of(network: nn.Sequential, settings: VoxelSettings) -> WindowNetwork:
    """Return the fully convolutional form of a patch classifier, for tiles of the image's own axes."""
    module: nn.Module = fully_convolutional(network, tuple(n for n in settings.patch if n > 1))
    for axis in (a for a, n in enumerate(settings.patch) if n == 1):
        module = PlanarNetwork(module, axis)
    return TorchNetwork(module, device="cuda" if torch.cuda.is_available() else "cpu", channels_last=settings.channels_last)


@torch.inference_mode()
def judged(second: nn.Module, scales: TwoScales, index: NDArray[np.float64], settings: VoxelSettings) -> NDArray[np.float64]:
    """Return the second stage's logits of places (N, d) in prepared samples, (N,)."""
    device = next(second.parameters()).device
    logits = []
    for first in range(0, len(index), VIEWS):
        few = [view_of(scales, [float(i) for i in place], settings.view) for place in index[first : first + VIEWS]]
        views = stacked_views(few, settings.view)
        logits.append(second(torch.from_numpy(views).to(device)).float().cpu().numpy())
    return np.concatenate(logits).astype(float) if logits else np.zeros(0)
