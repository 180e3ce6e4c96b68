"""MR to CT on heads whose both scans are known: pix2pix, the plain regression on the same network, CycleGAN, the mean CT.

    python benchmarks/mr_to_ct.py --folder DIR [--seeds 3] [--steps 6000] [--arms …] [--short] [--save]

Arms: regression and pix2pix from pairs on one grid; the same two from pairs whose CT lies 6 mm aside in a direction of each head's
own, as after a poor registration; CycleGAN from the same heads without looking at which belong together. All are tested on heads
of other people without a shift. Printed, as means over those: absolute error in HU over the whole image and in head and bone, Dice
of bone, and by how much the mean density of a tumor is missed. Arms have equal numbers of steps, not of minutes, so that other work
on the machine changes nothing but the time. Each arm is a run in DIR, and resumed where it stopped. --short: 24 heads, one seed,
200 steps an arm, which is too few for CycleGAN to learn anything.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import isocenter as iso
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study
from isocenter.io.answers import write_cases
from isocenter.io.study_file import read_study, write_study
from isocenter.io.table import TableCases
from isocenter.metrics.per_case.bone_dice import BONE_HU
from isocenter.phantoms import PHANTOMS
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from provenance import add_rows, provenance

SHIFT_MM = 6.0
POOLS = {"aligned": (71, 0.0), "shifted": (71, SHIFT_MM), "held": (72, 0.0)}
"""Seed and shift; the same people aligned and shifted."""
ARMS = {
    "regression": ("pix2pix", "aligned", {"adversarial": 0.0}),
    "pix2pix": ("pix2pix", "aligned", {}),
    "regression, 6 mm aside": ("pix2pix", "shifted", {"adversarial": 0.0}),
    "pix2pix, 6 mm aside": ("pix2pix", "shifted", {}),
    "cyclegan": ("cyclegan", "aligned", {}),
}
TUNE = 10
SAID = ("mae_hu", "mae_head_hu", "bone_dice", "tumor_error_hu")
MINUTES = 2.0
"""What the plan sizes the network for; the steps are given."""


def draw(folder: Path, *, learn: int, held: int) -> None:
    """Draw the pools, unless they are there."""
    for pool, (seed, shift) in POOLS.items():
        home = folder / pool
        if not (home / "study.yaml").exists():
            options = {"shift_mm": shift}
            write_phantom("head_mr_ct", home, n=held if pool == "held" else learn, seed=seed, options=options, progress=Terminal())


def write_arm(folder: Path, arm: str, seed: int, steps: int) -> Path:
    """Write the study of an arm beside the pools; return its file."""
    method, learned, settings = ARMS[arm]
    home = folder / f"{arm.replace(', ', '_').replace(' ', '_')}_{steps}_{seed}"
    home.mkdir(parents=True, exist_ok=True)
    rows, split = [], []
    for pool in (learned, "held"):
        with (folder / pool / "cases.csv").open(newline="", encoding="utf-8") as file:
            drawn = list(csv.DictReader(file))
        for n, row in enumerate(drawn):
            key, patient = f"{pool}_{row['case'][-5:]}", f"{POOLS[pool][0]}_{row['patient']}"
            files = {name: f"../{pool}/{row[name]}" for name in ("t1", "t2", "ct", "bone", "intracranial", "tumor")}
            rows.append({"case": key, "patient": patient, **files})
            part = "learn" if pool == learned else "tune" if n < TUNE else "test"
            split.append({"case": key, "patient": patient, "part": part, "fold": ""})
    write_cases(rows, home / "cases.csv")
    write_cases(split, home / "split.csv")
    study = read_study(folder / "held" / "study.yaml")
    changes = {
        "name": f"mr_to_ct_{method}",
        "method": method,
        "settings": {**settings, "steps": steps},
        "seed": seed,
        "covariates": (),
    }
    return write_study(study.model_copy(update={**changes, "split": {"file": "split.csv"}}), home / "study.yaml")


def measured(place: RunFolder, cases: TableCases, folder: Path) -> Iterator[dict[str, float]]:
    """Yield the numbers of every test case."""
    test = set(read_split(RunFolder(folder)).keys("test"))
    for prediction in place.predictions():
        if prediction.case in test:
            yield of_case(prediction, cases)


def of_case(prediction: Prediction, cases: TableCases) -> dict[str, float]:
    """Return errors, bone overlap and the error of the tumor's mean density; NaN without a tumor."""
    case = cases[prediction.case]
    truth, answer = case.labels["ct"], prediction.answers["ct"]
    if not isinstance(truth, Image) or not isinstance(answer, Image):
        raise TypeError(f"expected images of {prediction.case}")
    seen, said = truth.array()[0].astype(float), answer.array()[0].astype(float)
    inside = region(case, "intracranial")
    tumor = region(case, "tumor")
    missed = abs(float(said[tumor].mean() - seen[tumor].mean())) if tumor.any() else np.nan
    bones = seen >= BONE_HU, said >= BONE_HU
    head = inside | region(case, "bone")
    return {
        "mae_hu": float(np.abs(said - seen).mean()),
        "mae_head_hu": float(np.abs(said - seen)[head].mean()),
        "bone_dice": 2 * float((bones[0] & bones[1]).sum()) / max(float(bones[0].sum() + bones[1].sum()), 1.0),
        "tumor_error_hu": missed,
    }


def region(case: object, name: str) -> np.ndarray:
    """Return where a mask of a case is 1."""
    mask = case.labels[name]  # type: ignore[attr-defined]
    if not isinstance(mask, Mask):
        raise TypeError(f"expected a mask {name}")
    return np.asarray(mask.labels.array()[0] == 1)


def with_masks(study: Study) -> Study:
    """Return the study with the phantom's masks as targets that are scored."""
    wanted = [t for t in PHANTOMS.get("head_mr_ct").targets if t.type == "mask"]
    scored = tuple(t.model_copy(update={"use": "score"}) for t in wanted)
    return study.model_copy(update={"targets": (*study.targets, *scored)})


def rows_of(who: str, place: RunFolder, home: Path, *, seed: int, steps: int, pool: str) -> dict[str, object]:
    """Return an answerer's row: means and deviations over the test heads."""
    study, cases = open_run(RunFolder(home / "run"))
    wide = TableCases(with_masks(study), cases.table, cases.folders)
    found = list(measured(place, wide, home / "run"))
    row: dict[str, object] = {"arm": who, "pool": pool, "steps": steps, "heads": len(found)}
    for name in SAID:
        values = np.array([one[name] for one in found])
        values = values[np.isfinite(values)]
        row[name] = f"{values.mean():.3f}" if len(values) else ""
        row[f"{name}_sd"] = f"{values.std(ddof=1):.3f}" if len(values) > 1 else ""
    return row | {"phantom": PHANTOMS.get("head_mr_ct").hash, **provenance(seed=seed)}


def main() -> None:
    """Draw, run, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--arms", nargs="*", default=list(ARMS), choices=list(ARMS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--save", action="store_true")
    asked = parser.parse_args()
    steps, seeds, learn, held = (200, 1, 24, 22) if asked.short else (asked.steps, asked.seeds, 100, 60)
    folder = asked.folder / ("short" if asked.short else "full")
    draw(folder, learn=learn, held=held)
    for seed in range(seeds):
        for arm in asked.arms:
            study = write_arm(folder, arm, seed, steps)
            iso.run(study, out=study.parent / "run", data=study.parent, time_limit=MINUTES, test=True, progress=Terminal())
            done = RunFolder(study.parent / "run")
            answerers = [(arm, done), *(("mean CT", place) for place in done.inners("baseline"))]
            rows = [rows_of(who, place, study.parent, seed=seed, steps=steps, pool=ARMS[arm][1]) for who, place in answerers]
            for one in rows:
                print("  ".join(f"{k} {one[k]}" for k in ("arm", "pool", "heads", *SAID)), flush=True)
            if asked.save:
                add_rows("mr_to_ct", rows, key=("arm", "pool", "seed", "steps", "heads"))


if __name__ == "__main__":
    main()
