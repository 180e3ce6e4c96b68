"""What covariates, thumbnail, border, image statistics and edges alone tell of real exams: out of fold, the test part left closed.

    ISOCENTER_DATA=… python benchmarks/exam_baselines.py [nih_abnormal abide …] [--runs DIR] [--short]

Each question is a study of its own made from an example's table without the patients of its test part, in five folds. A run folder
taken up again does only what is left. Rows go to benchmarks/results/exam_baselines.csv. --short: the three smallest questions.
"""

import argparse
import csv
import math
from dataclasses import dataclass
from pathlib import Path

from isocenter.core.study import Study, Target
from isocenter.io.study_file import write_study
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from provenance import add_rows, provenance

EXAMPLES = Path(__file__).parents[1] / "examples"
IMAGE = ("thumbnail", "border", "covariates")
KEY = ("study", "who", "name", "group")


@dataclass(frozen=True, kw_only=True)
class Question:
    """One label of one example, and what is asked of it."""

    example: str
    shown: tuple[str, str]
    """Input: column."""
    column: str
    classes: tuple[str, ...] = ()
    """() = a number."""
    covariates: tuple[str, ...] = ()
    method: str = "image_statistics"
    baselines: tuple[str, ...] = IMAGE


QUESTIONS = {
    "nih_abnormal": Question(
        example="nih_cxr64",
        shown=("film", "image"),
        column="abnormal",
        classes=("normal", "abnormal"),
        covariates=("age", "sex", "view"),
    ),
    "nih_view": Question(
        example="nih_cxr64", shown=("film", "image"), column="view", classes=("PA", "AP"), covariates=("age", "sex")
    ),
    "nih_sex": Question(example="nih_cxr64", shown=("film", "image"), column="sex", classes=("F", "M"), covariates=("age", "view")),
    "nih_age": Question(
        example="nih_cxr64",
        shown=("film", "image"),
        column="age",
        covariates=("sex", "view"),
        baselines=("training_mean", *IMAGE),
    ),
    "abide": Question(
        example="abide_graphs",
        shown=("connectome", "connectome"),
        column="diagnosis",
        classes=("control", "autism"),
        covariates=("site",),
        method="edges",
        baselines=("covariates",),
    ),
    "head_ct": Question(
        example="head_ct_hemorrhage",
        shown=("slice", "image"),
        column="hemorrhage",
        classes=("absent", "present"),
        baselines=("thumbnail", "border"),
    ),
    "cxr_view": Question(
        example="cxr_covid_view",
        shown=("radiograph", "image"),
        column="view",
        classes=("PA", "AP", "AP Supine", "L"),
        covariates=("sex", "age", "source"),
    ),
}
SHORT = ("head_ct", "cxr_view", "nih_abnormal")


def write_question(name: str, question: Question, folder: Path) -> Path:
    """Write a study without the test patients of its example; return the path of study.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(EXAMPLES / question.example / "split.csv", newline="", encoding="utf-8") as file:
        closed = {row["case"] for row in csv.DictReader(file) if row["part"] == "test"}
    with open(EXAMPLES / question.example / "cases.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["case"] not in closed]
    with open(folder / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    kind = "class" if question.classes else "value"
    study = Study(
        name=name,
        cases=Path("cases.csv"),
        inputs=dict([question.shown]),
        targets=(Target(name=question.column, type=kind, columns=(question.column,), classes=question.classes),),
        covariates=question.covariates,
        task="classification" if question.classes else "regression",
        method=question.method,
        baselines=question.baselines,
        split={"folds": 5},
    )
    return write_study(study, folder / "study.yaml")


def measure(name: str, runs: Path) -> list[dict[str, object]]:
    """Answer one question; return its rows."""
    where = provenance(seed=0)
    made = run(write_question(name, QUESTIONS[name], runs / f"{name}_study"), out=runs / name, progress=Terminal())
    return [
        {
            "study": name,
            "who": QUESTIONS[name].method if e.who == "model" else e.who.removeprefix("baseline:"),
            "name": e.name,
            "group": e.group,
            "value": shown(e.value),
            "low": shown(e.ci95[0]),
            "high": shown(e.ci95[1]),
            "unit": e.unit,
            "interval": e.interval,
            "patients": e.patients,
            "cases": e.cases,
            "excluded": e.excluded,
            "part": e.part,
            **where,
        }
        for e in made.estimates()
    ]


def shown(value: float) -> str:
    """Four digits; empty for NaN."""
    return "" if math.isnan(value) else f"{value:.4f}"


def main() -> None:
    """Answer what was asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="*", choices=[*QUESTIONS, []], default=[])
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    for name in asked.questions or (SHORT if asked.short else QUESTIONS):
        print(add_rows("exam_baselines", measure(name, asked.runs), key=KEY))


if __name__ == "__main__":
    main()
