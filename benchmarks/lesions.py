"""Lesions under extreme imbalance: losses, samplers and networks on the white-matter-lesion phantom, and a look at one patient.

    ISOCENTER_DATA=… python benchmarks/lesions.py [losses samplers networks] [--runs DIR] [--seeds 3] [--steps N] [--short]

losses   : Dice + cross-entropy, Dice, Tversky, focal, sensitivity-specificity, boundary, by the default sampler
samplers : uniform, foreground, balanced, selective, cased, by the Tversky loss
networks : U-Net against multi-scale streams, by the Tversky loss

Arms differ in what is asked alone: shapes, patches and steps are set, so that equal steps are equal work per question. 24 patients
teach, 4 tune, 16 are tested (benchmark grade); every seed draws a cohort of its own. Each arm of the first seed then answers the
one development patient of ms_lesions_ljubljana: a look, not a test. --short: as many patients of the test grade, 300 steps, no
look. A run folder taken up again does only what is left. Rows go to benchmarks/results/lesions.csv.
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from isocenter.core.mask import held_mask
from isocenter.core.study import Study
from isocenter.core.task import Pair
from isocenter.io.study_file import read_study, write_study
from isocenter.io.table import open_cases
from isocenter.metrics.per_case import dice, lesion_f1
from isocenter.phantoms import PHANTOMS
from isocenter.stages.arms import CONFIGURATION
from isocenter.stages.evaluate import evaluate
from isocenter.stages.phantom import write_phantom
from isocenter.stages.predict import predict
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from networks import PLAIN, write_table
from provenance import add_rows, provenance
from studies import EXAMPLES, KEY, rows_of

LOSSES = ("dice_cross_entropy", "dice", "tversky", "focal", "sensitivity_specificity", "boundary")
SAMPLERS = ("uniform", "foreground", "balanced", "selective", "cased")
ARMS: dict[str, list[dict[str, Any]]] = {
    "losses": [{"loss": name} for name in LOSSES],
    "samplers": [{"sampler": name} for name in SAMPLERS],
    "networks": [{"network": name} for name in ("unet", "multi_scale")],
}
BY = {"samplers": {"loss": "tversky"}, "networks": {"loss": "tversky"}}
"""By Dice + cross-entropy 300 steps left every mask empty, whatever the sampler."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a comparison is."""

    grade: str
    patients: tuple[int, int, int]
    """To learn from, to tune on, to test on."""
    steps: int
    settings: dict[str, Any]
    look: bool = True
    """Whether each arm of the first seed answers the real patient."""


FULL = Size(
    grade="benchmark",
    patients=(24, 4, 16),
    steps=1500,
    settings={**PLAIN, "patch": [64, 64, 16], "widths": [16, 32, 64, 128], "batch": 2},
)
SHORT = Size(
    grade="test",
    patients=(24, 4, 16),
    steps=300,
    settings={**PLAIN, "patch": [48, 48, 8], "widths": [8, 16, 32], "batch": 2},
    look=False,
)


def cohort(size: Size, home: Path, *, seed: int) -> Path:
    """Draw the patients of one seed, once, with their split; return the folder."""
    if not (home / "study.yaml").exists():  # written last
        n = sum(size.patients)
        write_phantom("white_lesions", home, n=n, seed=100 + seed, grade=size.grade, prevalence=1.0, progress=Terminal())
    if not (home / "split.csv").exists():
        parts = [part for part, many in zip(("learn", "tune", "test"), size.patients, strict=True) for _ in range(many)]
        drawn = list(csv.DictReader((home / "cases.csv").read_text(encoding="utf-8").splitlines()))
        told = [
            {"case": r["case"], "patient": r["patient"], "part": part, "fold": ""} for r, part in zip(drawn, parts, strict=True)
        ]
        write_table(home / "split.csv", told)
    return home


def asked_study(question: str, size: Size, home: Path, *, seed: int) -> Path:
    """Write the study of a question beside its cohort; return its path."""
    fields = read_study(home / "study.yaml").model_dump(mode="json", exclude_unset=True, by_alias=True)
    fields |= {
        "name": f"white_lesions_{question}",
        "baselines": ["threshold"],
        "settings": {**size.settings, **BY.get(question, {})},
        "vary": {CONFIGURATION: ARMS[question]},
        "split": {"file": "split.csv"},
        "seed": seed,
    }
    return write_study(Study.model_validate(fields), home / f"{question}.yaml")


def look(arm: RunFolder, out: Path) -> list[tuple[str, float]]:
    """Return lesion-wise numbers of an arm's answer for the development patient of ms_lesions."""
    folder = EXAMPLES / "ms_lesions"
    study = read_study(folder / "study.yaml")
    cases = open_cases(study, folder=folder)
    if not (out / "cases.csv").exists():
        predict(arm.path, folder / "cases.csv", out=out)
    key, target = next(iter(cases.keys)), study.targets[0]
    row = next(csv.DictReader((out / "cases.csv").read_text(encoding="utf-8").splitlines()))
    truth = cases[key].labels[target.name]
    found = np.asarray(nib.load(out / row["predicted_lesions"]).dataobj) > 0  # numbered, as the phantom's lesions are
    pair = Pair(case=key, target=target, truth=truth, answer=held_mask(found.astype(np.uint8), truth.grid, target.classes))
    return [(m.name, m.value) for metric in (lesion_f1.METRIC, dice.METRIC) for m in metric(pair)]


def measure(question: str, size: Size, folder: Path, *, seed: int, steps: int) -> list[dict[str, object]]:
    """Run one question with one seed and return its rows."""
    where = provenance(seed=seed) | {"hash": PHANTOMS.get("white_lesions").hash}
    home = cohort(size, folder / f"cohort_{size.grade}_{seed}", seed=seed)
    path = asked_study(question, size, home, seed=seed)
    made = run(
        path, out=folder / f"{question}_{size.grade}_{steps}_{seed}", data=home, settings={"steps": steps}, progress=Terminal()
    )
    rows: list[dict[str, object]] = []
    for arm, changes in zip(made.inners("arm"), ARMS[question], strict=True):
        if not arm.openings():
            evaluate(arm, test=True, progress=Terminal())
            report(arm)
        name = f"{question} {size.grade} {' '.join(map(str, changes.values()))} seed {seed}"
        budget = f"{steps} steps"
        rows += rows_of(arm, study=name, budget=budget, where=where)
        for what, value in look(arm, arm.path / "ms_lesions") if size.look and seed == 0 else ():
            told = {
                "study": name,
                "budget_min": budget,
                "who": "model",
                "target": "ms_lesions patient07",
                "name": what,
                "group": "all",
            }
            rows.append({**told, "value": f"{value:.4f}", "patients": 1, "cases": 1, "part": "look", **where})
    return rows


def main() -> None:
    """Run what was asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="*", default=list(ARMS), help="all of them if none is named")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, help="of each arm")
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    size = SHORT if asked.short else FULL
    for seed in range(asked.seeds):
        for question in asked.questions:
            rows = measure(question, size, asked.runs, seed=seed, steps=asked.steps or size.steps)
            print(add_rows("lesions", rows, key=(*KEY, "seed")))


if __name__ == "__main__":
    main()
