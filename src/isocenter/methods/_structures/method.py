"""Slice classifiers as a method: plan, fit, load.

In:   a task, volumes, boxes or landmarks of which a case has one each.
Out:  a StructureFinder.
Not:  the networks (learning/slice_network.py), the rules (plan.py).
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from isocenter.core.case import Case, Cases
from isocenter.core.errors import FileError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.core.task import Pair, Task
from isocenter.learning.loop import run_loop
from isocenter.learning.preparation import Prepared
from isocenter.learning.slice_network import SliceNetwork
from isocenter.learning.weights import read_weights
from isocenter.methods._baselines.labels import nothing_to_learn
from isocenter.methods._places import kinds_of
from isocenter.methods._structures.build import build_learner, frame_around, sliced
from isocenter.methods._structures.model import StructureFinder, prepare_volume
from isocenter.methods._structures.one_each import one_each, structures_of
from isocenter.methods._structures.plan import NAME, plan_structures
from isocenter.methods._structures.settings import StructureSettings
from isocenter.metrics.per_case import box_wall_distance, landmark_error

LOOKED_AT = 8
"""Tuning cases looked at while training."""


class SliceClassifiers:
    """See Method in core/method.py."""

    def __init__(self, task: Task) -> None:
        self.card = Card(
            name=NAME,
            task=task.name,
            answers=task.answers,
            learned=True,
            cite="de Vos et al., ConvNet-based localization of anatomical structures in 3-D medical images, IEEE Trans Med Imaging "
            "2017; 36:1470-1481",
            differs="three small networks in place of one; a slice is seen with its neighbors, and judged by how much of it is "
            "filled; landmarks as the middle of few slices",
        )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        return plan_structures(study, fingerprint, minutes=minutes, gigabytes=gigabytes)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> StructureFinder:
        """Train from where the journal's state stands. StudyError when no case has a structure, or one has two of a kind."""
        settings = plan.config(StructureSettings)
        target, inputs = structures_of(study), tuple(study.inputs)
        structures = len(kinds_of(target))
        known = [(case, one_each(case, target)) for case in learn if target.name in case.labels]
        if not any(len(places) for _, places in known):
            raise nothing_to_learn(target)
        cases = [sliced(prepare_volume(case, settings, inputs), places, settings) for case, places in known]
        tuning = _tuning(tune, target, settings, inputs)
        always = tuple(all((places.kind == kind).any() for _, places in known) for kind in range(structures))

        def finder(network: nn.Module) -> StructureFinder:
            return StructureFinder(
                as_slice_network(network), inputs=inputs, target=target, settings=settings, frame=frame_around(cases), always=always
            )

        def evaluate(network: nn.Module) -> Mapping[str, float]:
            return _distance(finder(network), tuning)

        learner = build_learner(settings, cases, structures=structures, steps=plan.steps, seed=plan.seed, evaluate=evaluate)
        run_loop(learner, journal, steps=plan.steps)
        return finder(learner.ema.network.cpu())

    def load(self, folder: Path) -> StructureFinder:
        """Return the model `save` wrote. FileError if the folder holds none."""
        try:
            data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise FileError(f"expected a saved {NAME} model in {folder}, got none ({error}). Train it first.") from error
        settings = as_config(StructureSettings, data["settings"], method=NAME)
        target = Target.model_validate(data["target"])
        network = SliceNetwork(settings.network(len(kinds_of(target))))
        read_weights(network, folder / "weights.safetensors")
        return StructureFinder(
            network,
            inputs=tuple(data["inputs"]),
            target=target,
            settings=settings,
            frame=tuple(data["frame"]),
            always=tuple(data["always"]),
        )


def as_slice_network(network: nn.Module) -> SliceNetwork:
    """Return the network as what it is. TypeError for another."""
    if not isinstance(network, SliceNetwork):
        raise TypeError(f"expected a SliceNetwork, got {type(network).__name__}")
    return network


def _tuning(
    tune: Cases, target: Target, settings: StructureSettings, inputs: tuple[str, ...]
) -> list[tuple[Case, Prepared, Points]]:
    """Return the tuning cases looked at."""
    known = [case for case in tune if target.name in case.labels][:LOOKED_AT]
    return [(case, prepare_volume(case, settings, inputs), one_each(case, target)) for case in known]


def _distance(model: StructureFinder, tuning: Sequence[tuple[Case, Prepared, Points]]) -> Mapping[str, float]:
    """Return the mean distance over the tuning cases; {} without any that is measured."""
    name = "box_wall_distance" if model.target.type == "boxes" else "landmark_error"
    measure = box_wall_distance.METRIC if model.target.type == "boxes" else landmark_error.METRIC
    pairs = [Pair(case=case.key, target=model.target, truth=truth, answer=model.find(prepared)) for case, prepared, truth in tuning]
    values = [m.value for pair in pairs for m in measure(pair) if m.name == name and np.isfinite(m.value)]
    return {f"tune_{name}": float(np.mean(values))} if values else {}
