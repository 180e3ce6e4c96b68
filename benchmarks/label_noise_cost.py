"""What wrong labels cost: planted into the chest phantom's labels, in AUC; into masks of hippocampi, in Dice.

    python benchmarks/label_noise_cost.py films [--folder DIR] [--steps 200] [--side 64] [--seeds 0 1] [--short]
    ISOCENTER_DATA=… python benchmarks/label_noise_cost.py masks [--folder DIR] [--steps 100] [--short]

films : labels of the films learned from and tuned on are changed, those tested on are true. `uN` flips N % of them; `nih_FINDING`
        plants the sensitivity and specificity that NIH's text-mined labels had (results/label_tables.csv), whatever the film shows.
masks : of examples/hippocampus_msd, its test part left closed; 32 of its learning cases are held out here with their true masks.
        The masks of 40 others, and of the tuning cases, are eroded or widened by a voxel, or shifted by 2 mm, all to one side or
        each its own way.
One small network an arm and seed, equal steps. The cost is the difference to the arm of true labels on the same test cases, with an
interval over patients. A run taken up again does only what is left. Rows go to benchmarks/results/label_noise_cost.csv.
"""

import argparse
import csv
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from chest_films import CLASSES, draw, phantom_facts, shuffled, table, write_study_table
from isocenter.core.study import Study
from isocenter.io.answers import write_cases
from isocenter.io.study_file import write_study
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from paired_arms import auc_rows, dice_rows, scores_of
from provenance import RESULTS, add_rows, provenance

FINDING = "cardiomegaly"
"""The one of the phantom's findings that so small a network learns from 340 films; the readers' benchmark says so."""
EXAMPLE = Path(__file__).parents[1] / "examples" / "hippocampus_msd"
HELD, LEARNED = 32, 40
WIDTHS = (8, 16, 32, 64)
UNIFORM = {"u10": 0.1, "u20": 0.2, "u40": 0.4}
NIH = {"nih_airspace": "airspace_opacity", "nih_nodule": "nodule_or_mass"}
KEY = ("what", "steps", "arm")
Labels = NDArray[np.uint8]


def flips(arm: str) -> tuple[float, float]:
    """Return the chance that a present label, and that an absent one, is changed."""
    if arm == "clean":
        return 0.0, 0.0
    if arm in UNIFORM:
        return UNIFORM[arm], UNIFORM[arm]
    with (RESULTS / "label_tables.csv").open(newline="", encoding="utf-8") as file:
        found = {row["name"]: float(row["value"]) for row in csv.DictReader(file) if row["finding"] == NIH[arm]}
    return 1.0 - found["sensitivity"], 1.0 - found["specificity"]


def films(folder: Path, *, arms: list[str], steps: int, side: int, seeds: list[int]) -> list[dict[str, object]]:
    """Train on films with wrong labels; return the rows."""
    rows = table(folder)
    tested: list[str] = []
    made: dict[str, dict[int, NDArray[np.float64]]] = {}
    shares: dict[str, float] = {}
    for arm in arms:
        for seed in seeds:
            home = folder / f"noise_{side}_{steps}" / f"{arm}_{seed}"
            shares[arm] = plant(home, rows, arm=arm, seed=seed)
            out = RunFolder(home / "run")
            if not out.openings():
                out = run(
                    film_study(home, steps=steps, side=side, seed=seed), out=out.path, data=folder, test=True, progress=Terminal()
                )
            tested = tested or list(read_split(out).keys("test"))
            made.setdefault(arm, {})[seed] = scores_of(out, FINDING, "present", tested)
    film = {row["case"]: row for row in rows}
    truth = np.array([film[key][FINDING] == "present" for key in tested])
    found = auc_rows(made, truth, [film[key]["patient"] for key in tested])
    facts = {"what": "films", "measure": "AUC", "steps": steps, "side": side, "tested": len(tested), **phantom_facts()}
    return [{**facts, **row, "labels_wrong": f"{shares[str(row['arm'])]:.3f}"} for row in found]


def plant(home: Path, rows: list[dict[str, str]], *, arm: str, seed: int) -> float:
    """Write the table with wrong labels; return the share of those learned and tuned on that is wrong."""
    learn = shuffled(rows, seed=0)
    write_study_table(home, rows, learn=learn)
    with (home / "split.csv").open(newline="", encoding="utf-8") as file:
        tested = {row["case"] for row in csv.DictReader(file) if row["part"] == "test"}
    lost, invented = flips(arm)
    rng = np.random.default_rng([seed, 11])
    changed, wrong, open_ = [], 0, 0
    for row in rows:
        chance, there = rng.random(), row[FINDING] == "present"
        flip = row["case"] not in tested and chance < (lost if there else invented)
        changed.append({**row, FINDING: CLASSES[there != flip]})
        wrong, open_ = wrong + flip, open_ + (row["case"] not in tested)
    write_study_table(home, changed, learn=learn)
    return wrong / open_


def film_study(home: Path, *, steps: int, side: int, seed: int) -> Path:
    """Write the study of one arm and seed."""
    target = {"name": FINDING, "type": "class", "columns": FINDING, "classes": CLASSES}
    settings = {"encoder": "convnet", "encoder_settings": {"widths": WIDTHS}, "size": [side, side], "steps": steps, "batch": 16}
    settings |= {"mirror_axes": [0], "learning_rate": 0.003}
    fields = {
        "name": "chest_noise", "cases": "cases.csv", "inputs": {"film": "film"}, "targets": [target], "patient": "patient",
        "split": {"file": "split.csv"}, "settings": settings, "seed": seed,
    }  # fmt: skip
    return write_study(Study.model_validate(fields), home / "study.yaml")


def eroded(labels: Labels, rng: np.random.Generator) -> Labels:
    """Take away the outermost voxels of the whole."""
    del rng
    return np.where(ndimage.binary_erosion(labels > 0), labels, 0).astype(np.uint8)


def widened(labels: Labels, rng: np.random.Generator) -> Labels:
    """Add a voxel all around, of the class it lies next to."""
    del rng
    grown = ndimage.grey_dilation(labels, footprint=ndimage.generate_binary_structure(3, 1))
    return np.where(labels > 0, labels, grown).astype(np.uint8)


def shifted(labels: Labels, rng: np.random.Generator) -> Labels:
    """Move by two voxels (2 mm) to one side."""
    del rng
    return moved(labels, (2, 0, 0))


def scattered(labels: Labels, rng: np.random.Generator) -> Labels:
    """Move by two voxels (2 mm) along a drawn axis, either way."""
    by = [0, 0, 0]
    by[int(rng.integers(3))] = int(rng.choice([-2, 2]))
    return moved(labels, (by[0], by[1], by[2]))


def moved(labels: Labels, by: tuple[int, int, int]) -> Labels:
    """Move by voxels; what leaves the picture is lost."""
    out: Labels = ndimage.shift(labels, by, order=0, mode="constant", cval=0)
    return out


HARMS: dict[str, Callable[[Labels, np.random.Generator], Labels]] = {
    "eroded 1 voxel": eroded,
    "widened 1 voxel": widened,
    "shifted 2 mm": shifted,
    "scattered 2 mm": scattered,
}


def masks(folder: Path, data: Path, *, arms: list[str], steps: int) -> list[dict[str, object]]:
    """Train on wrong masks; return the rows."""
    made, own, patients = {}, {}, []
    for arm in arms:
        home = folder / f"masks_{steps}" / arm.replace(" ", "_")
        own[arm] = harmed(home, data, arm)
        out = RunFolder(home / "run")
        if not out.openings():
            out = run(mask_study(home, steps=steps), out=out.path, data=data, time_limit=5, test=True, progress=Terminal())
        cells = out.measurements()
        mine = cells[(cells["who"] == "model") & (cells["name"] == "dice") & (cells["part"] == "test")].sort_values("case")
        made[arm] = {0: mine["value"].to_numpy(float)}
        patients = list(mine["patient"].astype(str))
    facts = {"what": "masks", "measure": "Dice", "steps": steps, "tested": len(patients), "phantom": "", "hash": ""}
    return [{**facts, **row, "masks_dice": f"{own[str(row['arm'])]:.3f}"} for row in dice_rows(made, patients)]


def harmed(home: Path, data: Path, arm: str) -> float:
    """Write the table and the changed masks of one arm; return the mean Dice of the changed masks with the true ones."""
    with (EXAMPLE / "split.csv").open(newline="", encoding="utf-8") as file:
        part = {row["case"]: row["part"] for row in csv.DictReader(file)}
    with (EXAMPLE / "cases.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if part[row["case"]] != "test"]
    learn = [row["case"] for row in rows if part[row["case"]] == "learn"]
    drawn = np.random.default_rng(5).permutation(learn).tolist()
    held, left = set(drawn[:HELD]), set(drawn[HELD + LEARNED :])
    rows = [row for row in rows if row["case"] not in left]
    written, agreed = [], []
    (home / "masks").mkdir(parents=True, exist_ok=True)
    for number, row in enumerate(rows):
        if arm == "clean" or row["case"] in held:
            written.append(row)
            continue
        path = home / "masks" / f"{row['case']}.nii.gz"
        image = nib.load(data / row["label"])
        labels = np.asanyarray(image.dataobj).astype(np.uint8)
        changed = HARMS[arm](labels, np.random.default_rng([number, 3]))
        nib.save(nib.Nifti1Image(changed, image.affine), path)
        agreed.append(np.mean([dice(changed == k, labels == k) for k in (1, 2)]))
        written.append({**row, "label": f"masks/{path.name}"})
    write_cases(written, home / "cases.csv")
    parts = [
        {"case": r["case"], "patient": r["patient"], "part": "test" if r["case"] in held else part[r["case"]], "fold": ""}
        for r in rows
    ]
    write_cases(parts, home / "split.csv")
    return float(np.mean(agreed)) if agreed else 1.0


def dice(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Return the Dice of two masks that are not both empty."""
    return float(2.0 * (a & b).sum() / (a.sum() + b.sum()))


def mask_study(home: Path, *, steps: int) -> Path:
    """Write the study of one arm."""
    classes = ["background", "anterior", "posterior"]
    fields = {
        "name": "hippocampus_noise", "cases": "cases.csv", "inputs": {"t1": "image"}, "patient": "patient",
        "targets": [{"name": "hippocampus", "type": "mask", "columns": "label", "classes": classes}],
        "baselines": ["empty_mask"], "split": {"file": "split.csv"},
        "settings": {"patch": [24, 32, 24], "widths": [12, 24, 48], "batch": 2, "steps": steps},
    }  # fmt: skip
    return write_study(Study.model_validate(fields), home / "study.yaml")


def main() -> None:
    """Plant, train, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["films", "masks"])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "chest_films")
    parser.add_argument("--arms", nargs="+")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--short", action="store_true", help="two arms, 50 steps, one seed")
    asked = parser.parse_args()
    where = provenance(seed=asked.seeds[0])  # of the code that is about to run
    steps = 50 if asked.short else asked.steps or (200 if asked.what == "films" else 100)
    if asked.what == "films":
        draw(asked.folder, learn=120 if asked.short else 340, held=160 if asked.short else 360)
        arms = asked.arms or (["clean", "u40"] if asked.short else ["clean", *UNIFORM, *NIH])
        rows = films(asked.folder, arms=arms, steps=steps, side=asked.side, seeds=[0] if asked.short else asked.seeds)
    else:
        arms = asked.arms or (["clean", "eroded 1 voxel"] if asked.short else ["clean", *HARMS])
        rows = masks(asked.folder, Path(os.environ["ISOCENTER_DATA"]), arms=arms, steps=steps)
    for row in rows:
        print(f"{row['arm']:<18}{row['value']} [{row['low']}, {row['high']}]  {row.get('difference', '')}  {row['by_seed']}")
    print(add_rows("label_noise_cost", [{**row, **where} for row in rows], key=KEY))


if __name__ == "__main__":
    main()
