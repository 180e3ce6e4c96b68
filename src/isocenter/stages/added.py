"""Added: what the labels of one target added to a network that learned those of another, from two arms of which one left them out.

In:   an evaluated run whose arms vary the weights of targets: `vary: {weights: [{grade: 0}, {grade: 1}]}`.
Out:  Added: how many labels of either kind were learned from, and the paired difference in the claim's number with its interval.
Not:  no training; no rate of exchange between two kinds of labels (exchange.py), which takes several numbers of each.
"""

import itertools
import math
from collections.abc import Mapping
from typing import Any

from isocenter.core.plan import Plan
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.figures.words import metric_within, number
from isocenter.stages.arms import arms_of
from isocenter.stages.compare import compare
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split

WEIGHTS = "weights"
_LABELS = {
    "mask": "masks", "points": "sets of points", "boxes": "sets of boxes", "count": "counts", "proportion": "proportions",
    "class": "class labels", "multilabel": "lists of findings", "ordinal": "grades", "value": "values", "survival": "times",
}  # fmt: skip
_PARTS = {"tune": "tuning cases, which are no test", "test": "test cases", "folds": "cases out of fold"}


class Added(Record):
    """One pair of arms."""

    without: str
    """Name of the arm that left labels out."""
    arm: str
    """Name of the arm that learned them."""
    added: Mapping[str, int]
    """Learning cases with a label that only the second arm learned, in words of the label."""
    beside: Mapping[str, int]
    """Learning cases with a label that both learned."""
    quantity: str
    effect: float
    """Of the arm that learned more, minus the other, case by case."""
    ci95: tuple[float, float]
    p: float
    patients: int
    part: str
    steps: tuple[int, int]
    """Of training, without and with."""

    @property
    def sentence(self) -> str:
        """Say it in one sentence."""
        learned = f"Learning from {_listed(self.added)} as well as {_listed(self.beside)}"
        where = f"on the {_PARTS.get(self.part, 'cases measured')} of {self.patients} patients"
        budget = "" if self.steps[0] == self.steps[1] else f", with {self.steps[1]} steps instead of {self.steps[0]}"
        low, high = self.ci95
        what = metric_within(self.quantity)
        if not math.isfinite(low):
            return _signed(f"{learned} changed {what} by {self.effect:+.3f} {where}{budget}; too few for an interval.")
        ends = f"[{number(low, like=self.effect)}, {number(high, like=self.effect)}]"
        if low <= 0 <= high:
            return _signed(f"{learned} changed {what} by {self.effect:+.3f} {ends} {where}{budget}: no difference was shown.")
        verb = "raised" if self.effect > 0 else "lowered"
        if self.effect < 0:
            ends = f"[{number(-high, like=self.effect)}, {number(-low, like=self.effect)}]"
        return _signed(f"{learned} {verb} {what} by {number(abs(self.effect))} {ends} {where}{budget}.")


def what_labels_added(run: RunFolder) -> list[Added]:
    """Return every pair of evaluated arms that differ in whether labels were learned; [] where the run varies no weights."""
    study = run.read(Study)
    if WEIGHTS not in study.vary:
        return []
    arms = {name: asked for name, asked in arms_of(study).items() if run.inner("arm", name).exists("estimates.json")}
    found = [
        _added(run, (name, arms[name]), (other, arms[other]))
        for name, other in itertools.permutations(arms, 2)
        if _same_otherwise(arms[name], arms[other]) and _left_out(arms[name]) > _left_out(arms[other])
    ]
    return [made for made in found if made is not None]


def _added(run: RunFolder, without: tuple[str, Study], more: tuple[str, Study]) -> Added | None:
    """Compare two arms; None where the first does not learn the target of the claim, or nothing is paired."""
    learned = [t for t in more[1].targets if t.use == "learn"]
    only = _left_out(without[1]) - _left_out(more[1])
    if learned[0].name in _left_out(without[1]):
        return None
    one, other = run.inner("arm", without[0]), run.inner("arm", more[0])
    row = compare([one.path, other.path])[1]
    if row.effect is None:
        return None
    counts = labels_learned(other)
    return Added(
        without=without[0],
        arm=more[0],
        added={_words(t): counts[t.name] for t in learned if t.name in only},
        beside={_words(t): counts[t.name] for t in learned if t.name not in only and t.name not in _left_out(more[1])},
        quantity=row.quantity,
        effect=row.effect,
        ci95=(row.low, row.high),
        p=row.p,
        patients=row.patients,
        part=str(other.stamps.notes("evaluate").get("part", "")),
        steps=(one.read(Plan).steps, other.read(Plan).steps) if one.exists("plan.json") and other.exists("plan.json") else (0, 0),
    )


def _left_out(study: Study) -> frozenset[str]:
    """Return the targets an arm gives the weight 0."""
    weights = study.settings.get(WEIGHTS)
    return frozenset(str(name) for name, weight in weights.items() if weight == 0) if isinstance(weights, Mapping) else frozenset()


def _same_otherwise(one: Study, other: Study) -> bool:
    return _without_weights(one) == _without_weights(other)


def _without_weights(study: Study) -> dict[str, Any]:
    fields = study.model_dump()
    fields["settings"] = {name: value for name, value in study.settings.items() if name != WEIGHTS}
    return fields


def labels_learned(arm: RunFolder) -> dict[str, int]:
    """Return how many learning cases of an arm carry a label, by target; under folds, the first fold's. Opens no image."""
    study, cases = open_run(arm)
    keys = read_split((arm.inners("fold") or [arm])[0]).keys("learn")
    return {t.name: sum(t.name in cases[key].labels for key in keys) for t in study.targets}


def _words(target: Target) -> str:
    return f"{_LABELS.get(target.type, 'labels')} of {target.name}"


def _listed(counts: Mapping[str, int]) -> str:
    return " and ".join(f"{count} {words}" for words, count in counts.items())


def _signed(text: str) -> str:
    return text.replace("-", "−")
