"""Evaluate: answers against truths, case by case and for the cohort, with intervals; baselines and raters beside.

In:   predictions and the truths of the part asked for.
Out:  measurements.csv, estimates.json, comparisons.json; thresholds.json and decisions.csv where a target is acted on; a line in
      openings.csv when the test part was opened.
Not:  no judgment (audits), no drawing (report).
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.core.case import Case
from isocenter.core.comparison import Comparison
from isocenter.core.errors import RunError
from isocenter.core.estimate import Estimate
from isocenter.core.image import Image
from isocenter.core.mask import Mask, held_mask
from isocenter.core.measurement import Measurement
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study, Target
from isocenter.core.task import Keep, Pair, Task
from isocenter.core.value import Value
from isocenter.imaging.image_on import image_on
from isocenter.io.table import TableCases
from isocenter.learning.assessed import assessed
from isocenter.methods._radius import METRIC, radius_of, size_of
from isocenter.methods.registry import claim_of, measured_by, task_of
from isocenter.metrics.per_case import point_f1
from isocenter.metrics.registry import name_of, per_case, per_cohort
from isocenter.stages.cohort import Measure, compare_cases, estimate_all
from isocenter.stages.decided import Decided, compare_decisions, decide_all, estimate_decisions, write_decisions
from isocenter.stages.ledger import record_opening
from isocenter.stages.operate import operate
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.readers import READERS, estimate_readers
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder, measurement_row
from isocenter.stages.skipping import Skips
from isocenter.stages.split import Part, Split, read_split
from isocenter.stages.train import baselines_of
from isocenter.stages.unlike import estimate_refusals, refused_by


class Row:
    """What one answerer said of one case, measured."""

    def __init__(
        self, case: Case, *, fold: str, who: str, target: Target, pair: Pair, measured: Sequence[Measurement], keep: Keep = None
    ) -> None:
        self.key, self.patient, self.covariates = case.key, case.patient, case.covariates
        self.fold, self.who, self.target, self.measured = fold, who, target, measured
        # Small truths are kept for the cohort's metrics; of masks and images what their task keeps, or memory would grow.
        self.truth: Value | None = pair.truth
        self.answer: Value | None = pair.answer
        if hasattr(pair.truth, "grid"):
            self.truth = keep(pair.truth) if keep else None
            self.answer = keep(pair.answer) if keep else None


def evaluate(run: RunFolder, *, test: bool = False, progress: Progress | None = None) -> list[Estimate]:
    """Measure a run. `test` alone opens the test part, and the ledger keeps count.

    Without folds the tuning part is measured; with folds every case by the model that did not learn from it.
    """
    progress = progress or Quiet()
    study, cases = open_run(run)
    made = read_split(run)
    if study.vary:
        raise RunError(f"this run compares arms; evaluate one of them: isocenter evaluate {run.path}/arm/…")
    if test:
        check_test(made)
    part, sources = _sources(run, made, test=test)
    measures = measures_of(study, [place for _, place, _ in sources])
    for _, place, _ in sources:
        for chosen in operate(place).values():  # on tuning cases, before any test case is looked at
            if chosen.impossible:
                progress.say(f"no decision on {chosen.target} is possible: {chosen.impossible}")
    if test:
        record_opening(run, metric=claim_of(study).primary)  # before anything is measured: a kill leaves no uncounted look
    rows: list[Row] = []
    decided: list[Decided] = []
    unlike: dict[str, str] = {}
    for fold, place, keys in sources:
        rows += _measure_all(place, study, cases, keys, fold=fold, measures=measures, progress=progress)
        decided += decide_all(place, study, cases, keys, fold=fold)
        unlike |= refused_by(place, study, keys)
    estimates = estimate_all(rows, measures=measures, groups=study.groups, part=part, seed=study.seed)
    estimates += estimate_refusals(rows, unlike, measures=measures, study=study, part=part)
    estimates += estimate_decisions(decided, study, part=part)
    comparisons = compare_cases(rows, measures=measures, seed=study.seed)
    comparisons += compare_decisions(decided, study, part=part)
    _write(run, rows, estimates, comparisons, part=part)
    run.write_records(READERS, estimate_readers(rows, decided, study, part=part))
    write_decisions(run, decided, part=part)
    run.stamps.stamp("evaluate", part=part)
    return estimates


def rows_of_model(run: RunFolder, *, like: RunFolder | None = None) -> list[Row]:
    """Measure a run's model again on the part evaluated last, and write nothing: what a comparison of runs needs beside tables.

    like : the run that says how; itself if None
    """
    study, cases = open_run(run)
    part = run.stamps.notes("evaluate").get("part", "tune")
    _, sources = _sources(run, read_split(run), test=part == "test")  # opened before, or there would be no such note
    measures = measures_of(study, [place for _, place, _ in sources])
    if like is not None:
        theirs = measures_of(like.read(Study), [like, *like.inners("fold")])
        measures |= {name: measure for name, measure in theirs.items() if name in measures}
    rows: list[Row] = []
    for fold, place, keys in sources:
        rows += _measure_all(place, study, cases, keys, fold=fold, measures=measures, progress=Quiet())
    return [row for row in rows if row.who == "model"]


def measures_of(study: Study, places: Sequence[RunFolder]) -> dict[str, Measure]:
    """Return how each target is measured, by name; with folds the same in all of them, by the usual size of what all learned from.

    places : the folders whose models answered
    """
    seen = [place.read_json("fingerprint.json", stage="fingerprint") for place in places if place.exists("fingerprint.json")]
    sizes = {t.name: [size for one in seen if (size := size_of(one, t)) is not None] for t in study.targets}
    return {t.name: measure_of(study, t, size=float(np.median(sizes[t.name])) if sizes[t.name] else None) for t in study.targets}


def measure_of(study: Study, target: Target, *, size: float | None = None) -> Measure:
    """Return how a target is measured: by its task's metrics, and by those the study or the target names beside them.

    size : the usual diameter of its objects, in world units, by half of which points are paired; None = not known
    """
    task = measured_by(study, target)
    names = list(study.metrics_of(target))
    if point_f1.METRIC in task.per_case:
        within = radius_of(study, target, size=size)
        names = [*(name for name in names if name_of(name) != METRIC), f"{METRIC}_at({within.value:g})"]
    single = {name_of(name): per_case().get(name) for name in names if name_of(name) in per_case().names()}
    cohort = [per_cohort().get(name) for name in names if name_of(name) not in per_case().names()]
    replaced = [
        per_case().get(name_of(name)) for name in names if name_of(name) != name
    ]  # a metric with a number stands for the task's own without
    kept = [metric for metric in task.per_case if metric not in replaced]
    return Measure(
        primary=task.primary,
        per_case=tuple(dict.fromkeys([*kept, *single.values()])),
        per_cohort=tuple({m.name: m for m in (*task.per_cohort, *cohort)}.values()),
        keep=task.keep,
        skill=task.skill,
        floor=f"baseline:{task_of(study).floor}",
    )


def check_test(made: Split) -> None:
    """Refuse a wish to open a test part that is not there, before anything is trained for it."""
    if made.folds():
        raise RunError(
            f"this study has {len(made.folds())} folds, tested on one another's cases; a test part needs one model. "
            "Run the study without `folds:` and evaluate that run with --test."
        )
    if not made.keys("test"):
        raise RunError("expected a test part in split.csv, got none. Give the study `split: {test: 0.25}`, or more patients.")


def _sources(run: RunFolder, made: Split, *, test: bool) -> tuple[str, list[tuple[str, RunFolder, tuple[str, ...]]]]:
    """Return the part measured and, per fold, the run folder that answered which keys."""
    if made.folds():
        inner = {f: run.inner("fold", f) for f in made.folds()}
        return "folds", [(f, place, tuple(Skips(place).without(read_split(place).keys("test")))) for f, place in inner.items()]
    wanted: Part = "test" if test else "tune"
    if not made.keys(wanted):
        if made.keys("test"):
            raise RunError(
                f"expected tuning cases to measure, got none: the split has learning and test cases alone. "
                f"The run is done; open its test part with: isocenter evaluate {run.path} --test. Or give `split: {{folds: …}}`."
            )
        wanted = "learn"  # nothing is held out; the report says that these numbers are no test
    return wanted, [("", run, tuple(Skips(run).without(made.keys(wanted))))]


def _measure_all(
    place: RunFolder,
    study: Study,
    cases: TableCases,
    keys: Sequence[str],
    *,
    fold: str,
    measures: Mapping[str, Measure],
    progress: Progress,
) -> list[Row]:
    """Measure the model, its baselines and the further raters on some cases."""
    answerers: dict[str, Mapping[str, Prediction]] = {"model": {p.case: p for p in place.predictions()}}
    for name in baselines_of(study):
        answerers[f"baseline:{name}"] = {p.case: p for p in place.inner("baseline", name).predictions()}
    rows: list[Row] = []
    for key in progress.track(keys, total=len(keys), label="evaluate"):
        case = cases[key]
        for target in study.targets:
            if target.name not in case.labels:
                continue
            region = region_of(case, target)
            for who, answer, extras in _answers(case, target, answerers):
                pair = Pair(
                    case=key,
                    target=target,
                    truth=case.labels[target.name],
                    answer=_beside(answer, case.labels[target.name]),
                    region=region,
                    extras=extras,
                )
                measure = measures[target.name]
                measured = [m for metric in measure.per_case for m in metric(pair)]
                rows.append(Row(case, fold=fold, who=who, target=target, pair=pair, measured=measured, keep=measure.keep))
    return rows


def _beside(answer: Value, truth: Value) -> Value:
    """Return an answer where it is measured: an image on the samples of the true one."""
    return image_on(answer, truth.grid) if isinstance(answer, Image) and isinstance(truth, Image) else answer


def region_of(case: Case, target: Target) -> Mask | None:
    """Return what a label was given for, as a mask on its grid: its region or its slice; None = everywhere, or no samples."""
    label = case.labels[target.name]
    if not isinstance(label, Mask | Image):
        return None
    where = assessed(case, target, label.grid)
    if where is None:
        return None
    return held_mask(where.astype(np.uint8), dataclasses.replace(label.grid, times_s=()), ("outside", "inside"))


def _answers(
    case: Case, target: Target, answerers: Mapping[str, Mapping[str, Prediction]]
) -> Iterator[tuple[str, Value, Mapping[str, Value]]]:
    for who, predictions in answerers.items():
        prediction = predictions.get(case.key)
        if prediction is not None and target.name in prediction.answers:
            yield who, prediction.answers[target.name], prediction.extras
    for rater in target.beside:
        label = case.labels.get(f"{target.name}@{rater}")
        if label is not None:
            yield f"rater:{rater}", label, {}


def _write(
    run: RunFolder, rows: Sequence[Row], estimates: Sequence[Estimate], comparisons: Sequence[Comparison], *, part: str
) -> None:
    table: list[dict[str, Any]] = []
    for row in rows:
        place = {"patient": row.patient, "part": part, "fold": row.fold, "who": row.who, "target": row.target.name}
        table += [measurement_row(m, **place) for m in row.measured]
    run.write_measurements(table)
    run.write_records("estimates.json", estimates)
    run.write_json("comparisons.json", [dataclasses.asdict(c) for c in comparisons])


def primary_estimate(estimates: Sequence[Estimate], task: Task) -> Estimate | None:
    """Return the estimate a claim is made with, or None when nothing could be measured."""
    return next((e for e in estimates if e.name == task.primary and e.who == "model" and e.group == "all"), None)
