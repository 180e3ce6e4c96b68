"""From a vessel tree to a fundus photograph: does a segmenter trained on real photographs find the tree, can one learn from them?

    ISOCENTER_DATA=… python benchmarks/vessels_to_fundus.py --folder DIR [--steps 4000] [--side 512] [--short] [--save]

pix2pix learns tree → photograph from chase_db1, 6 children; 4 are held out. It is then given trees it has never seen: those of
drive (other people, another camera, other readers) and of the fundus phantom (drawn). On what it makes of them:

recovered : a segmenter trained on the real photographs of the 6 children traces it; Dice with the tree asked for, beside its Dice
            on the real photographs of the held-out children. Wanted: 0.9 of that.
tstr      : a segmenter trained on these synthetic photographs and their trees alone traces the real ones of the held-out
            children. Wanted: F1 of 0.70. Dice is the F1 of pixels; the mean is over photographs.

All are runs in DIR, taken up where they stopped. --side: samples of the longest side that networks work at. --short: 96 samples, 60
steps, 8 drawn trees; the numbers then say that it runs. --save adds rows to benchmarks/results/vessels_to_fundus.csv.
"""

import argparse
import csv
from pathlib import Path
from typing import Any

import numpy as np

import isocenter as iso
from isocenter.core.estimate import Estimate
from isocenter.core.mask import Mask
from isocenter.core.study import Study
from isocenter.io.answers import write_cases
from isocenter.io.study_file import write_study
from isocenter.io.table import open_cases
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.phantoms import PHANTOMS
from isocenter.stages.answer import load_model
from isocenter.stages.phantom import write_phantom
from isocenter.stages.predict import predict
from isocenter.stages.progress import Terminal
from isocenter.stages.run_cases import data_root
from isocenter.stages.run_folder import RunFolder
from provenance import add_rows, provenance

EXAMPLES = Path(__file__).parents[1] / "examples"
HELD, SEED, MINUTES = 4, 71, 10.0
"""Children held out; of the draws; what networks are sized for."""
TREE = {"name": "vessels", "type": "mask", "columns": "tree", "classes": ["background", "vessel"], "values": {1: 1, 255: 1}}
Row = dict[str, str]


def chase(data: Path) -> tuple[list[Row], list[Row]]:
    """Return the photographs of chase_db1 to learn from, and those of the children held out."""
    with (EXAMPLES / "chase_db1" / "cases.csv").open(newline="", encoding="utf-8") as file:
        found = [
            {
                "case": row["case"],
                "patient": row["patient"],
                "photo": str(data / row["image"]),
                "tree": str(data / row["vessels_first"]),
            }
            for row in csv.DictReader(file)
        ]
    children = [str(p) for p in np.random.default_rng(SEED).permutation(sorted({row["patient"] for row in found}))]
    held = set(children[:HELD])
    return [row for row in found if row["patient"] not in held], [row for row in found if row["patient"] in held]


def unseen(data: Path, folder: Path, *, drawn: int) -> list[Row]:
    """Return trees nobody learned from: those of drive, and drawn ones."""
    with (EXAMPLES / "drive" / "cases.csv").open(newline="", encoding="utf-8") as file:
        rows = [
            {"case": f"drive_{row['case']}", "patient": f"drive_{row['patient']}", "tree": str(data / row["vessels_first"])}
            for row in csv.DictReader(file)
        ]
    home = folder / "phantom"
    if not (home / "cases.csv").exists():
        write_phantom("fundus", home, n=drawn, seed=SEED, grade="benchmark", progress=Terminal())
    with (home / "cases.csv").open(newline="", encoding="utf-8") as file:
        rows += [
            {"case": row["case"], "patient": row["patient"], "tree": str((home / row["vessels"]).resolve())}
            for row in csv.DictReader(file)
        ]
    return rows


def run_study(folder: Path, name: str, learn: list[Row], held: list[Row], **fields: Any) -> RunFolder:
    """Write a study with its table and split, and run it."""
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    write_cases([*learn, *held], home / "cases.csv")
    parts = [(row, "learn") for row in learn] + [(row, "tune") for row in held]
    write_cases([{"case": r["case"], "patient": r["patient"], "part": p, "fold": ""} for r, p in parts], home / "split.csv")
    study = Study.model_validate({"name": name, "cases": "cases.csv", "split": {"file": "split.csv"}, "seed": SEED, **fields})
    path = write_study(study, home / "study.yaml")
    return iso.run(path, out=home / "run", data=home, time_limit=MINUTES, progress=Terminal())


def translator(folder: Path, learn: list[Row], held: list[Row], *, steps: int, side: int) -> RunFolder:
    """Train tree → photograph."""
    return run_study(
        folder, f"tree_to_fundus_{side}_{steps}", learn, held, inputs={"tree": "tree"}, units={"tree": "labels"}, method="pix2pix",
        targets=[{"name": "photo", "type": "image", "columns": "photo"}], settings={"steps": steps, "longest": side},
    )  # fmt: skip


def segmenter(folder: Path, name: str, learn: list[Row], held: list[Row], *, steps: int, side: int) -> RunFolder:
    """Train photograph → tree."""
    return run_study(
        folder, f"{name}_{side}_{steps}", learn, held, inputs={"photo": "photo"}, method="unet", targets=[TREE],
        settings={"steps": steps, "longest": side},
    )  # fmt: skip


def made(folder: Path, generator: RunFolder, trees: list[Row]) -> list[Row]:
    """Let the generator answer the trees; return them with their photographs."""
    asked = write_cases(trees, generator.path.parent / "trees.csv")
    out = generator.path.parent / "synthetic"
    if not (out / "cases.csv").exists():
        predict(generator.path, asked, out=out, data=folder, progress=Terminal())
    with (out / "cases.csv").open(newline="", encoding="utf-8") as file:
        photos = {
            row["case"]: str((out / row["predicted_photo"]).resolve()) for row in csv.DictReader(file) if row["predicted_photo"]
        }
    return [{**row, "photo": photos[row["case"]]} for row in trees if row["case"] in photos]


def recovered(run: RunFolder, rows: list[Row], folder: Path) -> Estimate:
    """Return the Dice of a segmenter's answers to photographs with the trees they were made from."""
    study = Study.model_validate({"name": "recovered", "cases": "recovered.csv", "inputs": {"photo": "photo"}, "targets": [TREE]})
    write_cases(rows, folder / "recovered.csv")
    cases = open_cases(study, folder=folder, data=folder)
    model = load_model(run, study)
    dice: dict[str, float] = {}
    for prediction in model.predict(cases, scratch=folder):
        answer, truth = prediction.answers.get("vessels"), cases[prediction.case].labels["vessels"]
        if isinstance(answer, Mask) and isinstance(truth, Mask):
            said, wanted = answer.region("vessel"), truth.region("vessel")
            dice[prediction.case] = 2 * float((said & wanted).sum()) / max(float(said.sum() + wanted.sum()), 1.0)
    patients = [cases[key].patient for key in dice]
    return estimate_mean(list(dice.values()), patients, name="dice", unit="1", rng=np.random.default_rng(SEED))


def main() -> None:
    """Train all, measure, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--save", action="store_true")
    asked = parser.parse_args()
    data = data_root(None)
    if data is None:
        raise SystemExit("set ISOCENTER_DATA to the folder that holds chase_db1 and drive")
    steps, side, drawn = (60, 96, 8) if asked.short else (asked.steps, asked.side, 40)
    folder = (asked.folder / ("short" if asked.short else "full")).resolve()
    learn, held = chase(data)
    generator = translator(folder, learn, held, steps=steps, side=side)
    synthetic = made(folder, generator, unseen(data, folder, drawn=drawn))
    real = segmenter(folder, "learned_from_real", learn, held, steps=steps // 2, side=side)
    tstr = segmenter(folder, "learned_from_synthetic", synthetic, held, steps=steps // 2, side=side)
    found = {
        "segmenter on real photographs, children held out": recovered(real, held, folder),
        "recovered, trees of drive": recovered(real, [r for r in synthetic if r["case"].startswith("drive_")], folder),
        "recovered, drawn trees": recovered(real, [r for r in synthetic if not r["case"].startswith("drive_")], folder),
        "tstr, real photographs of children held out": recovered(tstr, held, folder),
    }
    rows = []
    for name, e in found.items():
        row = {"what": name, "dice": f"{e.value:.4f}", "low": f"{e.ci95[0]:.4f}", "high": f"{e.ci95[1]:.4f}",
               "patients": e.patients, "cases": e.cases, "steps": steps, "side": side,
               "phantom": PHANTOMS.get("fundus").hash}  # fmt: skip
        print("  ".join(f"{k} {row[k]}" for k in ("what", "dice", "low", "high", "patients", "cases")), flush=True)
        rows.append(row | provenance(seed=SEED))
    if asked.save:
        print(add_rows("vessels_to_fundus", rows, key=("what", "steps", "side")))


if __name__ == "__main__":
    main()
