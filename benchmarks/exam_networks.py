"""Networks of whole exams on real sets, by a number of steps: several labels of one film, covariates beside it, sites left out.

    ISOCENTER_DATA=… python benchmarks/exam_networks.py [nih_labels abide_sites …] [--runs DIR] [--short]

nih_labels       : view, sex, age and abnormality of the films of nih_cxr64, one network
nih_covariates   : abnormality from the film, from age, sex and view, and from both: early, late, FiLM (C10)
cxr_covid_view   : the view; cxr_covid_finding: the finding of a patient's films, and what their source alone says
idrid_grading    : grades of 78 fundi, five folds
head_ct_1, _2    : bleeding on 40 slices, five folds, drawn twice; thumbnail and border beside
abide_subjects   : autism from connectomes, BrainNetCNN beside elastic net and site alone, folds within sites
abide_sites      : the same with whole sites left out

The internal test part of an example is opened once a question; where there are folds, every number is out of fold. A run folder
taken up again does only what is left. Rows go to benchmarks/results/exam_labels.csv. --short: a fifth of the steps.
"""

import argparse
import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isocenter.core.study import Study
from isocenter.io.study_file import read_study, write_study
from isocenter.stages.evaluate import evaluate
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from isocenter.stages.split import read_split
from provenance import add_rows, provenance
from studies import EXAMPLES, KEY, rows_of

FOLDS = 5


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of an example, and how long a network learns for it."""

    example: str
    steps: int
    changes: dict[str, Any] = field(default_factory=dict)
    """Fields of the study that differ from the example's."""
    sites_out: bool = False
    """Folds of whole sites, in place of the example's."""


NIH_LABELS = [
    {"name": "abnormal", "type": "class", "columns": "abnormal", "classes": ["normal", "abnormal"]},
    {"name": "view", "type": "class", "columns": "view", "classes": ["PA", "AP"]},
    {"name": "sex", "type": "class", "columns": "sex", "classes": ["F", "M"]},
    {"name": "age", "type": "value", "columns": "age", "unit": "a"},
]
QUESTIONS = {
    "nih_labels": Question(
        example="nih_cxr64",
        steps=150,
        changes={"targets": NIH_LABELS, "covariates": [], "groups": [], "baselines": ["label_means"]},
    ),
    "nih_covariates": Question(
        example="nih_cxr64",
        steps=200,
        changes={
            "vary": {"covariates": ["none", "early", "late", "film"]},
            "groups": [],
            "baselines": ["class_prior", "covariates"],
        },
    ),
    "cxr_covid_view": Question(example="cxr_covid_view", steps=200),
    "cxr_covid_finding": Question(
        example="cxr_covid_finding",
        steps=150,
        changes={"covariates": ["source"], "baselines": ["class_prior", "border", "covariates"]},
    ),
    "idrid_grading": Question(example="idrid_grading", steps=150),
    "head_ct_1": Question(example="head_ct_hemorrhage", steps=100),
    "head_ct_2": Question(example="head_ct_hemorrhage", steps=100, changes={"split": {"folds": FOLDS}, "seed": 1}),
    "abide_subjects": Question(example="abide_graphs", steps=200),
    "abide_sites": Question(example="abide_graphs", steps=200, sites_out=True),
}


def asked_study(name: str, asked: Question, home: Path) -> Path:
    """Write the study of a question beside a copy of its example's split; return its path."""
    home.mkdir(parents=True, exist_ok=True)
    folder = EXAMPLES / asked.example
    study = read_study(folder / "study.yaml")
    fields = study.model_dump(mode="json", exclude_unset=True, by_alias=True) | asked.changes | {"name": name}
    fields["cases"] = str((folder / "cases.csv").resolve())
    if "file" in fields.get("split", {}):
        rows = list(csv.DictReader((folder / "split.csv").read_text(encoding="utf-8").splitlines()))
        with open(home / "split.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(of_sites(folder, rows) if asked.sites_out else rows)
    return write_study(Study.model_validate(fields), home / "study.yaml")


def of_sites(folder: Path, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the split with whole sites a fold: the largest first, each into the fold that holds the fewest subjects."""
    site = {row["case"]: row["site"] for row in csv.DictReader((folder / "cases.csv").read_text(encoding="utf-8").splitlines())}
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[site[row["case"]]] = sizes.get(site[row["case"]], 0) + 1
    held = [0] * FOLDS
    fold: dict[str, int] = {}
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        fold[name] = held.index(min(held))
        held[fold[name]] += sizes[name]
    return [row | {"fold": str(fold[site[row["case"]]])} for row in rows]


def measure(name: str, asked: Question, folder: Path, *, steps: int) -> list[dict[str, object]]:
    """Run one question and return its rows."""
    where = provenance(seed=0)
    path = asked_study(name, asked, folder / f"{name}_study")
    made = run(path, out=folder / f"{name}_{steps}", settings={"steps": steps}, progress=Terminal())
    rows: list[dict[str, object]] = []
    for arm in made.inners("arm") or [made]:
        split = read_split(arm)
        if split.keys("test") and not split.folds() and not arm.openings():
            evaluate(arm, test=True, progress=Terminal())
            report(arm)
        label = name if arm is made else f"{name} {arm.path.name}"
        rows += rows_of(arm, study=label, budget=f"{steps} steps", where=where)
    return rows


def main() -> None:
    """Run what was asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="*", default=list(QUESTIONS), help="all of them if none is named")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    for name in asked.questions:
        steps = max(10, QUESTIONS[name].steps // (5 if asked.short else 1))
        print(add_rows("exam_labels", measure(name, QUESTIONS[name], asked.runs, steps=steps), key=KEY))


if __name__ == "__main__":
    main()
