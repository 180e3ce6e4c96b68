"""The second stage's training: candidates of the first on the learning cases, told apart by a network that sees more.

In:   the first stage's learner, learning cases with their truths.
Out:  a learner for the loop, which finds its candidates when its turn comes and keeps the first network in its state.
Not:  no first stage (method.py), no lesson (learning/candidate_lesson.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.learning.candidate_lesson import CandidateLesson, CandidateTable, TwoScales
from isocenter.learning.context_network import ContextNetwork
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner
from isocenter.methods._voxels.settings import VoxelSettings
from isocenter.metrics.froc import hits_of

BATCH = 32


class Volume(Record):
    """A learning case for the second stage."""

    scales: TwoScales
    truth: Points
    places: "np.ndarray[Any, np.dtype[np.float64]]"
    """(N, d) of the truth, in prepared samples."""


Find = Callable[[int], "tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.float64]]]"]
"""Number of a volume -> its candidates as samples (N, d), and in the world (N, d)."""


class SecondStage:
    """See Learner in loop.py. `learner` is None when there is nothing to tell apart."""

    def __init__(
        self, first: nn.Module, volumes: Sequence[Volume], find: Find, *, settings: VoxelSettings, steps: int, seed: int
    ) -> None:
        """Wait for the turn.

        first : the averaged network of the first stage; its weights are part of this state
        find  : finds candidates by it
        """
        self.first, self.volumes, self._find, self._settings, self._steps, self._seed = first, volumes, find, settings, steps, seed
        self._table: CandidateTable | None = None
        self.learner: GradientLearner | None = None

    @property
    def network(self) -> nn.Module | None:
        """The averaged network; None when candidates were all true, or all false."""
        return None if self.learner is None else self.learner.ema.network

    def step(self, step: int) -> Mapping[str, float]:
        """Learn from one batch of candidates."""
        if self._table is None:
            self._start(candidates_of(self.volumes, self._find, radius=self._settings.radius))
        return {} if self.learner is None else self.learner.step(step)

    def validate(self, step: int) -> Mapping[str, float]:
        """Measure nothing: the tuning cases are looked at when both stages are done."""
        del step
        return {}

    def state(self) -> Mapping[str, Any]:
        """Return the first network, the candidates and the learner."""
        table = self._table
        return {
            "first": dict(self.first.state_dict()),
            "table": None
            if table is None
            else {"case": table.case.tolist(), "index": table.index.tolist(), "true": table.true.tolist()},
            "learner": None if self.learner is None else dict(self.learner.state()),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self.first.load_state_dict(state["first"])
        held = state["table"]
        if held is None:
            return
        self._start(
            CandidateTable(
                case=np.asarray(held["case"], np.intp),
                index=np.asarray(held["index"], float).reshape(len(held["case"]), -1),
                true=np.asarray(held["true"], bool),
            )
        )
        if self.learner is not None and state["learner"] is not None:
            self.learner.restore(state["learner"])

    def _start(self, table: CandidateTable) -> None:
        self._table, s = table, self._settings
        if not table.true.any() or table.true.all():
            return
        torch.manual_seed(self._seed + 1)
        lesson = CandidateLesson(
            [v.scales for v in self.volumes],
            table,
            view=s.view,
            batch=BATCH,
            mirror_axes=s.mirror_axes,
            generator=np.random.default_rng([self._seed, 3]),
        )
        config = GradientConfig(
            dimensions=s.dimensions, steps=self._steps, learning_rate=s.learning_rate, weight_decay=s.weight_decay,
            channels_last=s.channels_last, seed=self._seed,
        )  # fmt: skip
        self.learner = GradientLearner(ContextNetwork(s.second()), lesson, config)


def candidates_of(volumes: Sequence[Volume], find: Find, *, radius: float) -> CandidateTable:
    """Return the candidates of all volumes and whether they hit; every true lesion is one too."""
    cases, places, true = [], [], []
    for number, volume in enumerate(volumes):
        index, world = find(number)
        hit = hits_of(volume.truth, world, radius) >= 0
        own = np.concatenate([index, volume.places]).reshape(-1, volume.scales.fine.ndim - 1)
        places.append(own)
        true.append(np.concatenate([hit, np.ones(len(volume.places), bool)]))
        cases.append(np.full(len(own), number, np.intp))
    return CandidateTable(case=np.concatenate(cases), index=np.concatenate(places), true=np.concatenate(true))
