"""Boxes by their centers: a network says of every sample how likely it is the middle of an object, and how large that is.

In:   images of one or several inputs, 2-D or 3-D; boxes of one or several kinds.
Out:  boxes with kind and score; the counts that the study scores.
Not:  the network (learning/networks), the rules (_center_plan.py), what a box becomes (learning/center_maps.py).

Reference: Zhou, Wang & Krähenbühl, Objects as Points, arXiv:1904.07850; Duan et al., CenterNet, ICCV 2019.
Differs:   a U-Net sized for a stated budget that answers at full resolution of samples as coarse as small objects allow; no
           offsets but the top between samples; log sizes; how sure a box must be is chosen on tuning cases.
"""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from isocenter.core.case import Case, Cases
from isocenter.core.errors import StudyError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.learning.assessed import assessed
from isocenter.learning.center_maps import center_maps
from isocenter.learning.loop import run_loop
from isocenter.learning.preparation import Prepared, prepare_image
from isocenter.learning.weights import read_weights
from isocenter.methods._patches.learner import build_learner, build_network
from isocenter.methods._patches.model import on_samples
from isocenter.methods._patches.placing import in_samples, sides_in_samples
from isocenter.methods._places import counted, dots, kinds_of, learned_points
from isocenter.methods.detection._center_model import SURE, CenterDetector
from isocenter.methods.detection._center_plan import NAME, plan_centers
from isocenter.methods.detection._center_settings import CenterSettings
from isocenter.metrics.matching import match_boxes
from isocenter.metrics.per_case.box_f1 import LEAST_IOU

LOOKED_AT = 8
"""Tuning cases looked at while training."""
TRIED = tuple(round(0.05 + 0.05 * i, 2) for i in range(18))
ENOUGH = 10
"""Fewer objects of a kind say nothing of it."""

Tuning = Sequence[tuple[Prepared, Points, NDArray[np.bool_] | None]]


class CenterBoxes:
    """See Method in core/method.py."""

    card = Card(
        name=NAME,
        task="detection",
        answers=frozenset({"boxes"}),
        learned=True,
        cite="Zhou, Wang & Krähenbühl, Objects as Points, arXiv:1904.07850",
        differs="a U-Net sized for a stated budget; log sizes; how sure a box must be is chosen on tuning cases",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        return plan_centers(study, fingerprint, minutes=minutes, gigabytes=gigabytes)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> CenterDetector:
        """Train from where the journal's state stands. StudyError when no learning case has a box."""
        settings = plan.config(CenterSettings)
        target = learned_points(study, types=("boxes",))
        inputs = tuple(study.inputs)
        known = [(prepare_image(case, settings.preparation(inputs)), case) for case in learn if target.name in case.labels]
        sides = [sides_in_samples(dots(case, target), prepared) for prepared, case in known if len(dots(case, target))]
        if not sides:
            raise StudyError(
                f"expected learning cases with boxes of target {target.name}, got none. Look at: isocenter check STUDY"
            )
        usual = tuple(float(s) for s in np.maximum(np.median(np.concatenate(sides), axis=0), 1.0))
        cases = [_with_maps(prepared, case, target, settings, usual) for prepared, case in known]
        tuning = [
            (
                prepared := prepare_image(case, settings.preparation(inputs)),
                dots(case, target),
                assessed(case, target, prepared.grid),
            )
            for case in tune
            if target.name in case.labels
        ]

        def detector(network: nn.Module) -> CenterDetector:
            return CenterDetector(network, inputs=inputs, target=target, counts=counted(study), settings=settings, usual=usual)

        def evaluate(network: nn.Module) -> Mapping[str, float]:
            found, model = tuning[:LOOKED_AT], detector(network)
            return {"tune_box_f1": max(_f1_of(_answers(model, found), None, TRIED).values())} if found else {}

        learner = build_learner(
            settings,
            build=partial(build_network, settings, outputs=len(kinds_of(target)) + settings.dimensions),
            cases=cases,
            steps=plan.steps,
            seed=plan.seed,
            evaluate=evaluate,
        )
        run_loop(learner, journal, steps=plan.steps)
        model = detector(learner.ema.network.cpu())
        if settings.calibrate and tuning:
            model.sure = surest(_answers(model, tuning), len(kinds_of(target)))
        return model

    def load(self, folder: Path) -> CenterDetector:
        """Return the model `save` wrote."""
        data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        settings = as_config(CenterSettings, data["settings"], method=self.card.name)
        target = Target.model_validate(data["target"])
        network = build_network(settings, outputs=len(kinds_of(target)) + settings.dimensions)
        read_weights(network, folder / "weights.safetensors")
        return CenterDetector(
            network.eval(),
            inputs=tuple(data["inputs"]),
            target=target,
            counts=tuple(Target.model_validate(t) for t in data["counts"]),
            settings=settings,
            usual=tuple(data["usual"]),
            sure=tuple(data["sure"]),
        )


def surest(answered: Sequence[tuple[Points, Points]], count: int) -> tuple[float, ...]:
    """Return the probability of the best box F1 over all tuning cases, kind by kind; the default for kinds with few objects.

    answered : (truth, answer) of each case
    """
    chosen = []
    for kind in range(count):
        enough = sum(int((truth.kind == kind).sum()) for truth, _ in answered) >= ENOUGH
        f1 = _f1_of(answered, kind, TRIED)
        chosen.append(max(TRIED, key=lambda sure, f1=f1: f1[sure]) if enough else SURE)  # type: ignore[misc]
    return tuple(chosen)


def _answers(model: CenterDetector, tuning: Tuning) -> list[tuple[Points, Points]]:
    return [(truth, model.boxes(prepared, where)) for prepared, truth, where in tuning]


def _f1_of(answered: Sequence[tuple[Points, Points]], kind: int | None, tried: Sequence[float]) -> dict[float, float]:
    """Return the F1 of the boxes of a kind (None = of any, whatever they are called) from each probability on."""
    out = {}
    for sure in tried:
        paired = whole = 0
        for truth, answer in answered:
            if truth.extent is None or answer.extent is None:
                continue
            wanted = np.ones(len(truth), bool) if kind is None else truth.kind == kind
            kept = (answer.score >= sure) & (np.ones(len(answer), bool) if kind is None else answer.kind == kind)
            m = match_boxes(truth.world[wanted], truth.extent[wanted], answer.world[kept], answer.extent[kept], least_iou=LEAST_IOU)
            paired, whole = paired + 2 * m.paired, whole + 2 * m.paired + m.extra + m.missed
        out[sure] = paired / whole if whole else 0.0
    return out


def _with_maps(prepared: Prepared, case: Case, target: Target, settings: CenterSettings, usual: tuple[float, ...]) -> Prepared:
    """Return image and maps; NaN where nothing was assessed."""
    points, shape = dots(case, target), prepared.image.shape[1:]
    maps = center_maps(
        in_samples(points.world, prepared),
        sides_in_samples(points, prepared),
        points.kind,
        count=len(kinds_of(target)),
        shape=shape,
        usual=usual,
        flat=[a for a, n in enumerate(settings.patch) if n == 1],
    )
    where = assessed(case, target, prepared.grid)
    if where is not None:
        maps[:, ~on_samples(where, prepared)] = np.nan
    return Prepared(key=prepared.key, image=prepared.image, grid=prepared.grid, target=maps, missing=prepared.missing)


METHOD = CenterBoxes()
