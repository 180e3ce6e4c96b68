"""Regularizers of shape beside the plain network, by how many cases are learned from: Dice, Betti errors, compactness.

    ISOCENTER_DATA=… python benchmarks/shape_priors.py [em chest cmr …] [--runs DIR] [--steps N] [--short]

em    : membranes of em_isbi2012, its last third of sections held out (one specimen: no interval is claimed)
chest : lungs of the chest phantom, 90 cases drawn, 60 of them not learned from
cmr   : cavities of sunnybrook_cmr, a third of its patients held out

Of an example its own test part stays closed. Every arm (none, adversarial, shape; 5, 15 and all learning images, or fewer sizes
where there are fewer images) does the same number of steps; those in which "shape" learns masks alone are among them. Shapes of
networks and patches are set, so that arms differ in what is asked alone. A difference from the plain arm of the same size is
paired over the held-out cases, its interval over patients. A run folder taken up again does only what is left. Rows go to
benchmarks/results/shape_priors.csv. --short: 20 steps of each arm, 5 and all images.
"""

import argparse
import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from isocenter.core.study import Study
from isocenter.io.study_file import read_study, write_study
from isocenter.metrics.tests_of_difference.permutation import compare_means
from isocenter.stages.evaluate import evaluate
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from networks import FLAT, held_out, write_table
from provenance import add_rows, provenance
from studies import EXAMPLES

ARMS = ("none", "adversarial", "shape")
SIZES = (5, 15)
MEASURED = ("dice", "betti_error", "betti_error_components", "betti_error_holes", "compactness", "true_compactness")
KEY = ("study", "steps", "learned_from", "regularizer", "name")
SEED = 12
SHORT_STEPS = 20


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a set."""

    patch: tuple[int, int]
    steps: int = 300
    example: str = ""
    phantom: str = ""
    """Drawn, where there is no example."""
    keep_patients: bool = True
    """Hold out whole patients; False = the last cases."""


QUESTIONS = {
    "em": Question(patch=(128, 128), example="em_isbi2012", keep_patients=False),
    "chest": Question(patch=(128, 128), phantom="chest_xray"),
    "cmr": Question(patch=(128, 128), example="sunnybrook_cmr"),
}


def asked_study(name: str, asked: Question, home: Path) -> Path:
    """Write the study of a question without its arms; return its path."""
    home.mkdir(parents=True, exist_ok=True)
    if asked.phantom:
        if not (home / "study.yaml").exists():
            write_phantom(asked.phantom, home, n=90, seed=SEED, progress=Terminal())
        fields = read_study(home / "study.yaml").model_dump(mode="json", exclude_unset=True, by_alias=True)
        fields["split"] = {"test": 1 / 3}
    else:
        folder = EXAMPLES / asked.example
        fields = read_study(folder / "study.yaml").model_dump(mode="json", exclude_unset=True, by_alias=True)
        rows = [r for r in csv.DictReader((folder / "split.csv").read_text(encoding="utf-8").splitlines()) if r["part"] != "test"]
        if not asked.keep_patients:
            fields["patient"] = "case"
            rows = [row | {"patient": row["case"]} for row in rows]
        kept = {row["case"] for row in rows}
        cases = csv.DictReader((folder / "cases.csv").read_text(encoding="utf-8").splitlines())
        write_table(home / "cases.csv", [case for case in cases if case["case"] in kept])
        write_table(home / "split.csv", held_out(rows))
        fields |= {"cases": "cases.csv", "split": {"file": "split.csv"}}
    fields |= {
        "name": name, "metrics": ["betti_error", "compactness"], "baselines": ["threshold"], "groups": [],
        "settings": {**FLAT, "widths": [16, 32, 64, 128], "patch": list(asked.patch), "deep_supervision": False},
        "vary": {"regularizer": list(ARMS)},
    }  # fmt: skip
    return write_study(Study.model_validate(fields), home / "study.yaml")


def measure(name: str, asked: Question, folder: Path, *, steps: int, sizes: tuple[int, ...]) -> list[dict[str, object]]:
    """Run the arms of every size and return their rows."""
    where = provenance(seed=0)
    study = asked_study(name, asked, folder / f"{name}_study")
    rows: list[dict[str, object]] = []
    for size in (*sizes, 0):  # 0 = all
        made = run(
            of_size(study, size), out=folder / f"{name}_{steps}_{size or 'all'}", settings={"steps": steps}, progress=Terminal()
        )
        arms: dict[str, RunFolder] = dict(zip(ARMS, made.inners("arm"), strict=True))
        for arm in arms.values():
            if not arm.openings():
                evaluate(arm, test=True, progress=Terminal())
        learned = len(read_split(arms["none"]).keys("learn"))
        shown = {"study": name, "steps": steps, "learned_from": learned}
        rows += [{**shown, **row, **where} for row in compared({regularizer: by_case(arm) for regularizer, arm in arms.items()})]
    return rows


def of_size(path: Path, size: int) -> Path:
    """Write the study that learns from so many cases, 0 = all, beside the one it is of; return its path."""
    if not size:
        return path
    study = read_study(path)
    fields = study.model_copy(update={"vary": {"cases": (size,), **study.vary}})
    return write_study(fields, path.with_name(f"study_{size}.yaml"))


def by_case(arm: RunFolder) -> pd.DataFrame:
    """Return what was measured of the model's answers to held-out cases: a row a case, a column a metric, and "patient"."""
    table = arm.measurements()
    mine = table[(table["part"] == "test") & (table["who"] == "model") & table["name"].isin(MEASURED)]
    wide = mine.pivot_table(index="case", columns="name", values="value", dropna=False)
    return wide.assign(patient=mine.groupby("case")["patient"].first())


def compared(arms: Mapping[str, pd.DataFrame]) -> list[dict[str, object]]:
    """Return a row for each arm and metric, with the paired difference from the plain arm."""
    rows: list[dict[str, object]] = []
    plain = arms["none"]
    for regularizer, table in arms.items():
        for name in MEASURED:
            if name not in table:
                continue
            values = table[name].reindex(plain.index)
            row: dict[str, object] = {
                "regularizer": regularizer, "name": name, "value": shown(float(values.mean())), "cases": int(values.notna().sum()),
                "patients": int(plain["patient"].nunique()), "difference": "", "low": "", "high": "", "p": "",
            }  # fmt: skip
            if regularizer != "none":
                found = compare_means(values, plain[name], list(plain["patient"]), rng=np.random.default_rng(0))
                row |= {"difference": shown(found.effect), "low": shown(found.interval.low), "high": shown(found.interval.high)}
                row["p"] = shown(found.p)
            rows.append(row)
    return rows


def shown(value: float) -> str:
    """Four digits; empty for NaN."""
    return "" if math.isnan(value) else f"{value:.4f}"


def main() -> None:
    """Run what was asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="*", default=list(QUESTIONS), help="all of them if none is named")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--steps", type=int, help="of each arm; default each question's own")
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    for name in asked.questions:
        question = QUESTIONS[name]
        steps = asked.steps or (SHORT_STEPS if asked.short else question.steps)
        learnable = (
            5 if asked.short or question.example == "em_isbi2012" else max(SIZES)
        )  # em_isbi2012 has 9 sections to learn from
        sizes = tuple(size for size in SIZES if size <= learnable)
        print(add_rows("shape_priors", measure(name, question, asked.runs, steps=steps, sizes=sizes), key=KEY))


if __name__ == "__main__":
    main()
