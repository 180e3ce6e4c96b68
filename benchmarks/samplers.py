"""Samplers of patches for few lesions in much tissue: nodules in chest CT, a voxel classifier, equal patches.

    python benchmarks/samplers.py [--runs DIR] [--seeds 3] [--steps N] [--short]

The arms differ in the sampler alone (uniform, balanced, selective, cased): patch, batch, network and steps are set, so that equal
steps are equal patches, and the second stage is left out, because it would judge again what a sampler let through. 100 scans teach
(20 of them tune) and 100 are tested, all of the benchmark grade; every seed draws a cohort of its own. Rows: false positives a scan
at 85 % sensitivity, CPM, sensitivity at 1.5 false positives a scan, each with an interval over patients; the arms against
"balanced", paired over patients; the CPM on four tuning scans while learning, a row each time it was looked at. --short: 40 scans
teach, 10 tune, 100 are tested, of the test grade, 240 steps; rows of their own. A run folder taken up again does only what is left.
Rows go to benchmarks/results/samplers.csv.
"""

import argparse
import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from isocenter.core.study import Study
from isocenter.io.study_file import read_study, write_study
from isocenter.io.table import open_cases
from isocenter.metrics.per_cohort import cpm, false_positives_at_85_sensitivity
from isocenter.phantoms import PHANTOMS
from isocenter.stages.arms import CONFIGURATION
from isocenter.stages.evaluate import evaluate
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from networks import PLAIN, write_table
from provenance import add_rows, provenance
from studies import KEY, rows_of

SAMPLERS = ("balanced", "uniform", "selective", "cased")
"""The first is what the others are set against: the voxel classifier's default."""
METRICS = {m.METRIC.name: m.METRIC for m in (false_positives_at_85_sensitivity, cpm)}
RESAMPLES = 2000
PLAIN_OF_VOXELS = {name: PLAIN[name] for name in ("precision", "compiled")}
LEAST = 0.02
"""Least probability of a candidate: low, so that the curves go on to high sensitivities."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large the comparison is."""

    grade: str
    scans: tuple[int, int, int]
    """To learn from, to tune on, to test on."""
    steps: int
    settings: dict[str, Any] = field(default_factory=dict)


FULL = Size(grade="benchmark", scans=(80, 20, 100), steps=3000, settings={"batch": 64})
SHORT = Size(grade="test", scans=(40, 10, 100), steps=240, settings={"batch": 32})


def cohort(size: Size, home: Path, *, seed: int) -> Path:
    """Draw the scans of one seed, once, with their split; return the folder."""
    if not (home / "study.yaml").exists():  # written last
        write_phantom("nodule_ct", home, n=sum(size.scans), seed=300 + seed, grade=size.grade, progress=Terminal())
    parts = [part for part, many in zip(("learn", "tune", "test"), size.scans, strict=True) for _ in range(many)]
    drawn = list(csv.DictReader((home / "cases.csv").read_text(encoding="utf-8").splitlines()))
    rows = [{"case": r["case"], "patient": r["patient"], "part": part, "fold": ""} for r, part in zip(drawn, parts, strict=True)]
    write_table(home / "split.csv", rows)
    return home


def samplers_study(size: Size, home: Path, *, seed: int) -> Path:
    """Write the study beside its cohort; return its path."""
    fields = read_study(home / "study.yaml").model_dump(mode="json", exclude_unset=True, by_alias=True)
    target = next(t for t in fields["targets"] if t["name"] == "nodules") | {"use": "learn"}
    fields |= {
        "name": "nodule_samplers",
        "targets": [target],
        "method": "voxel_classifier",
        "metrics": [*METRICS, "sensitivity_at_1_5_fp"],
        "settings": {**PLAIN_OF_VOXELS, **size.settings, "second_stage": False, "above": LEAST},
        "vary": {CONFIGURATION: [{"sampler": name} for name in SAMPLERS]},
        "split": {"file": "split.csv"},
        "seed": seed,
    }
    return write_study(Study.model_validate(fields), home / "samplers.yaml")


def curve(arm: RunFolder, told: dict[str, object]) -> list[dict[str, object]]:
    """Return a row for each time tuning scans were looked at while learning."""
    lines = csv.DictReader((arm.path / "log.csv").read_text(encoding="utf-8").splitlines())
    return [
        {**told, "name": f"tune_cpm_at_step_{line['step']}", "value": f"{float(line['tune_cpm']):.4f}", "steps": line["step"]}
        for line in lines
        if line.get("tune_cpm")
    ]


def paired(arms: dict[str, RunFolder], home: Path, told: dict[str, object], *, seed: int) -> list[dict[str, object]]:
    """Return the arms minus the first on the test scans, with intervals from resampling patients, each of whom has one scan."""
    study = read_study(home / "samplers.yaml")
    cases = open_cases(study, folder=home)
    answers = {name: {p.case: p.answers["nodules"] for p in arm.predictions()} for name, arm in arms.items()}
    tested = [r["case"] for r in csv.DictReader((home / "split.csv").read_text().splitlines()) if r["part"] == "test"]
    truths = [cases[key].labels["nodules"] for key in tested]
    drawn = np.random.default_rng(seed).multinomial(len(tested), np.full(len(tested), 1 / len(tested)), RESAMPLES)
    weights = np.vstack([np.ones(len(tested)), drawn])  # the first row is the sample itself
    rows: list[dict[str, object]] = []
    for name, metric in METRICS.items():
        values = {arm: metric.function(truths, [answers[arm][key] for key in tested], weights) for arm in arms}
        for arm in SAMPLERS[1:]:
            difference = values[arm] - values[SAMPLERS[0]]
            low, high = np.nanpercentile(difference[1:], [2.5, 97.5])
            rows.append(
                {
                    **told, "who": f"{arm} minus {SAMPLERS[0]}", "name": name, "value": f"{difference[0]:.4f}", "low": f"{low:.4f}",
                    "high": f"{high:.4f}", "interval": "bootstrap over patients, paired", "patients": len(tested),
                    "cases": len(tested), "part": "test",
                }
            )  # fmt: skip
    return rows


def measure(size: Size, folder: Path, *, seed: int, steps: int) -> list[dict[str, object]]:
    """Compare the samplers with one seed and return the rows."""
    where = provenance(seed=seed) | {"hash": PHANTOMS.get("nodule_ct").hash}
    home = cohort(size, folder / f"nodules_{size.grade}_{sum(size.scans)}_{seed}", seed=seed)
    path = samplers_study(size, home, seed=seed)
    out = folder / f"samplers_{size.grade}_{sum(size.scans)}_{steps}_{seed}"
    made = run(path, out=out, data=home, settings={"steps": steps}, progress=Terminal())
    arms = dict(zip(SAMPLERS, made.inners("arm"), strict=True))
    scans = "/".join(map(str, size.scans))
    rows: list[dict[str, object]] = []
    for name, arm in arms.items():
        if not arm.openings():
            evaluate(arm, test=True, progress=Terminal())
            report(arm)
        told = {
            "study": f"{size.grade} {scans} {name} seed {seed}",
            "budget_min": f"{steps} steps",
            "target": "nodules",
            "group": "all",
        }
        rows += rows_of(arm, study=str(told["study"]), budget=str(told["budget_min"]), where=where)
        rows += curve(arm, {**told, "who": "model", "part": "tune", **where})
    told = {
        "study": f"{size.grade} {scans} paired seed {seed}",
        "budget_min": f"{steps} steps",
        "target": "nodules",
        "group": "all",
    }
    return [*rows, *paired(arms, home, {**told, **where}, seed=seed)]


def main() -> None:
    """Compare them, seed by seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, help="of each arm")
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    size = SHORT if asked.short else FULL
    for seed in range(asked.seeds):
        rows = measure(size, asked.runs, seed=seed, steps=asked.steps or size.steps)
        print(add_rows("samplers", rows, key=(*KEY, "seed")))


if __name__ == "__main__":
    main()
