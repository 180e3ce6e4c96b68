"""End diastole and end systole in cine MR of the heart phantom: frame classifiers beside the brightest area and the mean frame.

    python benchmarks/cine_frames.py [--runs DIR] [--steps N] [--short]

200 patients of the phantom cardiac_cine, one mid-ventricular slice of 64 px each, 18 to 30 frames a beat; 110 teach, 20 tune, 70
test. Errors are absolute, in frames and, by the length of a frame, in ms. There is no series in sunnybrook_cmr, only the two frames
of each slice that were contoured, of which nothing says when they are: real data are not part of this.

A run whose test part was opened is read, not run again. Rows go to benchmarks/results/cine_frames.csv. --short: 20 steps.
"""

import argparse
import csv
from pathlib import Path

import numpy as np

from isocenter.core.study import Study
from isocenter.io.study_file import read_study, write_study
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.stages.evaluate import evaluate
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from networks import write_table
from provenance import add_rows, provenance
from studies import KEY, rows_of, shown

PARTS = {"learn": 110, "tune": 20, "test": 70}
SEED = 31
STEPS = 500
NAME = "cine_frames"


def cohort(home: Path) -> Path:
    """Draw the cases, once, with their split and study; return the path of the study."""
    path = home / f"{NAME}.yaml"
    if path.exists():  # written last
        return path
    drawn = write_phantom("cardiac_cine", home, n=sum(PARTS.values()), seed=SEED, progress=Terminal())
    with (home / "cases.csv").open() as table:
        rows = list(csv.DictReader(table))
    parts = [part for part, many in PARTS.items() for _ in range(many)]
    told = [{"case": r["case"], "patient": r["patient"], "part": part, "fold": ""} for r, part in zip(rows, parts, strict=True)]
    write_table(home / "split.csv", told)
    fields = read_study(drawn).model_dump() | {
        "name": NAME,
        "split": {"file": "split.csv"},
        "baselines": ("mean_frame", "bright_area"),
    }
    return write_study(Study.model_validate(fields), path)


def measure(folder: Path, *, steps: int) -> list[dict[str, object]]:
    """Run the study and return its rows."""
    path = cohort(folder / "cine_study")
    made = RunFolder(folder / f"{NAME}_{steps}")
    if not made.openings():  # a run taken up again is measured on its tuning cases anew
        made = run(path, out=made.path, settings={"steps": steps}, progress=Terminal())
        evaluate(made, test=True, progress=Terminal())
        report(made)
    rows = rows_of(made, study=NAME, budget=f"{steps} steps", where=provenance(seed=0))
    tested = [row for row in rows if row["part"] == "test"]
    return [*tested, *in_time(made.path, path.parent, like=tested[0])]


def in_time(run_folder: Path, home: Path, *, like: dict[str, object]) -> list[dict[str, object]]:
    """Return rows of the mean error in ms, and of the share of answers at most one frame off."""
    with (home / "cases.csv").open() as table:
        frame_ms = {row["case"]: float(row["frame_ms"]) for row in csv.DictReader(table)}
    with (run_folder / "measurements.csv").open() as table:
        errors = [r for r in csv.DictReader(table) if r["name"] == "absolute_error" and r["part"] == "test"]
    rows = []
    for who, target in sorted({(r["who"], r["target"]) for r in errors}):
        mine = [r for r in errors if (r["who"], r["target"]) == (who, target)]
        off, ms = np.array([float(r["value"]) for r in mine]), np.array([frame_ms[r["case"]] for r in mine])
        patients = [r["patient"] for r in mine]
        measured = {"absolute_error_ms": (off * ms, "ms"), "within_one_frame": ((off <= 1).astype(float), "1")}
        for name, (values, unit) in measured.items():
            rng = np.random.default_rng(SEED)
            e = estimate_mean(values, patients, name=name, unit=unit, rng=rng, who=who, part="test", target=target)
            ends = {"value": shown(e.value), "low": shown(e.ci95[0]), "high": shown(e.ci95[1]), "interval": e.interval}
            own = {"who": who, "target": target, "name": name, "group": "all", "unit": unit}
            rows.append(like | own | ends | {"patients": e.patients, "cases": e.cases, "excluded": e.excluded})
    return rows


def main() -> None:
    """Run it, print and keep the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    rows = measure(asked.runs, steps=20 if asked.short else asked.steps)
    if not asked.short:
        print(add_rows(NAME, rows, key=KEY))
    for row in rows:
        print(f"{row['target']} {row['who']} {row['name']} {row['value']} [{row['low']}, {row['high']}] {row['unit']}")


if __name__ == "__main__":
    main()
