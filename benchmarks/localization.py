"""Slice classifiers beside the mean place: boxes and landmarks of lungs in a wide field, boxes in images cut around their organ.

    ISOCENTER_DATA=… python benchmarks/localization.py [lungs_boxes lungs_landmarks hippocampus] [--runs DIR] [--steps N] [--short]

lungs_boxes, lungs_landmarks : chest and upper abdomen of the emphysema phantom, laid anywhere in a larger field of air and cut
    anywhere below the lungs; the boxes around three parts of the lungs, or their middles of mass. 56 cases teach, 8 tune, 20 test.
hippocampus                  : the example hippocampus_box, its tuning cases (its own test part stays closed). Its images were cut
    around the organ, so that its mean box is hard to beat, and a number here says little of localization.

A run folder taken up again does only what is left. Rows go to benchmarks/results/localization.csv. --short: 20 steps.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from isocenter.core.grid import Grid, as_affine
from isocenter.core.image import held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.core.study import Study
from isocenter.io.answers import write_cases
from isocenter.io.study_file import write_study
from isocenter.io.write import write_image, write_mask
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import PhantomCase
from isocenter.stages.evaluate import evaluate
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from networks import write_table
from provenance import add_rows, provenance
from studies import EXAMPLES, KEY, rows_of

PARTS = {"learn": 56, "tune": 8, "test": 20}
SEED = 21
HEIGHT_MM, VOXEL_MM = 320.0, 6.0
AIR_HU = -1000
MARGIN = 12
"""Samples of air on either side of the field, together."""
BELOW = 16
"""Slices below the lungs that may be cut away, of 18."""
CLASSES = ("background", "right_upper", "left_upper", "lower")
STEPS = {"lungs_boxes": 600, "lungs_landmarks": 600, "hippocampus": 1500}
ASKED: dict[str, dict[str, Any]] = {
    "lungs_boxes": {"task": "organ_localization", "type": "boxes"},
    "lungs_landmarks": {"task": "landmark_localization", "type": "points"},
}


def cohort(home: Path) -> Path:
    """Draw the cases, once, with their split; return the folder."""
    if (home / "split.csv").exists():  # written last
        return home
    home.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    phantom, count = PHANTOMS.get("emphysema_ct"), sum(PARTS.values())
    drawn = draw_many(phantom, count, SEED, height_mm=HEIGHT_MM, voxel_mm=VOXEL_MM)
    rows = [laid(key, case, home, rng) for key, case in Terminal().track(drawn, total=count, label="drawing")]
    write_cases(rows, home / "cases.csv")
    parts = [part for part, many in PARTS.items() for _ in range(many)]
    told = [{"case": r["case"], "patient": r["patient"], "part": part, "fold": ""} for r, part in zip(rows, parts, strict=True)]
    write_table(home / "split.csv", told)
    return home


def laid(key: str, case: PhantomCase, home: Path, rng: np.random.Generator) -> dict[str, str]:
    """Write a case laid anywhere in air and cut anywhere below its lungs, in a world whose zero lies anywhere; return its row."""
    ct, lungs = case.inputs["ct"], labels_of(case)
    samples = ct.array()[0]
    first = int(rng.integers(0, BELOW + 1))
    x, y = (int(n) for n in rng.integers(0, MARGIN + 1, 2))
    around = [(x, MARGIN - x), (y, MARGIN - y), (0, 0)]
    samples = np.pad(samples[..., first:], around, constant_values=AIR_HU)
    lungs = np.pad(lungs[..., first:], around)
    matrix = ct.grid.matrix
    matrix[:3, 3] = rng.integers(-300, 300, 3)
    grid = Grid(shape=samples.shape, affine=as_affine(matrix), world=ct.grid.world)
    write_image(held_image(samples[None], grid, unit="HU"), home / f"{key}_ct.nii.gz")
    write_mask(held_mask(lungs, grid, CLASSES), home / f"{key}_lungs.nii.gz")
    return {"case": key, "patient": case.patient, "ct": f"{key}_ct.nii.gz", "lungs": f"{key}_lungs.nii.gz"}


def labels_of(case: PhantomCase) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return the parts of the lungs as numbers (*S): what lies above the carina on either side, and the rest."""
    inside = {}
    for name in ("lungs", "right_upper", "left_upper"):
        mask = case.truths[name]
        if not isinstance(mask, Mask):
            raise TypeError(f"expected the truth {name} to be a mask, got {type(mask).__name__}")
        inside[name] = mask.labels.array()[0] > 0
    return np.select([inside["right_upper"], inside["left_upper"], inside["lungs"]], [1, 2, 3], 0).astype(np.uint8)


def lungs_study(name: str, home: Path) -> Path:
    """Write the study of a question beside its cohort; return its path."""
    asked = ASKED[name]
    target = {"name": "lungs", "type": asked["type"], "columns": "lungs", "classes": CLASSES[1:], "values": {1: 0, 2: 1, 3: 2}}
    fields = {
        "name": name,
        "cases": "cases.csv",
        "inputs": {"ct": "ct"},
        "units": {"ct": "HU"},
        "targets": [target],
        "task": asked["task"],
        "split": {"file": "split.csv"},
    }
    return write_study(Study.model_validate(fields), home / f"{name}.yaml")


def measure(name: str, folder: Path, *, steps: int) -> list[dict[str, object]]:
    """Run one question and return its rows."""
    where = provenance(seed=0)
    drawn = name in ASKED
    path = lungs_study(name, cohort(folder / "lungs_study")) if drawn else EXAMPLES / "hippocampus_box" / "study.yaml"
    made = run(path, out=folder / f"{name}_{steps}", settings={"steps": steps}, progress=Terminal())
    if drawn and not made.openings():
        evaluate(made, test=True, progress=Terminal())
        report(made)
    part = "test" if drawn else "tune"
    return [row for row in rows_of(made, study=name, budget=f"{steps} steps", where=where) if row["part"] == part]


def main() -> None:
    """Run what was asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="*", default=list(STEPS), help="all of them if none is named")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--steps", type=int, help="of each question; default each question's own")
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    for name in asked.questions:
        rows = measure(name, asked.runs, steps=20 if asked.short else asked.steps or STEPS[name])
        if not asked.short:
            print(add_rows("localization", rows, key=KEY))
        for row in rows:
            print(f"{name}: {row['who']} {row['name']} {row['value']} [{row['low']}, {row['high']}] {row['unit']}")


if __name__ == "__main__":
    main()
