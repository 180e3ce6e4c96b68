"""Frame classifiers: every frame of a series is judged with its neighbors, then the series along time; the likeliest is the answer.

In:   series of pictures; the frames named (one or several targets, learned together).
Out:  a frame of each target.
Not:  the network (learning/frame_network.py), the rules (_plan.py).

Reference: Kong et al., MICCAI 2016, LNCS 9902:264-272.
Differs:   a bump over time in place of a curve of the ventricle's size; convolutions around the cycle in place of a recurrence.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.core.case import Case, Cases
from isocenter.core.errors import FileError, IsocenterError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study, Target
from isocenter.learning.frame_lesson import Timed, with_neighbors
from isocenter.learning.frame_network import FrameNetwork
from isocenter.learning.loop import run_loop
from isocenter.learning.weights import read_weights, write_weights
from isocenter.methods._baselines.labels import nothing_to_learn, targets_of
from isocenter.methods.frame_localization._plan import NAME, build_learner, plan_frames
from isocenter.methods.frame_localization._series import Floats, answer, events_of, frames_of, image_of
from isocenter.methods.frame_localization._settings import FrameSettings

LOOKED_AT = 16
"""Tuning cases looked at while training."""


class FrameFinder:
    """See Model in core/method.py."""

    def __init__(
        self, network: FrameNetwork, *, inputs: tuple[str, ...], targets: tuple[Target, ...], settings: FrameSettings
    ) -> None:
        self.network = network.eval()
        self.inputs, self.targets, self.settings = inputs, targets, settings

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case. A case that cannot be answered is refused with the reason; the stream goes on."""
        del scratch
        for case in cases:
            try:
                frames = frames_of(image_of(case, self.inputs), self.settings.size)
            except (IsocenterError, OSError, ValueError, EOFError) as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))
                continue
            pairs = zip(self.targets, self.find(frames), strict=True)
            yield Prediction(case=case.key, answers={t.name: answer(float(at), t, self.settings.first) for t, at in pairs})

    def find(self, frames: Floats) -> NDArray[np.intp]:
        """Return the likeliest frame of each target, (K,), from 0."""
        return np.asarray(self.scores(frames).argmax(axis=0))

    @torch.inference_mode()
    def scores(self, frames: Floats) -> NDArray[np.float64]:
        """Return the score of every frame for every target, (T, K)."""
        shown = with_neighbors(torch.from_numpy(frames), self.settings.neighbors, cyclic=self.settings.cyclic)
        answers = self.network(shown.to(next(self.network.parameters()).device), [len(frames)])
        return np.asarray(answers[0].double().cpu().numpy())

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "inputs": list(self.inputs),
            "targets": [target.model_dump(mode="json") for target in self.targets],
            "settings": dataclasses.asdict(self.settings),
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")


class FrameClassifiers:
    """See Method in core/method.py."""

    card = Card(
        name=NAME,
        task="frame_localization",
        answers=frozenset({"value"}),
        learned=True,
        cite="Kong et al., Recognizing end-diastole and end-systole frames via deep temporal regression network, MICCAI 2016, LNCS "
        "9902:264-272",
        differs="a bump over time in place of a curve of size; convolutions around the cycle in place of a recurrent network",
        reads="series",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        return plan_frames(study, fingerprint, len(targets_of(study, self.card)), minutes=minutes, gigabytes=gigabytes)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> FrameFinder:
        """Train from where the journal's state stands. StudyError if no learning case names a frame of a target."""
        settings, inputs, targets = plan.config(FrameSettings), tuple(study.inputs), targets_of(study, self.card)
        cases = _timed(learn, inputs, targets, settings)
        for number, target in enumerate(targets):
            if not any(np.isfinite(case.events[number]) for case in cases):
                raise nothing_to_learn(target)
        tuning = _timed(tune, inputs, targets, settings)[:LOOKED_AT]

        def finder(network: nn.Module) -> FrameFinder:
            return FrameFinder(as_frame_network(network), inputs=inputs, targets=targets, settings=settings)

        def evaluate(network: nn.Module) -> Mapping[str, float]:
            return _error(finder(network), tuning)

        learner = build_learner(settings, cases, events=len(targets), steps=plan.steps, seed=plan.seed, evaluate=evaluate)
        run_loop(learner, journal, steps=plan.steps)
        return finder(learner.ema.network.cpu())

    def load(self, folder: Path) -> FrameFinder:
        """Return the model `save` wrote. FileError if the folder holds none."""
        try:
            data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise FileError(f"expected a saved {NAME} model in {folder}, got none ({error}). Train it first.") from error
        settings = as_config(FrameSettings, data["settings"], method=NAME)
        targets = tuple(Target.model_validate(target) for target in data["targets"])
        network = FrameNetwork(settings.network(len(targets)))
        read_weights(network, folder / "weights.safetensors")
        return FrameFinder(network, inputs=tuple(data["inputs"]), targets=targets, settings=settings)


def as_frame_network(network: nn.Module) -> FrameNetwork:
    """Return the network as what it is. TypeError for another."""
    if not isinstance(network, FrameNetwork):
        raise TypeError(f"expected a FrameNetwork, got {type(network).__name__}")
    return network


def _timed(cases: Cases, inputs: tuple[str, ...], targets: Sequence[Target], settings: FrameSettings) -> list[Timed]:
    """Return the cases that name a frame of any target, prepared."""
    found = []
    for case in cases:
        if not any(target.name in case.labels for target in targets):
            continue
        image = image_of(case, inputs)
        events = events_of(case, targets, len(image.grid.times_s), settings.first)
        if np.isfinite(events).any():
            found.append(Timed(frames=frames_of(image, settings.size), events=events))
    return found


def _error(model: FrameFinder, tuning: Sequence[Timed]) -> Mapping[str, float]:
    """Return the mean absolute error over tuning cases and targets, in frames; {} without any."""
    errors = [np.abs(model.find(case.frames) - case.events) for case in tuning]
    known = np.concatenate(errors)[np.isfinite(np.concatenate(errors))] if errors else np.zeros(0)
    return {"tune_absolute_error": float(known.mean())} if len(known) else {}


METHOD = FrameClassifiers()
