"""Evaluate: answers against truths, case by case and for the cohort, with intervals; baselines and raters beside.

In:   predictions and the truths of the part asked for.
Out:  measurements.csv, estimates.json, comparisons.json; a line in openings.csv when the test part was opened.
Not:  no judgment (audits), no drawing (report).
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from isocenter.core.case import Case
from isocenter.core.comparison import Comparison
from isocenter.core.errors import RunError
from isocenter.core.estimate import Estimate
from isocenter.core.measurement import Measurement
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study, Target
from isocenter.core.task import CaseMetric, Pair, Task
from isocenter.core.value import Value
from isocenter.io.table import TableCases
from isocenter.methods.registry import task_of
from isocenter.metrics.registry import per_case, per_cohort
from isocenter.stages.cohort import compare_cases, estimate_all
from isocenter.stages.ledger import record_opening
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder, measurement_row
from isocenter.stages.split import Part, Split, read_split


class Row:
    """What one answerer said of one case, measured."""

    def __init__(self, case: Case, *, fold: str, who: str, target: Target, pair: Pair, measured: Sequence[Measurement]) -> None:
        self.key, self.patient, self.covariates = case.key, case.patient, case.covariates
        self.fold, self.who, self.target, self.measured = fold, who, target, measured
        # Small truths are kept for the cohort's metrics; masks and images are not, or memory would grow with the cohort.
        small = not hasattr(pair.truth, "grid")
        self.truth: Value | None = pair.truth if small else None
        self.answer: Value | None = pair.answer if small else None


def evaluate(run: RunFolder, *, test: bool = False, progress: Progress | None = None) -> list[Estimate]:
    """Measure a run. `test` alone opens the test part, and the ledger keeps count.

    Without folds the tuning part is measured; with folds every case by the model that did not learn from it.
    """
    progress = progress or Quiet()
    study, cases = open_run(run)
    task = task_of(study)
    made = read_split(run)
    folds = made.folds()
    if folds and test:
        raise RunError(
            f"this study has {len(folds)} folds, whose models are tested on one another's cases; a test part needs one model. "
            "Run the study without `folds:` and evaluate that run with --test."
        )
    part, sources = _sources(run, made, test=test)
    metrics = list(dict.fromkeys([*task.per_case, *(per_case().get(n) for n in study.metrics if n in per_case().names())]))
    named = [per_cohort().get(n) for n in study.metrics if n not in per_case().names()]
    cohort = list({m.name: m for m in (*task.per_cohort, *named)}.values())
    rows: list[Row] = []
    for fold, place, keys in sources:
        rows += _measure_all(place, study, cases, keys, fold=fold, metrics=metrics, progress=progress)
    estimates = estimate_all(rows, task=task, cohort=cohort, groups=study.groups, part=part, seed=study.seed)
    comparisons = compare_cases(rows, primary=task.primary, seed=study.seed)
    _write(run, rows, estimates, comparisons, part=part)
    if test:
        primary = next(
            (e.value for e in estimates if e.name == task.primary and e.who == "model" and e.group == "all"), float("nan")
        )
        record_opening(run, metric=task.primary, value=primary)
    run.stamps.stamp("evaluate", part=part)
    return estimates


def _sources(run: RunFolder, made: Split, *, test: bool) -> tuple[str, list[tuple[str, RunFolder, tuple[str, ...]]]]:
    """Return the part measured and, per fold, the run folder that answered which keys."""
    if made.folds():
        return "folds", [(f, run.inner("fold", f), read_split(run.inner("fold", f)).keys("test")) for f in made.folds()]
    wanted: Part = "test" if test else "tune"
    keys = made.keys(wanted)
    if test and not keys:
        raise RunError("expected a test part in split.csv, got none. Give the study `split: {test: 0.25}`, or more patients.")
    if not keys:
        wanted = "learn" if not made.keys("test") else "tune"
        keys = made.keys(wanted)
    return wanted, [("", run, keys)]


def _measure_all(
    place: RunFolder,
    study: Study,
    cases: TableCases,
    keys: Sequence[str],
    *,
    fold: str,
    metrics: Sequence[CaseMetric],
    progress: Progress,
) -> list[Row]:
    """Measure the model, its baselines and the further raters on some cases."""
    answerers: dict[str, Mapping[str, Prediction]] = {"model": {p.case: p for p in place.predictions()}}
    for baseline in place.inners("baseline"):
        answerers[f"baseline:{baseline.path.name}"] = {p.case: p for p in baseline.predictions()}
    rows: list[Row] = []
    for key in progress.track(keys, total=len(keys), label="evaluate"):
        case = cases[key]
        for target in study.targets:
            if target.name not in case.labels:
                continue
            for who, answer, extras in _answers(case, target, answerers):
                pair = Pair(
                    case=key,
                    target=target,
                    truth=case.labels[target.name],
                    answer=answer,
                    region=case.regions.get(target.region) if target.region else None,
                    extras=extras,
                )
                measured = [m for metric in metrics for m in metric(pair)]
                rows.append(Row(case, fold=fold, who=who, target=target, pair=pair, measured=measured))
    return rows


def _answers(
    case: Case, target: Target, answerers: Mapping[str, Mapping[str, Prediction]]
) -> Iterator[tuple[str, Value, Mapping[str, Value]]]:
    for who, predictions in answerers.items():
        prediction = predictions.get(case.key)
        if prediction is not None and target.name in prediction.answers:
            yield who, prediction.answers[target.name], prediction.extras
    for rater in target.raters[1:]:
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
