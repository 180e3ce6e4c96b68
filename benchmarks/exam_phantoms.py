"""Labels of whole exams on phantoms whose truth is known: grades of a fundus, bone age, risk of dementia.

    python benchmarks/exam_phantoms.py [fundus hand dementia] [--folder DIR] [--short] [--draw]

fundus   : grades of retinopathy, ungradable photographs refused first, referral at a threshold fixed on tuning cases.
hand     : bone age with sex beside the film, by sex, limits of agreement.
dementia : Cox and discrete-time heads with age and sex beside the slice; death competes; the true chance's concordance beside.

Test cases are opened once an arm. Cases of a scanner that was never learned from are answered apart (part "other scanner").
A run taken up again does only what is left. Rows go to benchmarks/results/exam_phantoms.csv. --draw stops before training, --tune
before the test cases are opened.
"""

import argparse
import csv
import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from isocenter.core.study import Study
from isocenter.core.survival import Survival
from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.io.study_file import write_study
from isocenter.io.table import TableCases, open_cases
from isocenter.metrics.estimates.patient_bootstrap import patient_bootstrap
from isocenter.metrics.per_cohort import mean_absolute_error, quadratic_kappa, survival_auc, uno_concordance
from isocenter.stages.answer import load_model
from isocenter.stages.evaluate import evaluate
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from provenance import add_rows, provenance

Row = dict[str, object]
KEY = ("phantom", "size", "arm", "steps", "who", "part", "target", "name", "group")


@dataclass(frozen=True, kw_only=True)
class Question:
    """One phantom and what is asked of it."""

    phantom: str
    options: dict[str, Any]
    cases: tuple[int, int, int, int]
    """Learned from, tuned on, tested on; and of a scanner never learned from."""
    steps: int
    fields: dict[str, Any]
    """Of the study."""
    metric: CohortMetric
    """Of the first target, on the other scanner."""
    seed: int = 41
    """Of the draw; the other scanner's is two more."""
    prevalence: float | None = None
    blank: tuple[str, str, str] | None = None
    """(cell, column, value): the cell is emptied where the column has the value."""
    more: Callable[[RunFolder, TableCases, Sequence[str]], list[Row]] | None = None
    """Further rows of the test cases."""
    vary: dict[str, Any] = field(default_factory=dict)


def best_possible(arm: RunFolder, cases: TableCases, keys: Sequence[str]) -> list[Row]:
    """Return what the true chance of five years, death competing, reaches on the same cases: no one can do better but by luck."""
    del arm
    columns = cases.select(keys)
    truths = [cases[key].labels["dementia"] for key in keys]
    people = [cases[key].patient for key in keys]
    free = 1.0 - np.asarray(columns.column("chance_5y"), float)
    curves = [Survival(days=np.array([1.0]), alive=np.array([p])) for p in free]
    asked = (uno_concordance.METRIC, survival_auc.METRIC)
    return [{"who": "true chance", **estimated(metric, truths, curves, people)} for metric in asked]


QUESTIONS = {
    "fundus": Question(
        phantom="fundus",
        options={"size_px": 160},
        cases=(1200, 150, 300, 60),
        steps=1200,
        seed=53,  # a draw of 700 photographs of 96 px was tested before, by seed 41: kappa 0.792
        blank=("grade", "ungradable", "ungradable"),
        fields={
            "inputs": {"fundus": "fundus"},
            "targets": [
                {"name": "grade", "type": "ordinal", "columns": "grade",
                 "classes": ["none", "mild", "moderate", "severe", "proliferative"],
                 "operate": {"positive": ["moderate", "severe", "proliferative"], "sensitivity": 0.9}},
                {"name": "ungradable", "type": "class", "columns": "ungradable", "classes": ["gradable", "ungradable"]},
            ],
            "refuse": {"target": "ungradable", "class": "ungradable", "above": 0.5},
            "settings": {"batch": 16, "size": [160, 160]},
        },
        metric=quadratic_kappa.METRIC,
    ),
    "hand": Question(
        phantom="hand",
        options={"size_px": 160},
        cases=(1200, 150, 250, 40),
        steps=1500,
        seed=47,
        fields={
            "inputs": {"film": "film"},
            "targets": [{"name": "bone_age", "type": "value", "columns": "bone_age", "unit": "mo"}],
            "covariates": ["sex"], "groups": ["sex"], "baselines": ["training_mean", "covariates", "image_statistics"],
            "settings": {"batch": 16, "size": [160, 160]},
        },
        vary={"covariates": ["film", "none"]},
        metric=mean_absolute_error.METRIC,
    ),
    "dementia": Question(
        phantom="dementia_risk",
        options={"size_px": 64},
        cases=(1200, 200, 500, 40),
        steps=300,
        seed=59,  # a draw by seed 41 was tested before, with deaths taken for censorings
        fields={
            "inputs": {"t1": "t1"},
            "targets": [{"name": "dementia", "type": "survival", "columns": ["dementia_days", "dementia_event"],
                         "classes": ["censored", "dementia", "death"]}],
            "covariates": ["age", "sex"], "baselines": ["aalen_johansen", "covariates", "image_statistics"],
            "settings": {"covariates": "late"},
        },
        vary={"heads": [{"dementia": "discrete_time"}, {"dementia": "cox"}]},
        metric=uno_concordance.METRIC,
        more=best_possible,
    ),
}  # fmt: skip


def drawn(name: str, asked: Question, folder: Path, *, share: float) -> Path:
    """Draw the cases once: a pool split in learning, tuning and test cases, and beside it cases of the other scanner."""
    home = folder / name
    learn, tune, test, other = (max(20, round(n * share)) for n in asked.cases)
    for place, n, seed, nuisance in (
        (home, learn + tune + test, asked.seed, "learn"),
        (home / "other", other, asked.seed + 2, "test"),
    ):
        if not (place / "cases.csv").exists():
            options = {**asked.options, "nuisance": nuisance}
            write_phantom(asked.phantom, place, n=n, seed=seed, prevalence=asked.prevalence, options=options, progress=Terminal())
    rows = table_of(home)
    with open(home / "split.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "patient", "part", "fold"])
        for i, row in enumerate(rows):
            writer.writerow([row["case"], row["patient"], "test" if i < test else "tune" if i < test + tune else "learn", ""])
    for place in (home, home / "other"):
        asked_cells(place, asked)
    return home


def asked_cells(place: Path, asked: Question) -> None:
    """Write asked.csv: the table with the cells emptied that nobody could fill."""
    rows = table_of(place)
    if asked.blank is not None:
        cell, column, value = asked.blank
        rows = [row | {cell: ""} if row[column] == value else row for row in rows]
    with open(place / "asked.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def table_of(place: Path) -> list[dict[str, str]]:
    """Return the rows of a phantom's table."""
    with open(place / "cases.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def measure(name: str, asked: Question, home: Path, *, share: float, tune: bool) -> list[Row]:
    """Train every arm, open its test cases once, and return its rows; none with `tune`, which leaves the test cases closed."""
    where = provenance(seed=0)
    steps = max(20, round(asked.steps * share))
    fields = {"name": name, "cases": "asked.csv", "patient": "patient", "split": {"file": "split.csv"}, **asked.fields}
    settings = {**asked.fields.get("settings", {}), "steps": steps}
    study = write_study(Study.model_validate({**fields, "settings": settings, "vary": asked.vary}), home / "exam.yaml")
    made = run(study, out=home / f"run_{steps}", progress=Terminal())
    rows: list[Row] = []
    for arm in [] if tune else made.inners("arm") or [made]:
        if not arm.openings():
            evaluate(arm, test=True, progress=Terminal())
            report(arm)
        named = {"phantom": name, "size": sum(asked.cases), "arm": arm.path.name if arm is not made else "", "steps": steps}
        rows += [named | row | where for row in [*of_estimates(arm), *of_truth(arm, asked), *of_other(arm, asked, home / "other")]]
    return rows


def of_estimates(arm: RunFolder) -> list[Row]:
    """Return what `evaluate` found on the test cases."""
    return [
        {
            "who": e.who, "part": e.part, "target": e.target, "name": e.name, "group": e.group, "value": shown(e.value),
            "low": shown(e.ci95[0]), "high": shown(e.ci95[1]), "unit": e.unit, "interval": e.interval, "patients": e.patients,
            "cases": e.cases, "excluded": e.excluded,
        }
        for e in arm.estimates()
        if e.part == "test"
    ]  # fmt: skip


def of_truth(arm: RunFolder, asked: Question) -> list[Row]:
    """Return the rows of the test cases that need more of the truth than the study was given."""
    if asked.more is None:
        return []
    study, cases = open_run(arm)
    keys = read_split(arm).keys("test")
    return [printed({"part": "test", "target": study.targets[0].name, **row}) for row in asked.more(arm, cases, keys)]


def of_other(arm: RunFolder, asked: Question, place: Path) -> list[Row]:
    """Return the first target's metric on the cases of a scanner that was never learned from."""
    study, _ = open_run(arm)
    cases = open_cases(study.model_copy(update={"cases": Path("asked.csv")}), folder=place, data=place)
    target = study.targets[0].name
    with tempfile.TemporaryDirectory() as scratch:
        answers = {p.case: p.answers.get(target) for p in load_model(arm, study).predict(cases, scratch=Path(scratch))}
    known = [case for case in cases if target in case.labels and answers.get(case.key) is not None]
    said: list[Value] = [value for case in known if (value := answers[case.key]) is not None]
    row = estimated(asked.metric, [case.labels[target] for case in known], said, [case.patient for case in known])
    return [printed({"who": "model", "part": "other scanner", "target": target, **row})]


def estimated(metric: CohortMetric, truths: Sequence[Value], answers: Sequence[Value], people: Sequence[str]) -> Row:
    """Return a metric of some cases with the interval of the bootstrap over patients."""
    rng = np.random.default_rng(0)
    interval = patient_bootstrap(lambda weights: metric.function(truths, answers, weights), people, rng=rng)
    value = float(metric.function(truths, answers, np.ones((1, len(people))))[0])
    return {"name": metric.name, "value": value, "ends": interval.ends, "cases": len(people)}


def printed(row: Row) -> Row:
    """Return a row with its numbers as text."""
    low, high = row.pop("ends")  # type: ignore[misc]
    return {"who": "model", "group": "all", **row, "value": shown(float(row["value"])), "low": shown(low), "high": shown(high)}  # type: ignore[arg-type]


def shown(value: float) -> str:
    """Four digits; empty for NaN."""
    return "" if math.isnan(value) else f"{value:.4f}"


def main() -> None:
    """Draw, train, measure; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="*", default=list(QUESTIONS), help="all of them if none is named")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "exam_phantoms")
    parser.add_argument("--short", action="store_true", help="a fifth of the cases and steps")
    parser.add_argument("--draw", action="store_true", help="draw the cases, train nothing")
    parser.add_argument("--tune", action="store_true", help="leave the test cases closed")
    asked = parser.parse_args()
    share = 0.2 if asked.short else 1.0
    for name in asked.questions:
        home = drawn(name, QUESTIONS[name], asked.folder, share=share)
        rows = [] if asked.draw else measure(name, QUESTIONS[name], home, share=share, tune=asked.tune)
        if rows:
            print(add_rows("exam_phantoms", rows, key=KEY))


if __name__ == "__main__":
    main()
