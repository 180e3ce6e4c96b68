"""End diastole and end systole in cine MR of the heart phantom: frame classifiers beside the brightest area and the mean frame.

    python benchmarks/cine_frames.py [--runs DIR] [--steps N] [--short]

200 patients of the phantom cardiac_cine, one mid-ventricular slice of 64 px each, 18 to 30 frames a beat; 110 teach, 20 tune, 70
test. Errors are absolute, in frames and, by the length of a frame, in ms. There is no series in sunnybrook_cmr, only the two frames
of each slice that were contoured, of which nothing says when they are: real data are not part of this.

A run folder taken up again does only what is left. Rows go to benchmarks/results/cine_frames.csv. --short: 20 steps.
"""

import argparse
import csv
from pathlib import Path

from isocenter.core.study import Study
from isocenter.io.study_file import read_study, write_study
from isocenter.stages.evaluate import evaluate
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from networks import write_table
from provenance import add_rows, provenance
from studies import KEY, rows_of

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
    made = run(path, out=folder / f"{NAME}_{steps}", settings={"steps": steps}, progress=Terminal())
    if not made.openings():
        evaluate(made, test=True, progress=Terminal())
        report(made)
    rows = rows_of(made, study=NAME, budget=f"{steps} steps", where=provenance(seed=0))
    return [row for row in rows if row["part"] == "test"]


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
        print(f"{row['who']} {row['name']} {row['value']} [{row['low']}, {row['high']}] {row['unit']}")


if __name__ == "__main__":
    main()
