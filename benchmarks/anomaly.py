"""Anomaly detection on the brain phantom: masses as bright as their surroundings, bright ones, dark ones.

    python benchmarks/anomaly.py [foreign_patches autoencoder …] [--steps 3000] [--seeds 0 1 2] [--folder DIR] [--short]

Each method learns T1 slices of normal people alone, in the steps asked for, at 64 px. Tuning cases set its levels; every number is
of the test part: AUC of normal people against those with one kind of mass, with DeLong's interval, and its difference from both
baselines with the paired one; of the map, mean Dice, pixel AUC and pixel average precision over the cases with a mass. The bar is
an AUC of 0.85 for iso-intense masses, above both baselines with its interval. A training taken up again goes on where it stopped.
--short gives 300 steps, one seed and a third of the cases. Rows go to benchmarks/results/anomaly.csv.
"""

import argparse
import csv
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from isocenter.core.scores import Scores
from isocenter.core.study import Study
from isocenter.io.study_file import write_study
from isocenter.metrics.estimates.delong import auc_covariance, delong
from isocenter.metrics.tests_of_difference.paired_delong import paired_delong
from isocenter.phantoms import PHANTOMS
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from provenance import add_rows, provenance

# row -> method and what is set
METHODS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "foreign_patches": ("foreign_patches", {}),
    "foreign_patches_alone": ("foreign_patches", {"grown": 0.0}),
    "autoencoder": ("autoencoder", {}),
    "f_anogan": ("f_anogan", {}),
    "patch_discriminator": ("patch_discriminator", {}),
}
BASELINES = ("smoothed_intensity", "mean_image")
KINDS = ("iso", "bright", "dark")
# name, part, contrast (None = normal), cases, seed: anatomies differ by seed. What a method is given by itself (settings of
# foreign_patches) was chosen on the tuning cases; the test seeds were first drawn after that.
SETS = (
    ("learn", "learn", None, 1500, 61),
    ("tune", "tune", None, 150, 62),
    *((f"tune_{kind}", "tune", kind, count, 63 + i) for i, (kind, count) in enumerate(zip(KINDS, (100, 40, 40), strict=True))),
    ("test", "test", None, 180, 76),
    *((f"test_{kind}", "test", kind, 100, 77 + i) for i, kind in enumerate(KINDS)),
)
TARGETS = [
    {"name": "disease", "type": "class", "columns": "disease", "classes": ["normal", "abnormal"], "use": "score"},
    {"name": "mass", "type": "mask", "columns": "mass", "classes": ["background", "mass"], "use": "score",
     "metrics": ["pixel_auc", "pixel_average_precision"]},
]  # fmt: skip
KEY = ("method", "steps", "seed", "kind", "who", "name")


def write_cases(home: Path, *, share: float) -> None:
    """Draw every set once, and one table and split of all."""
    if (home / "split.csv").exists():
        return
    rows, split = [], []
    for name, part, contrast, count, seed in SETS:
        options = {"disease": contrast is not None, "contrast": contrast}
        if not (home / name / "cases.csv").exists():
            write_phantom(
                "brain_mass", home / name, n=max(12, round(share * count)), seed=seed, options=options, progress=Terminal()
            )
        with open(home / name / "cases.csv", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                key, patient = f"{name}_{row['case'].rsplit('_', 1)[1]}", f"{name}_{row['patient']}"
                files = {column: f"{name}/{row[column]}" for column in ("t1", "mass")}
                rows.append({"case": key, "patient": patient, **files, "disease": row["disease"], "kind": row["kind"]})
                split.append({"case": key, "patient": patient, "part": part, "fold": ""})
    for table, lines in (("cases.csv", rows), ("split.csv", split)):
        with open(home / table, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, lines[0])
            writer.writeheader()
            writer.writerows(lines)


def study_of(home: Path, *, row: str, seed: int, steps: int) -> Path:
    """Write the study of one row of METHODS and seed."""
    method, settings = METHODS[row]
    fields = {
        "name": "brain_mass", "cases": "cases.csv", "task": "anomaly", "method": method, "seed": seed, "inputs": {"t1": "t1"},
        "targets": TARGETS, "covariates": ["kind"], "groups": ["kind"], "split": {"file": "split.csv"}, "baselines": BASELINES,
        "settings": {"side": 64, "steps": steps, **settings},
    }  # fmt: skip
    return write_study(Study.model_validate(fields), home / f"{row}_{seed}.yaml")


def scores_of(place: RunFolder) -> Mapping[str, float]:
    """Return the score of each case."""
    said = {p.case: p.answers.get("disease") for p in place.predictions()}
    return {case: float(answer.p[1]) for case, answer in said.items() if isinstance(answer, Scores)}


def rows_of(made: RunFolder) -> list[dict[str, object]]:
    """Return a row for each kind of mass, answerer and number."""
    with open(made.path / "cases.csv", newline="", encoding="utf-8") as file:
        kinds = {row["case"]: row["kind"] for row in csv.DictReader(file)}
    test = read_split(made).keys("test")
    places = {"model": made, **{f"baseline:{name}": made.inner("baseline", name) for name in BASELINES}}
    scores = {who: scores_of(place) for who, place in places.items()}
    rows: list[dict[str, object]] = []
    for kind in KINDS:
        keys = [key for key in test if kinds[key] in ("none", kind)]
        ill = np.array([kinds[key] == kind for key in keys])
        mine = np.array([scores["model"][key] for key in keys])
        for who in places:
            said = np.array([scores[who][key] for key in keys])
            value, ends = float(auc_covariance(said, ill).aucs[0]), delong(said, ill).ends
            rows.append(_row(kind, who, "auc", value, ends, len(keys)))
            if who != "model":
                gap = paired_delong(mine, said, ill)
                rows.append(_row(kind, who, "auc_model_minus_this", gap.effect, gap.interval.ends, len(keys)))
    of_map = [e for e in made.estimates() if e.target == "mass" and e.part == "test" and not e.name.endswith("_mass")]
    found = [(e.group.removeprefix("kind="), e) for e in of_map]
    rows += [_row(kind, e.who, e.name, e.value, e.ci95, e.cases) for kind, e in found if kind in KINDS]
    return rows


def _row(kind: str, who: str, name: str, value: float, ends: tuple[float, float], cases: int) -> dict[str, object]:
    low, high = ends
    return {
        "kind": kind,
        "who": who,
        "name": name,
        "value": f"{value:.4f}",
        "low": f"{low:.4f}",
        "high": f"{high:.4f}",
        "cases": cases,
    }


def main() -> None:
    """Train what was asked for; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("methods", nargs="*", default=list(METHODS))
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "anomaly")
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    steps, seeds = (300, [0]) if asked.short else (asked.steps, asked.seeds)
    home = asked.folder / ("short" if asked.short else "full")
    home.mkdir(parents=True, exist_ok=True)
    write_cases(home, share=1 / 3 if asked.short else 1.0)
    for method in asked.methods:
        for seed in seeds:
            where = provenance(seed=seed)
            path = study_of(home, row=method, seed=seed, steps=steps)
            made = run(path, out=home / f"{method}_{steps}_{seed}", data=home, test=True, progress=Terminal())
            named = {"method": method, "steps": steps, "seed": seed, "phantom": PHANTOMS.get("brain_mass").hash,
                     "learning_cases": len(read_split(made).keys("learn"))}  # fmt: skip
            print(add_rows("anomaly", [named | row | where for row in rows_of(made)], key=KEY))


if __name__ == "__main__":
    main()
