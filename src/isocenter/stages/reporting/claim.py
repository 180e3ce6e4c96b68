"""The claim: what may be said, in one sentence, and what must be said beside it.

In:   Contents. Out: sentences.
Not:  no markup; no statistics (the estimate brings its interval).

Fewer than 10 patients: the points are listed, no interval, no claim. 10 to 19: the interval, with a note.
A figure from tuning cases is never called a test.
"""

import math
from collections.abc import Sequence

from isocenter.core.estimate import Estimate
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.figures.words import metric_within, number, unit_in_words
from isocenter.stages.reporting.contents import Contents

FEWEST = 10
"""Patients below which nothing is claimed."""
ROUGH = 20
"""Patients below which an interval is called rough."""


class Claim(Record):
    """What the page opens with."""

    sentence: str
    """The claim itself, or why there is none."""
    beside: tuple[str, ...]
    """Baseline, human raters, small numbers, openings: one sentence each."""
    made: bool
    """False: too few patients, not measured, or not a test."""


def claim_of(contents: Contents) -> Claim:
    """Return the claim of a run."""
    estimate = contents.main()
    if not contents.measured:
        return Claim(sentence=_so_far(contents), beside=(), made=False)
    if estimate is None or math.isnan(estimate.value):
        where = f"any {_part_words(contents.part)} case".replace("  ", " ")
        sentence = f"Nothing can be claimed: {metric_within(contents.primary)} could not be measured on {where}."
        return Claim(sentence=sentence, beside=tuple(_openings(contents)), made=False)
    beside = [
        *_arms(contents),
        *(added.sentence for added in contents.added),
        *_ground(contents, estimate),
        *_small(estimate),
        *_excluded(estimate),
        *(_other(other, estimate, contents) for other in contents.others()),
        *_openings(contents),
    ]
    return Claim(
        sentence=(f"Arm {contents.arm}: " if contents.arm else "") + _sentence(contents, estimate),
        beside=tuple(beside),
        made=estimate.patients >= FEWEST and contents.part in ("test", "folds"),
    )


def _so_far(contents: Contents) -> str:
    """How far a training is of which nothing has been measured."""
    done = 0 if contents.log is None or contents.log.empty else int(contents.log["step"].max())
    steps = f" of {contents.plan.steps}" if contents.plan is not None else ""
    return f"Nothing can be claimed yet: nothing has been measured, and the training stands at step {done}{steps}."


def _sentence(contents: Contents, estimate: Estimate) -> str:
    what = quantity_name(contents, estimate)
    if estimate.patients < FEWEST:
        return _too_few(contents, estimate, what)
    where = _where(contents, estimate)
    value = _with_unit(estimate.value, estimate.unit)
    return f"{where}, {what} was {value}{_interval(estimate)}."


def _too_few(contents: Contents, estimate: Estimate, what: str) -> str:
    points = patient_values(contents, estimate)
    patients = _count(estimate.patients, f"{_part_words(contents.part)} patient".strip())
    opening = f"{patients} {'is' if estimate.patients == 1 else 'are'} too few for a claim."
    if not points:
        return f"{opening} {what[0].upper()}{what[1:]} was {_with_unit(estimate.value, estimate.unit)}; no interval is given."
    name = what.removeprefix("mean ")
    name = name[0].upper() + name[1:]
    unit = unit_in_words(estimate.unit)
    listed = ", ".join(number(p) for p in points) + (f" {unit}" if unit else "")
    return f"{opening} {name}, one value a patient: {listed}. No interval is given."


def _where(contents: Contents, estimate: Estimate) -> str:
    patients = _count(estimate.patients, "patient")
    if contents.part == "test":
        return f"On {_count(estimate.cases, 'test case')} of {patients} never used for learning or tuning"
    if contents.part == "folds":
        folds = contents.split["fold"].replace("", None).nunique() if "fold" in contents.split else 0
        how = f"{folds}-fold cross-validation" if folds else "cross-validation"
        return (
            f"On {_count(estimate.cases, 'case')} of {patients}, each answered by a model that learned from other patients ({how})"
        )
    if contents.part == "tune":
        return f"On {_count(estimate.cases, 'tuning case')} of {patients}, which steered the training and are no test"
    return f"On {_count(estimate.cases, 'case')} of {patients} the model learned from, which say nothing about others"


def quantity_name(contents: Contents, estimate: Estimate) -> str:
    """Return what was measured, as it stands in a sentence: "mean Dice over anterior and posterior", "AUC"."""
    name = metric_within(estimate.name)
    measured = set(contents.measurements["name"]) if len(contents.measurements) else set()
    if estimate.name not in measured:
        return name
    target = contents.target
    return f"mean {name}{_over(target)}" if not name.startswith("mean ") else name


def _over(target: Target | None) -> str:
    if target is None or target.type != "mask":
        return ""
    classes = target.classes[1:]
    if len(classes) == 1:
        return f" of {classes[0]}"
    if len(classes) <= 3:
        return f" over {', '.join(classes[:-1])} and {classes[-1]}"
    return f" over {len(classes)} classes"


def patient_values(contents: Contents, estimate: Estimate) -> list[float]:
    """Return each patient's own value (mean over the patient's cases), from the smallest; [] for a cohort metric.

    A cohort's mean absolute error is the mean of the cases' absolute errors, so those are its points.
    """
    rows = contents.rows
    names = [estimate.name, estimate.name.removeprefix("mean_")]
    rows = rows[(rows["who"] == estimate.who) & rows["name"].isin(names) & (rows["target"].isin([estimate.target, ""]))]
    return sorted(float(v) for v in rows.dropna(subset=["value"]).groupby("patient")["value"].mean())


def _interval(estimate: Estimate) -> str:
    low, high = estimate.ci95
    how = estimate.interval.removesuffix("; small n").replace(" (", ", ").replace(")", "")  # small n has its own sentence
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    ends = f"{number(low, like=estimate.value)}–{number(high, like=estimate.value)}"
    if low < 0:
        ends = f"{number(low, like=estimate.value)} to {number(high, like=estimate.value)}".replace("-", "−")
    return f" (95 % interval {ends}{', ' + how if how else ''})"


def _arms(contents: Contents) -> list[str]:
    arms = sum(inner.kind == "arm" for inner in contents.inner)
    if not contents.arm or arms < 2:
        return []
    return [
        f"It is the first of {arms} arms; choosing the best of them by these cases would flatter it. All stand under Comparison."
    ]


def _ground(contents: Contents, estimate: Estimate) -> list[str]:
    """Where the sentence itself had no room for it: what the few listed cases were used for."""
    if estimate.patients >= FEWEST:
        return []
    if contents.part == "tune":
        return ["These cases steered the training and are no test."]
    return ["The model learned from these very cases; they say nothing about others."] if contents.part == "learn" else []


def _small(estimate: Estimate) -> list[str]:
    if FEWEST <= estimate.patients < ROUGH:
        return [f"With {estimate.patients} patients the interval itself is rough."]
    return []


def _excluded(estimate: Estimate) -> list[str]:
    if not estimate.excluded:
        return []
    verb = "is" if estimate.excluded == 1 else "are"
    return [f"{_count(estimate.excluded, 'case')} could not be measured and {verb} not in this number."]


def _other(other: Estimate, model: Estimate, contents: Contents) -> str:
    kind, _, name = other.who.partition(":")
    name = name.replace("_", " ")
    value = _with_unit(other.value, other.unit)
    low, high = other.ci95
    interval = f" ({number(low, like=other.value)}–{number(high, like=other.value)})" if math.isfinite(low) else ""
    if math.isnan(other.value):
        return f"{'A human rater' if kind == 'rater' else 'The baseline'} ({name}) could not be measured."
    if kind == "rater":
        return f"A human rater ({name}), judged by the same truth, reached {value}{interval}.{_difference(other, contents)}"
    gap = (other.value - model.value) * (-1 if contents.lower_is_better else 1)
    verdict = " The model does not beat it." if gap >= 0 else _difference(other, contents)
    return f"The baseline ({name}) reached {value}{interval} on the same cases.{verdict}"


def _difference(other: Estimate, contents: Contents) -> str:
    """The paired difference, effect first; "" where there is none with an interval."""
    for c in contents.comparisons:
        low, high = c.ci95
        if c.second == other.who and c.name == other.name and c.target == other.target and math.isfinite(low):
            ends = f"{number(low, like=c.effect)} to {number(high, like=c.effect)}"
            words = f" The model's is {number(abs(c.effect))} {'higher' if c.effect >= 0 else 'lower'} (difference {ends})."
            return words.replace("-", "−")
    return ""


def _openings(contents: Contents) -> list[str]:
    times = len(contents.openings)
    if contents.part != "test":
        return ["The test split has not been opened."] if (contents.split.get("part") == "test").any() and not times else []
    if times == 0:
        return ["How often this test split was opened is not recorded."]
    if times == 1:
        return ["This test split has been opened once."]
    return [f"This test split has been opened {times} times: the more often, the less it tells about new patients."]


def _with_unit(value: float, unit: str) -> str:
    words = unit_in_words(unit)
    return f"{number(value)} {words}" if words else number(value)


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _part_words(part: str) -> str:
    return {"test": "test", "tune": "tuning"}.get(part, "")


def ordered(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Return estimates as tables list them: model, raters, baselines; then by name; the whole before its groups."""
    rank = {"model": 0, "rater": 1, "baseline": 2}
    return sorted(
        estimates, key=lambda e: (e.target, e.name, e.group != "all", e.group, rank.get(e.who.partition(":")[0], 3), e.who)
    )
