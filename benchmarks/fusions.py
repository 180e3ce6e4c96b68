"""Fusions of four contrasts, tuned alike: how hard is each to tune, and how good is the one chosen with any contrasts missing?

    python benchmarks/fusions.py [--configurations 12] [--steps 200] [--folder DIR] [--short]

Cases  : the brain MR phantom, slices of 48 px brought to 32, with t1, flair, dwi and t1c; healthy, stroke (seen in dwi alone),
         tumor and swelling (told apart in t1c alone). In what is learned from and tuned on, each contrast is missing with a chance
         of 0.3, one always stays. Test cases are complete.
Arms   : stacked (zeros for what is missing), stacked_mean (the mean image), hemis, dualnet, auxloss; small encoders.
Tuning : the same random configurations for every arm (`isocenter tune`), chosen on tuning cases.
Test   : the chosen one of each arm, opened once, on all 15 subsets of the contrasts.

A folder taken up again does only what is left. Rows go to benchmarks/results/fusions.csv.
"""

import argparse
import csv
import dataclasses
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from isocenter.audits.views import named, subsets_of
from isocenter.core.case import Case, CaseList
from isocenter.core.estimate import Estimate
from isocenter.core.image import Image, held_image
from isocenter.core.study import Study
from isocenter.core.task import Pair
from isocenter.io.answers import write_cases
from isocenter.io.study_file import write_study
from isocenter.stages.answer import load_model
from isocenter.stages.cohort import estimate_all
from isocenter.stages.evaluate import Row, measure_of
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from isocenter.stages.tune import tune
from provenance import add_rows, provenance

FUSIONS = ("stacked", "stacked_mean", "hemis", "dualnet", "auxloss")
CONTRASTS = ("t1", "flair", "dwi", "t1c")
DIAGNOSES = ("healthy", "stroke", "tumor", "swelling")
DRAWN = 540
"""Cases drawn; two thirds have one of the diagnoses."""
MISSING = 0.3
TUNE = {
    "learning_rate": {"low": 1e-3, "high": 3e-2, "scale": "log"},
    "weight_decay": {"low": 1e-3, "high": 1e-1, "scale": "log"},
    "dropout": {"low": 0.0, "high": 0.5},
    "augmentation": {"low": 0.0, "high": 1.0},
    "view_dropout": [0.0, 0.2, 0.4],
    "auxiliary_weight": {"low": 0.1, "high": 1.0},
}
KEY = ("fusion", "what", "of", "cases", "steps", "configurations")


def drawn(folder: Path, *, count: int, tuned: int, test: int) -> Path:
    """Draw the cases once; empty cells of what is not tested; write table and split. Returns the folder."""
    home = folder / "brain"
    if not (home / "cases.csv").exists():
        write_phantom("brain_mr", home, n=count, seed=41, target="diagnosis", options={"size": 48}, progress=Terminal())
    with open(home / "cases.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["diagnosis"] in DIAGNOSES]
    rng = np.random.default_rng(42)
    parts = ["test"] * test + ["tune"] * tuned + ["learn"] * (len(rows) - test - tuned)
    for row, part in zip(rows, parts, strict=True):
        gone, kept = rng.random(len(CONTRASTS)) < MISSING, int(rng.integers(len(CONTRASTS)))
        for index, name in enumerate(CONTRASTS):
            if part != "test" and gone[index] and (not gone.all() or index != kept):
                row[name] = ""
    write_cases(rows, home / "missing.csv")
    with open(home / "split.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "patient", "part", "fold"])
        writer.writerows([row["case"], row["patient"], part, ""] for row, part in zip(rows, parts, strict=True))
    return home


def study_of(home: Path, *, steps: int) -> Path:
    """Write the study."""
    fields = {
        "name": "fusions",
        "cases": "missing.csv",
        "inputs": {name: name for name in CONTRASTS},
        "targets": [
            {"name": "diagnosis", "type": "class", "columns": "diagnosis", "classes": list(DIAGNOSES)}
        ],
        "split": {"file": "split.csv"},
        "settings": {"size": [32, 32], "steps": steps, "batch": 16, "encoder_settings": {"widths": [8, 16, 32], "first_stride": 2}},
        "vary": {"fusion": list(FUSIONS)},
        "tune": TUNE,
    }  # fmt: skip
    return write_study(Study.model_validate(fields), home / "study.yaml")


def held(case: Case) -> Case:
    """Return a case whose pictures are in memory, as they are looked at fifteen times."""
    pictures = {name: image for name, image in case.inputs.items() if isinstance(image, Image)}
    return dataclasses.replace(case, inputs={name: held_image(image.array(), image.grid) for name, image in pictures.items()})


def subsets(arm: RunFolder) -> list[tuple[str, Estimate]]:
    """Return the AUC of one chosen network on the test cases, shown each subset of the contrasts alone."""
    study, cases = open_run(arm)
    target = study.targets[0]
    everything = measure_of(study, target)
    cohort = tuple(metric for metric in everything.per_cohort if metric.name == everything.primary)
    measure = dataclasses.replace(everything, per_case=(), per_cohort=cohort)
    model = load_model(arm, study)
    whole = [held(cases[key]) for key in read_split(arm).keys("test")]
    found = []
    for subset in subsets_of(CONTRASTS):
        shown = CaseList([dataclasses.replace(c, inputs={n: c.inputs[n] for n in subset}) for c in whole])
        rows = []
        for said in model.predict(shown, scratch=arm.path):
            case, answer = shown[said.case], said.answers[target.name]
            pair = Pair(case=case.key, target=target, truth=case.labels[target.name], answer=answer, region=None, extras={})
            rows.append(Row(case, fold="", who="model", target=target, pair=pair, measured=()))
        estimates = estimate_all(rows, measures={target.name: measure}, groups=(), part="test", seed=0)
        found.append((named(subset), next(e for e in estimates if e.name == measure.primary)))
    return found


def measure(folder: Path, *, configurations: int, steps: int, counts: Sequence[int]) -> list[dict[str, object]]:
    """Tune every arm, test the chosen ones, and return the rows."""
    where = provenance(seed=0)  # of the code that is about to run
    count, tuned, test = counts
    home = drawn(folder, count=count, tuned=tuned, test=test)
    out = folder / "run"
    made = tune(study_of(home, steps=steps), out=out, configurations=configurations, test=True, progress=Terminal())
    learn = read_split(RunFolder(out)).count("learn")[0]
    rows: list[dict[str, object]] = []
    for arm in made.arms:
        key = {"fusion": arm.arm.removeprefix("fusion="), "cases": learn, "steps": steps, "configurations": configurations}

        def add(what: str, of: object, value: float, low: float = math.nan, high: float = math.nan, **more: object) -> None:
            ends = {"low": shown(low), "high": shown(high)}
            rows.append({**key, "what": what, "of": of, "value": shown(value), **ends, **more, **where})  # noqa: B023

        for point in arm.curve:
            add("expected_best", point.tried, point.best, *point.interval.ends, patients=made.patients, part=made.part)
        add("sd_of_configurations", "all", arm.spread, patients=made.patients, part=made.part, diverged=arm.failed)
        settings = " ".join(f"{name}={value}" for name, value in arm.chosen.settings.items())
        add("chosen", arm.chosen.configuration, arm.chosen.score, patients=made.patients, part=made.part, settings=settings)
        for subset, estimate in subsets(RunFolder(out / arm.chosen.run)):
            add("auc", subset, estimate.value, *estimate.ci95, patients=estimate.patients, part="test", openings=arm.openings)
    for contrast in made.contrasts:
        found = contrast.found
        key = {"fusion": contrast.first.removeprefix("fusion="), "cases": learn, "steps": steps, "configurations": configurations}
        ends = {"value": shown(found.best), "low": shown(found.interval.low), "high": shown(found.interval.high)}
        what = f"expected_best_minus_{contrast.second.removeprefix('fusion=')}"
        rows.append({**key, "what": what, "of": found.tried, **ends, "part": made.part, **where})
    return rows


def shown(value: float) -> str:
    """Four digits; empty for NaN."""
    return "" if math.isnan(value) else f"{value:.4f}"


def main() -> None:
    """Draw, tune, test; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--configurations", type=int, default=12)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "fusions")
    parser.add_argument("--short", action="store_true", help="3 configurations, 60 steps, 120 cases")
    asked = parser.parse_args()
    configurations, steps, counts = (3, 60, (120, 20, 30)) if asked.short else (asked.configurations, asked.steps, (DRAWN, 80, 120))
    folder = asked.folder / "short" if asked.short else asked.folder
    print(add_rows("fusions", measure(folder, configurations=configurations, steps=steps, counts=counts), key=KEY))


if __name__ == "__main__":
    main()
