"""Networks that learn from weak labels, on phantoms whose truth is known: how good is the answer, how good the map?

    python benchmarks/weak_labels.py emphysema [--cases 50 75 100 …] [--minutes 5] [--folder DIR] [--short]
    python benchmarks/weak_labels.py perivascular [--regions midbrain …] [--cases 400 1600] [--minutes 5]

emphysema    : GAPNet and ProportionNet from interval labels of two regions, densitometry beside; extent against the exact share
               (ICC), presence (AUC), and the Dice of the map against the emphysema drawn. The published table is in METHODS, W3.
perivascular : GP-Unet from one reader's counts; counts against truth (ICC), and its map's maxima against the true dots (sensitivity
               at 1.5 false positives a scan), one network a region.

Test cases are fixed; each arm learns from the first so many of one shuffled pool. A run taken up again does only what is left.
"""

import argparse
import csv
import math
import tempfile
from pathlib import Path

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.study import Study
from isocenter.io.study_file import write_study
from isocenter.metrics.estimates.delong import auc_covariance, delong
from isocenter.stages.evaluate import evaluate
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from provenance import add_rows, provenance

REGIONS = ("midbrain", "hippocampi", "basal_ganglia", "centrum_semiovale")
KEPT = ("icc", "spearman", "mean_absolute_error", "dice", "sensitivity_at_1_5_fp")
KEY = ("phantom", "part_of", "method", "cases", "minutes", "who", "target", "name")


def emphysema(folder: Path, *, cases: list[int], tune: int, test: int, minutes: float) -> list[dict[str, object]]:
    """Both upper regions, learned together."""
    home = folder / "emphysema"
    drawn(home, "emphysema_ct", n=max(cases) + tune + test, tune=tune, test=test, prevalence=0.6)
    targets = [
        {"name": f"score_{side}", "type": "proportion", "scope": f"region:{side}_upper",
         "columns": [f"emphysema_{side}_low", f"emphysema_{side}_high"]}
        for side in ("right", "left")
    ]  # fmt: skip
    targets += [
        {"name": f"extent_{side}", "type": "proportion", "columns": f"share_{side}", "scope": f"region:{side}_upper",
         "use": "score", "metrics": ["icc", "spearman"]}
        for side in ("right", "left")
    ]  # fmt: skip
    drawing = {"name": "drawn", "type": "mask", "columns": "emphysema", "classes": ["background", "emphysema"], "use": "score"}
    fields = {
        "name": "emphysema", "cases": "cases.csv", "inputs": {"ct": "ct"}, "targets": [*targets, drawing], "patient": "patient",
        "baselines": ["training_mean", "densitometry"], "split": {"file": "split.csv"},
        "vary": {"method": ["gapnet", "proportionnet"], "cases": cases},
    }  # fmt: skip
    return arms(
        home, fields, minutes=minutes, phantom="emphysema_ct", part_of="upper regions", present={"score_right", "score_left"}
    )


def perivascular(folder: Path, region: str, *, cases: list[int], tune: int, test: int, minutes: float) -> list[dict[str, object]]:
    """One region; learned from the first reader's counts, measured against the truth."""
    home = folder / region
    options = {"region": region, "raters": ["first", "second"]}
    drawn(home, "perivascular", n=max(cases) + tune + test, tune=tune, test=test, options=options)
    fields = {
        "name": f"spaces_{region}", "cases": "cases.csv", "inputs": {"t2": "t2"}, "patient": "patient",
        "targets": [
            {"name": "read", "type": "count", "columns": "count_first", "scope": "region:region", "metrics": ["icc"]},
            {"name": "true", "type": "count", "columns": "count", "scope": "region:region", "use": "score", "metrics": ["icc"]},
            {"name": "dots", "type": "points", "columns": "dots", "classes": ["space"], "scope": "region:region", "use": "score",
             "metrics": ["sensitivity_at_1_5_fp"]},
        ],
        "baselines": ["training_mean", "image_statistics"], "split": {"file": "split.csv"},
        "vary": {"method": ["gp_unet"], "cases": cases},
    }  # fmt: skip
    return arms(home, fields, minutes=minutes, phantom="perivascular", part_of=region, present=set())


def drawn(home: Path, phantom: str, *, n: int, tune: int, test: int, **how: object) -> None:
    """Draw a pool once, and its split: the first cases test, the next tune, all others may be learned from."""
    if not (home / "cases.csv").exists():
        write_phantom(phantom, home, n=n, seed=31, progress=Terminal(), **how)  # type: ignore[arg-type]
    with open(home / "cases.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open(home / "split.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "patient", "part", "fold"])
        for i, row in enumerate(rows):
            writer.writerow([row["case"], row["patient"], "test" if i < test else "tune" if i < test + tune else "learn", ""])


def arms(
    home: Path, fields: dict[str, object], *, minutes: float, phantom: str, part_of: str, present: set[str]
) -> list[dict[str, object]]:
    """Train every arm, open its test cases once, and return its rows."""
    where = provenance(seed=0)
    study = write_study(Study.model_validate(fields), home / "weak.yaml")
    made = run(study, out=home / f"run_{minutes:g}m", time_limit=minutes, progress=Terminal())
    rows: list[dict[str, object]] = []
    for arm in made.inners("arm"):
        if not arm.openings():
            evaluate(arm, test=True, progress=Terminal())
        words = dict(part.split("=", 1) for part in arm.path.name.replace("_cases", " cases").split(" "))
        key = {
            "phantom": phantom,
            "part_of": part_of,
            "method": words["method"],
            "cases": words["cases"],
            "minutes": f"{minutes:g}",
        }
        found = [e for e in arm.estimates() if e.group == "all" and e.part == "test" and e.name in KEPT]
        rows += [
            {**key, "who": e.who, "target": e.target, "name": e.name, "value": shown(e.value), "low": shown(e.ci95[0]),
             "high": shown(e.ci95[1]), "patients": e.patients, **where}
            for e in found
        ]  # fmt: skip
        rows += [{**key, **row, **where} for target in sorted(present) for row in presence(arm, target)]
    return rows


def presence(arm: RunFolder, target: str) -> list[dict[str, object]]:
    """Is there anything at all? AUC of the answered share, DeLong's interval: one scan a patient."""
    _, cases = open_run(arm)
    answered = {p.case: p.answers.get(target) for p in arm.predictions()}
    scores, there = [], []
    for key in read_split(arm).keys("test"):
        label, answer = cases[key].labels.get(target), answered.get(key)
        if isinstance(label, Amount) and isinstance(answer, Amount):
            scores.append(answer.value)
            there.append((label.value if math.isnan(label.high) else label.high) > 0)
    value = float(auc_covariance(np.asarray(scores), np.asarray(there)).aucs[0])
    low, high = delong(np.asarray(scores), np.asarray(there)).ends
    row = {"value": shown(value), "low": shown(low), "high": shown(high), "patients": len(scores)}
    return [{"who": "model", "target": target, "name": "presence_auc", **row}]


def shown(value: float) -> str:
    """Four digits; empty for NaN."""
    return "" if math.isnan(value) else f"{value:.4f}"


def main() -> None:
    """Draw, train, measure; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("phantom", choices=["emphysema", "perivascular"])
    parser.add_argument("--cases", type=int, nargs="+")
    parser.add_argument("--regions", nargs="+", default=list(REGIONS))
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "weak_labels")
    parser.add_argument("--short", action="store_true", help="50 and 200 cases, 60 tested, 2 minutes")
    asked = parser.parse_args()
    minutes = 2.0 if asked.short else asked.minutes
    tune, test = (30, 60) if asked.short else (100, 300)
    cases = asked.cases or ([50, 200] if asked.short else [50, 75, 100, 150, 200, 300, 700])
    if asked.phantom == "emphysema":
        rows = emphysema(asked.folder, cases=cases, tune=tune, test=test, minutes=minutes)
        print(add_rows("weak_labels", rows, key=KEY))
        return
    for region in asked.regions:
        rows = perivascular(asked.folder, region, cases=asked.cases or [400, 1600], tune=tune, test=test, minutes=minutes)
        print(add_rows("weak_labels", rows, key=KEY))


if __name__ == "__main__":
    main()
