"""What counts add to few masks, and what one mask is worth in counts: a network of both, on drawn rings whose truth is known.

    python benchmarks/exchange.py [--steps 150] [--seeds 0 1] [--folder DIR] [--short]

Pictures of 40 × 40 samples: 0 to 3 bright rings, among 3 to 6 filled discs and bars as bright and as large, on a smooth background
with noise. The mask marks the rings, hole included; the count is theirs. 260 to learn from, 40 to tune on, 120 to test on, one a
patient. Three runs on one split, equal steps:

masks  : 4 … 64 masks, no counts           (vary: {labels.rings: […]}, weights: {count: 0})
counts : 4 masks and 16 … 256 counts       (vary: {labels.rings: [4], labels.count: […]})
added  : 4 masks, 260 counts or none       (vary: {labels.rings: [4], weights: [{count: 0}, {count: 1}]})

Rows go to benchmarks/results/exchange.csv. A run taken up again does only what is left. --short: four numbers each.
"""

import argparse
import csv
import math
import tempfile
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Study
from isocenter.io.answers import write_cases
from isocenter.io.study_file import write_study
from isocenter.io.write import write_image, write_mask
from isocenter.stages.added import what_labels_added
from isocenter.stages.evaluate import evaluate
from isocenter.stages.exchange import exchange
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from provenance import add_rows, provenance

SIDE = 40
PARTS = {"learn": 260, "tune": 40, "test": 120}
BESIDE = 4
KEY = ("row", "steps", "seeds", "labels")


def draw(folder: Path) -> None:
    """Write pictures, masks, cases.csv and split.csv, once."""
    if (folder / "cases.csv").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(17)
    part = [name for name, count in PARTS.items() for _ in range(count)]
    rows = []
    for index in range(len(part)):
        samples, inside, count = picture(rng)
        write_image(held_image(samples, plain_grid((SIDE, SIDE))), folder / f"{index}.png")
        write_mask(held_mask(inside, plain_grid((SIDE, SIDE)), ("nothing", "ring")), folder / f"{index}_mask.png")
        row = {"case": f"c{index}", "patient": f"p{index}", "image": f"{index}.png", "mask": f"{index}_mask.png"}
        rows.append({**row, "count": str(count)})
    write_cases(rows, folder / "cases.csv")
    with open(folder / "split.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "patient", "part", "fold"])
        writer.writerows([row["case"], row["patient"], where, ""] for row, where in zip(rows, part, strict=True))


def picture(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, int]:
    """Return samples (1, X, Y) uint8, where rings are (X, Y), and how many."""
    x, y = np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij")
    value = 90 + 200 * gaussian_filter(rng.standard_normal((SIDE, SIDE)), 6)
    inside = np.zeros((SIDE, SIDE), np.uint8)
    rings, others = int(rng.integers(0, 4)), int(rng.integers(3, 7))
    places = rng.permutation([(i, j) for i in range(5, SIDE - 4, 10) for j in range(5, SIDE - 4, 10)])[: rings + others]
    for index, (i, j) in enumerate(places):
        a, b, radius = x - i - rng.uniform(-1, 1), y - j - rng.uniform(-1, 1), rng.uniform(2.6, 4.0)
        shape = np.hypot(a, b) < radius
        if index < rings:
            inside[shape] = 1
            shape = shape & (np.hypot(a, b) > radius - 1.6)
        elif rng.random() < 0.5:
            turn = rng.uniform(0, np.pi)
            shape = shape & (np.abs(a * np.cos(turn) + b * np.sin(turn)) < 1.2)
        value += rng.uniform(30, 60) * gaussian_filter(shape.astype(float), 0.5)
    noisy = value + rng.normal(0, 6, value.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)[None], inside, rings


def arms(folder: Path, name: str, vary: dict[str, object], *, steps: int, weights: dict[str, int]) -> RunFolder:
    """Train a run's arms and open the test part of each, once."""
    shape = {"widths": [12, 24], "out_features": 12}
    settings = {"steps": steps, "size": [SIDE, SIDE], "batch": 16, "learning_rate": 5e-3, "encoder_settings": shape}
    fields = {
        "name": name, "cases": "cases.csv", "inputs": {"film": "image"}, "split": {"file": "split.csv"}, "vary": vary,
        "targets": [
            {"name": "rings", "type": "mask", "columns": "mask", "classes": ["nothing", "ring"]},
            {"name": "count", "type": "count", "columns": "count", "unit": "rings"},
        ],
        "settings": {**settings, "precision": "float32", **({"weights": weights} if weights else {})},
    }  # fmt: skip
    made = run(write_study(Study.model_validate(fields), folder / f"{name}.yaml"), out=folder / name, progress=Terminal())
    for arm in made.inners("arm"):
        if not arm.openings():
            evaluate(arm, test=True, progress=Terminal())
    report(made)
    return made


def measure(folder: Path, *, steps: int, seeds: list[int], masks: list[int], counts: list[int]) -> list[dict[str, object]]:
    """Train all arms; return a row an arm, the exchange, and what counts added."""
    where = provenance(seed=seeds[0])
    draw(folder)
    shared = {"steps": steps, "seeds": " ".join(map(str, seeds)), **where}
    one = arms(folder, f"masks_{steps}", {"labels.rings": masks, "seed": seeds}, steps=steps, weights={"count": 0})
    other = arms(
        folder, f"counts_{steps}", {"labels.rings": [BESIDE], "labels.count": counts, "seed": seeds}, steps=steps, weights={}
    )
    both = arms(
        folder, f"added_{steps}", {"labels.rings": [BESIDE], "weights": [{"count": 0}, {"count": 1}], "seed": seeds}, steps=steps,
        weights={},
    )  # fmt: skip
    rows: list[dict[str, object]] = []
    found = exchange(one.path, other.path)
    for name, curve in (("masks alone", found.first), (f"counts beside {BESIDE} masks", found.second)):
        for count in sorted(set(curve.counts)):
            mean = np.mean([1 - e for n, e in zip(curve.counts, curve.errors, strict=True) if n == count])
            rows.append({"row": name, "labels": count, "quantity": "dice", "value": shown(float(mean)), **shared})
    rate = found.found
    ends = {"low": shown(rate.interval.low), "high": shown(rate.interval.high)}
    rows.append(
        {"row": "one mask in counts", "labels": round(rate.cases), "quantity": "rate", "value": shown(rate.rate), **ends, **shared}
    )
    for added in what_labels_added(both):
        ends = {"low": shown(added.ci95[0]), "high": shown(added.ci95[1])}
        row = {"row": f"counts added, {added.arm}", "labels": next(iter(added.added.values())), "quantity": "dice difference"}
        rows.append({**row, "value": shown(added.effect), **ends, "patients": added.patients, **shared})
        print(added.sentence)
    print(found.sentence)
    return rows


def shown(value: float) -> str:
    """Four digits; empty for NaN."""
    return "" if math.isnan(value) else f"{value:.4f}"


def main() -> None:
    """Draw, train, exchange; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "exchange")
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    masks, counts = ([4, 8, 16, 32], [16, 48, 96, 256]) if asked.short else ([4, 8, 16, 32, 64], [16, 32, 64, 128, 256])
    rows = measure(asked.folder, steps=asked.steps, seeds=asked.seeds, masks=masks, counts=counts)
    print(add_rows("exchange", rows, key=KEY))


if __name__ == "__main__":
    main()
