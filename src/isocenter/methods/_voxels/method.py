"""A classifier of voxels as a method: plan, fit in two stages, load.

In:   a task, images, points or boxes. Out: a Detector.
Not:  the networks (learning/voxel_network.py, learning/context_network.py), the rules (plan.py).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from isocenter.core.case import Cases
from isocenter.core.errors import StudyError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.core.task import Task
from isocenter.learning.candidate_lesson import two_scales
from isocenter.learning.context_network import ContextNetwork
from isocenter.learning.loop import run_loop
from isocenter.learning.patch_learner import PatchLearner
from isocenter.learning.phases import Phase, Phases
from isocenter.learning.preparation import Prepared, mapped, prepare_image, prepared_bytes
from isocenter.learning.voxel_network import MiddleNetwork, build_voxel_network
from isocenter.learning.weights import read_weights
from isocenter.methods._patches.learner import build_learner
from isocenter.methods._places import counted, dots, kinds_of, learned_points
from isocenter.methods._voxels.detector import Detector, Judgment
from isocenter.methods._voxels.judge import cpm_of, judgment_of
from isocenter.methods._voxels.labels import inside, padded_case, where_assessed
from isocenter.methods._voxels.plan import KINDS, NAME, plan_voxels
from isocenter.methods._voxels.second import SecondStage, Volume
from isocenter.methods._voxels.settings import VoxelSettings
from isocenter.metrics.froc import candidates

LOOKED_AT = 4
"""Tuning cases looked at while training."""
IN_MEMORY = 3e9
"""Bytes of prepared arrays kept in memory; above, they are mapped from disk."""


class Tuning(Record):
    """A tuning case."""

    prepared: Prepared
    where: NDArray[np.bool_] | None
    truth: Points


class VoxelClassifier:
    """See Method in core/method.py."""

    def __init__(self, task: Task) -> None:
        self.card = Card(
            name=NAME,
            task=task.name,
            answers=task.answers,
            learned=True,
            cite="Ciresan et al., NeurIPS 2012 and MICCAI 2013; Long et al., CVPR 2015, arXiv:1411.4038; van Grinsven et al., "
            "IEEE Trans Med Imaging 2016; 35:1273-1284",
            differs="dilated instead of slid; candidates judged again at two scales; scores chosen on tuning cases",
        )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps; says what patches and whole images cost."""
        return plan_voxels(study, fingerprint, minutes=minutes, gigabytes=gigabytes)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> Detector:
        """Train both stages from where the journal's state stands. StudyError when no learning case has a lesion."""
        settings = plan.config(VoxelSettings)
        target = learned_points(study, types=KINDS)
        inputs = tuple(study.inputs)
        known = learn.select([case.key for case in learn if target.name in case.labels])
        truths = [dots(case, target) for case in known]
        if not any(len(truth) for truth in truths):
            raise StudyError(
                f"expected learning cases with {target.type} of target {target.name}, got none. Look at: isocenter check STUDY"
            )
        cases = _padded(known, target, settings, inputs, scratch=journal.scratch / "learn")
        tuning = _tuning(tune, target, settings, inputs)
        make = partial(Detector, inputs=inputs, target=target, counts=counted(study), settings=settings)
        build = partial(_build, settings, outputs=len(kinds_of(target)) + 1)

        def evaluate(network: nn.Module) -> Mapping[str, float]:
            return _tuning_cpm(make(classifier_of(network), None), tuning[:LOOKED_AT])

        second_steps = min(settings.second_steps, plan.steps - 1) if settings.second_stage else 0
        first_steps = plan.steps - second_steps
        learner = partial(
            build_learner, settings, build=build, cases=cases, steps=first_steps, seed=plan.seed, evaluate=evaluate, middle=True
        )
        if not second_steps:
            trained = learner()
            run_loop(trained, journal, steps=plan.steps)
            model = make(classifier_of(trained.ema.network.cpu()), None)
        else:
            stage = _two_stages(
                learner, build, cases, truths, make, settings=settings, steps=(first_steps, second_steps), seed=plan.seed
            )
            run_loop(stage, journal, steps=plan.steps)
            last = stage.last
            model = make(classifier_of(last.first.cpu()), None if last.network is None else last.network.cpu())
        looked = [model.look(case.prepared, case.where) for case in tuning]
        model.judgment = judgment_of(model, looked, [case.truth for case in tuning])
        return model

    def load(self, folder: Path) -> Detector:
        """Return the model `save` wrote."""
        data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        settings = as_config(VoxelSettings, data["settings"], method=NAME)
        target = Target.model_validate(data["target"])
        network = build_voxel_network(settings.network(outputs=len(kinds_of(target)) + 1))
        read_weights(network, folder / "weights.safetensors")
        second: nn.Module | None = None
        if data["second"]:
            second = ContextNetwork(settings.second())
            read_weights(second, folder / "second.safetensors")
        return Detector(
            network,
            second,
            inputs=tuple(data["inputs"]),
            target=target,
            counts=tuple(Target.model_validate(t) for t in data["counts"]),
            settings=settings,
            judgment=Judgment(**data["judgment"]),
        )


def classifier_of(network: nn.Module) -> nn.Sequential:
    """Return the layers of a network as it was trained. TypeError for another."""
    if not isinstance(network, MiddleNetwork):
        raise TypeError(f"expected a MiddleNetwork, got {type(network).__name__}")
    return network.classifier


def _build(settings: VoxelSettings, *, outputs: int) -> MiddleNetwork:
    return MiddleNetwork(build_voxel_network(settings.network(outputs=outputs)), settings.dimensions)


def _two_stages(
    learner: Callable[[], PatchLearner],
    build: Callable[[], MiddleNetwork],
    cases: Sequence[Prepared],
    truths: Sequence[Points],
    make: Callable[[nn.Sequential, nn.Module | None], Detector],
    *,
    settings: VoxelSettings,
    steps: tuple[int, int],
    seed: int,
) -> Phases[SecondStage]:
    """Return both trainings as one: voxels, then the candidates they give."""
    trained: list[PatchLearner] = []
    first_steps, second_steps = steps

    def first() -> PatchLearner:
        trained[:] = [learner()]
        return trained[0]

    def second() -> SecondStage:
        network = build()
        if trained:
            network.load_state_dict(trained[0].ema.network.state_dict())
        plain = [_plain(case, settings) for case in cases]

        def find(number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
            model = make(classifier_of(network), None)
            target = cases[number].target
            where = None if target is None else inside(target[None], settings.patch)[0] >= 0
            looked = model.look(plain[number], None if where is None or where.all() else where)
            return looked.found.index, np.asarray(model.points(looked).world, float)

        volumes = [_volume(case, truth, settings) for case, truth in zip(plain, truths, strict=True)]
        return SecondStage(network, volumes, find, settings=settings, steps=second_steps, seed=seed)

    return Phases([Phase(name="voxel", steps=first_steps, build=first)], second)


def _plain(case: Prepared, settings: VoxelSettings) -> Prepared:
    """Return a padded case without what was put around it."""
    return Prepared(key=case.key, image=inside(case.image, settings.patch), grid=case.grid, missing=case.missing)


def _volume(case: Prepared, truth: Points, settings: VoxelSettings) -> Volume:
    ratio = np.asarray(case.grid.shape, float) / np.asarray(case.image.shape[1:], float)
    places = (case.grid.to_index(truth.world) + 0.5) / ratio - 0.5 if len(truth) else np.zeros((0, case.grid.ndim))
    return Volume(scales=two_scales(case.image, wider=settings.wider), truth=truth, places=places)


def _padded(known: Cases, target: Target, settings: VoxelSettings, inputs: tuple[str, ...], *, scratch: Path) -> list[Prepared]:
    """Return the cases patches are drawn from, mapped from disk where they are many."""
    config = settings.preparation(inputs)
    large = 2 * prepared_bytes(known, config) > IN_MEMORY
    ready = []
    for number, case in enumerate(known):
        made = padded_case(case, target, config, field=settings.patch, radius=settings.radius)
        if large and made.target is not None:
            image = mapped(made.image, scratch / f"{number}_image.npy")
            labels = mapped(made.target, scratch / f"{number}_target.npy")
            made = Prepared(key=made.key, image=image, grid=made.grid, target=labels, missing=made.missing)
        ready.append(made)
    return ready


def _tuning(tune: Cases, target: Target, settings: VoxelSettings, inputs: tuple[str, ...]) -> list[Tuning]:
    config, found = settings.preparation(inputs), []
    for case in tune:
        if target.name in case.labels:
            prepared = prepare_image(case, config)
            found.append(Tuning(prepared=prepared, where=where_assessed(case, target, prepared), truth=dots(case, target)))
    return found


def _tuning_cpm(model: Detector, cases: Sequence[Tuning]) -> Mapping[str, float]:
    """Return the CPM on some tuning cases, as "tune_cpm"; {} without lesions."""
    if not any(len(case.truth) for case in cases):
        return {}
    points = [model.points(model.look(case.prepared, case.where)) for case in cases]
    return {"tune_cpm": cpm_of(candidates([case.truth for case in cases], points, radius=model.settings.radius))}
