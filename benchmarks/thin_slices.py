"""Thin slices of the heart from a thick short-axis stack, with and without what is known of the shapes of hearts (S11).

    python benchmarks/thin_slices.py [--folder DIR] [--steps 600] [--sizes 5 15 60] [--short]

The phantom cardiac_stack twice from one seed: stacks as scanned (slices of 8 to 10 mm that breath-holds moved by 2 mm), and the
same hearts on thin slices with their masks. residual_regression learns the thin picture from the stack, plain or with the shape
prior (an auto-encoder of masks, guided by them: Oktay et al., IEEE Trans Med Imaging 2018), from 5, 15 and all learning patients,
in equal steps; those in which the prior learns masks are among them. 40 other patients are held out as tuning cases, on which
nothing is chosen; identity, linear and spline interpolation answer the same.

Told: error, SSIM and steepness of edges along each axis; and of a segmenter that learned the true thin pictures of the learning
patients (audit fixed_segmenter) Dice and bias of volume on every answer. Prior minus plain is paired over patients. A run taken up
again does only what is left. Rows go to benchmarks/results/thin_slices.csv. --short: 12 and 12 patients, 20 steps; no rows kept.
"""

import argparse
import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from isocenter.audits.audit import audit
from isocenter.core.study import Study
from isocenter.io.study_file import write_study
from isocenter.metrics.tests_of_difference.permutation import compare_means
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from provenance import add_rows, provenance

SEED, SIZE, HELD = 31, 48, 40
CLASSES = ["background", "cavity", "myocardium", "right_ventricle"]
METHODS = {"plain": {"regularizer": "none"}, "prior": {"regularizer": "shape"}}
PATCH = {"patch": [48, 48, 48], "widths": [8, 16, 32], "batch": 2}
NAMES = ("image_error", "ssim", "edge_sharpness_x", "edge_sharpness_z")
KEY = ("learned_from", "steps", "who", "name")
Row = dict[str, object]


def drawn(home: Path, n: int) -> list[dict[str, str]]:
    """Draw stacks and thin slices of the same hearts, once; return the rows of one table of both."""
    for grid in ("thick", "fine"):
        if not (home / grid / "cases.csv").exists():
            options = {"size": SIZE, "grid": grid, "shift_mm": 2.0}
            write_phantom("cardiac_stack", home / grid, n=n, seed=SEED, options=options, progress=Terminal())
    thick, fine = (table_of(home / grid) for grid in ("thick", "fine"))
    return [
        {
            "case": a["case"], "patient": a["patient"], "stack": f"thick/{a['mr']}", "fine": f"fine/{b['fine']}",
            "heart": f"fine/{b['heart']}",
        }
        for a, b in zip(thick, fine, strict=True)
    ]  # fmt: skip


def table_of(place: Path) -> list[dict[str, str]]:
    """Return the rows of a phantom's table."""
    with open(place / "cases.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: Sequence[dict[str, str]]) -> None:
    """Write a table."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def asked(home: Path, name: str, rows: Sequence[dict[str, str]], *, learn: int, held: int, fields: dict[str, object]) -> Path:
    """Write a study that tunes on the first patients and learns from so many of the others."""
    used = rows[: held + learn]
    write_rows(home / f"{name}.csv", used)
    parts = ["tune" if i < held else "learn" for i in range(len(used))]
    split = [{"case": r["case"], "patient": r["patient"], "part": p, "fold": ""} for r, p in zip(used, parts, strict=True)]
    write_rows(home / f"{name}_split.csv", split)
    whole = {"name": name, "cases": f"{name}.csv", "patient": "patient", "split": {"file": f"{name}_split.csv"}, **fields}
    return write_study(Study.model_validate(whole), home / f"{name}.yaml")


def measure(home: Path, rows: Sequence[dict[str, str]], *, learn: int, held: int, steps: int, segmenter: RunFolder) -> list[Row]:
    """Learn both arms from so many patients, ask the segmenter of each, and return their rows."""
    shape = {"name": "heart", "type": "mask", "columns": "heart", "classes": CLASSES, "use": "guide"}
    image = {"name": "fine", "type": "image", "columns": "fine", "metrics": ["edge_sharpness", "edge_sharpness_by_axis"]}
    found: list[Row] = []
    said: dict[str, pd.DataFrame] = {}
    for arm, settings in METHODS.items():
        fields = {
            "inputs": {"stack": "stack"}, "targets": [image, shape], "method": "residual_regression",
            "baselines": ["identity_image", "linear_interpolation", "spline_interpolation"],
            "settings": {**PATCH, **settings, "steps": steps},
        }  # fmt: skip
        study = asked(home, f"{arm}_{learn}", rows, learn=learn, held=held, fields=fields)
        made = run(study, out=home / f"run_{arm}_{learn}_{steps}", data=home, progress=Terminal())
        (finding,) = audit(made.path, ["fixed_segmenter"], settings={"segmenter": str(segmenter.path)})
        pictures = [e for e in made.estimates() if e.target == "fine" and e.name in NAMES]
        for e in [*pictures, *finding.evidence]:
            if e.who == "model" or (arm == "plain" and "_minus_" not in e.name):
                who = arm if e.who == "model" else e.who.removeprefix("baseline:")
                found.append(row(learn, steps, who, e.name, e.value, e.ci95, e.unit, e.patients))
        said[arm] = pd.read_csv(made.path / "fixed_segmenter.csv").query("who == 'model'")
    for name in dict.fromkeys(said["plain"]["name"]):
        plain, prior = (said[arm][said[arm]["name"] == name].set_index("case") for arm in METHODS)
        gap = compare_means(
            prior["value"].reindex(plain.index), plain["value"], list(plain["patient"].astype(str)), rng=np.random.default_rng(0)
        )
        found.append(
            row(
                learn,
                steps,
                "prior minus plain",
                str(name),
                gap.effect,
                gap.interval.ends,
                str(plain["unit"].iloc[0]),
                gap.patients,
            )
        )
    return found


def row(learn: int, steps: int, who: str, name: str, value: float, ends: tuple[float, float], unit: str, patients: int) -> Row:
    """Return one row of the table."""
    low, high = (f"{end:.4f}" for end in ends)
    return {
        "learned_from": learn, "steps": steps, "who": who, "name": name, "value": f"{value:.4f}", "low": low, "high": high,
        "unit": unit, "patients": patients,
    }  # fmt: skip


def main() -> None:
    """Draw, learn, ask; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "thin_slices")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5, 15, 60])
    parser.add_argument("--short", action="store_true")
    told = parser.parse_args()
    steps, sizes, held = (20, [12], 12) if told.short else (told.steps, told.sizes, HELD)
    where, home = provenance(seed=0), told.folder
    rows = drawn(home, held + max(sizes))
    heart = {"name": "heart", "type": "mask", "columns": "heart", "classes": CLASSES}
    fields = {"inputs": {"fine": "fine"}, "targets": [heart], "method": "unet", "settings": {**PATCH, "steps": steps}}
    study = asked(home, "segmenter", rows, learn=max(sizes), held=held, fields=fields)
    segmenter = run(study, out=home / f"run_segmenter_{steps}", data=home, progress=Terminal())
    for size in sizes:
        whole = [r | where for r in measure(home, rows, learn=size, held=held, steps=steps, segmenter=segmenter)]
        for r in whole:
            print({name: r[name] for name in ("learned_from", "who", "name", "value", "low", "high")})
        if not told.short:
            print(add_rows("thin_slices", whole, key=KEY))


if __name__ == "__main__":
    main()
