"""Watershed, then a classifier: pieces are found as before networks, and a network says of which kind each is, or of none.

In:   images and dots, of one or several kinds.
Out:  points with kind and score; the counts that the study scores, as many as the points.
Not:  what the watershed does not find is not found (watershed.py); touching objects it leaves together stay one.

Reference: Vincent & Soille, IEEE PAMI 1991; 13:583-598; Sirinukunwattana et al., IEEE Trans Med Imaging 2016; 35:1196-1206
           (patches around nuclei classified).
Differs:   two views, near and wide; classes drawn equally often and their shares put back; the score's cut chosen on tuning cases.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from isocenter.core.case import Case, Cases
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.learning.context_network import ContextNetwork
from isocenter.learning.loop import run_loop
from isocenter.learning.object_lesson import ObjectTable
from isocenter.learning.weights import read_weights
from isocenter.methods._places import counted, dots, kinds_of, learned_points
from isocenter.methods.localization._object_learner import object_learner
from isocenter.methods.localization._object_model import EDGE, PieceClassifier, Pieces, pieces_in
from isocenter.methods.localization._object_plan import NAME, plan_objects
from isocenter.methods.localization._object_settings import ObjectSettings
from isocenter.methods.localization.watershed import choose_pieces
from isocenter.metrics.froc import hits_of
from isocenter.metrics.matching import match_points

CUTS = tuple(round(0.05 * i, 2) for i in range(1, 20))
"""Chances of being an object from which on a piece may be an answer, tried."""
LEAST = 10
"""Fewer objects among the tuning cases say nothing of the cut."""


class WatershedClassifier:
    """Pieces of a watershed, each looked at."""

    card = Card(
        name=NAME,
        task="localization",
        answers=frozenset({"points"}),
        learned=True,
        cite="Vincent & Soille, IEEE PAMI 1991; 13:583-598; Sirinukunwattana et al., IEEE Trans Med Imaging 2016; 35:1196-1206",
        differs="two views of each piece; classes drawn equally often and their shares put back; cut chosen on tuning cases",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        return plan_objects(study, fingerprint, minutes=minutes, gigabytes=gigabytes)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> PieceClassifier:
        """Train from where the journal's state stands. StudyError when no learning case has dots."""
        settings = plan.config(ObjectSettings)
        target, inputs = learned_points(study), tuple(study.inputs)
        # The same after a kill: it draws nothing.
        watershed = choose_pieces(study, learn, most=settings.cases, radius=settings.radius)
        outputs = len(kinds_of(target)) + 1

        def looked(cases: Cases) -> list[tuple[Pieces, Points]]:
            dotted: list[Case] = [case for case in cases if target.name in case.labels]
            return [(pieces_in(case, target, settings, inputs, watershed), dots(case, target)) for case in dotted]

        known, tuning = looked(learn), looked(tune)
        table = table_of(known, radius=settings.radius, kinds=outputs - 1)
        # Dots that the watershed missed teach what a kind looks like, and say nothing of how often a piece is of it.
        found = np.concatenate([_classes(p, t, radius=settings.radius, kinds=outputs - 1) for p, t in known])
        prior = (np.bincount(found, minlength=outputs) / max(1, len(found))).tolist()

        def model_of(network: nn.Module) -> PieceClassifier:
            return PieceClassifier(
                network, inputs=inputs, target=target, counts=counted(study), settings=settings, watershed=watershed, prior=prior
            )

        def evaluate(network: nn.Module) -> Mapping[str, float]:
            return _tuning_f1(model_of(network), tuning)

        volumes = [pieces.scales for pieces, _ in known]
        learner = object_learner(settings, volumes, table, outputs=outputs, steps=plan.steps, seed=plan.seed, evaluate=evaluate)
        run_loop(learner, journal, steps=plan.steps)
        model = model_of(learner.ema.network.cpu())
        model.middle = _best_cut(model, tuning)
        return model

    def load(self, folder: Path) -> PieceClassifier:
        """Return the model `save` wrote."""
        data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        settings = as_config(ObjectSettings, data["settings"], method=self.card.name)
        target = Target.model_validate(data["target"])
        network = ContextNetwork(settings.network(outputs=len(kinds_of(target)) + 1))
        read_weights(network, folder / "weights.safetensors")
        return PieceClassifier(
            network,
            inputs=tuple(data["inputs"]),
            target=target,
            counts=tuple(Target.model_validate(t) for t in data["counts"]),
            settings=settings,
            watershed=data["watershed"],
            prior=data["prior"],
            middle=data["middle"],
        )


def table_of(known: Sequence[tuple[Pieces, Points]], *, radius: float, kinds: int) -> ObjectTable:
    """Return every piece with the kind of its dot (`kinds` = of none), and every dot without a piece at its own place."""
    case: list[NDArray[np.intp]] = []
    index: list[NDArray[np.float64]] = []
    kind: list[NDArray[np.intp]] = []
    for number, (pieces, truth) in enumerate(known):
        missed = hits_of(_places(pieces), truth.world, radius) < 0
        alone = pieces.grid.to_index(truth.world[missed]) if missed.any() else np.zeros((0, pieces.grid.ndim))
        classes = np.concatenate([_classes(pieces, truth, radius=radius, kinds=kinds), truth.kind[missed]])
        case.append(np.full(len(classes), number, np.intp))
        index.append(np.concatenate([pieces.index, np.asarray(alone, float)]))
        kind.append(np.asarray(classes, np.intp))
    return ObjectTable(case=np.concatenate(case), index=np.concatenate(index), kind=np.concatenate(kind))


def _classes(pieces: Pieces, truth: Points, *, radius: float, kinds: int) -> NDArray[np.intp]:
    """Return the kind of the dot nearest to each piece within the radius, (N,); `kinds` where there is none."""
    hit = hits_of(truth, pieces.world, radius)
    return np.asarray(np.where(hit >= 0, truth.kind[hit] if len(truth) else kinds, kinds), np.intp)


def _places(pieces: Pieces) -> Points:
    many = len(pieces.index)
    return Points(world=pieces.world, kind=np.zeros(many, np.intp), score=np.full(many, np.nan), names=("piece",))


def _tuning_f1(model: PieceClassifier, tuning: Sequence[tuple[Pieces, Points]]) -> Mapping[str, float]:
    """Return F1 of kind and place over the tuning cases, as "tune_point_f1"; {} without dots."""
    if not sum(len(truth) for _, truth in tuning):
        return {}
    points = [model.points(pieces) for pieces, _ in tuning]
    return {"tune_point_f1": _f1(points, [truth for _, truth in tuning], cut=0.5, radius=model.settings.radius)}


def _best_cut(model: PieceClassifier, tuning: Sequence[tuple[Pieces, Points]]) -> float:
    """Return the logit of the chance whose points have the best F1; 0 where the tuning cases hold few objects."""
    truths = [truth for _, truth in tuning]
    if sum(len(truth) for truth in truths) < LEAST:
        return 0.0
    points = [model.points(pieces) for pieces, _ in tuning]
    best = max(CUTS, key=lambda cut: _f1(points, truths, cut=cut, radius=model.settings.radius))
    return float(np.log(np.clip(best, EDGE, 1 - EDGE) / (1 - best)))


def _f1(points: Sequence[Points], truths: Sequence[Points], *, cut: float, radius: float) -> float:
    paired = whole = 0
    for said, truth in zip(points, truths, strict=True):
        for kind in range(len(truth.names)):
            given = said.world[(said.kind == kind) & (said.score >= cut)]
            m = match_points(truth.world[truth.kind == kind], given, radius=radius)
            paired, whole = paired + 2 * m.paired, whole + 2 * m.paired + m.extra + m.missed
    return paired / whole if whole else 0.0


METHOD = WatershedClassifier()
