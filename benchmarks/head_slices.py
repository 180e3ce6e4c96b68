"""Bleeding in the head, learned from one label a slice: AUC of whole heads by volume of blood, and does the map point at it?

    python benchmarks/head_slices.py [--map coarse | fine] [--folder DIR] [--heads 700 60 240 60] [--steps 2500] [--short] [--tune]

Heads of the phantom head_ct (test grade, 12 slices of 8 mm, half of the heads with blood), cut into slices; each slice is a picture
of three windows (brain, blood, bone; the first two of the inside of the skull alone) and has one label, blood or none, that speaks
of the inside of the skull. Such labels a slice are what the largest public set has (Flanders et al., Radiol Artif Intell 2020;
2:e190211). A head's score is that of its highest slice, its strongest place the strongest of all slices.

--map coarse : a plain network whose map has one place for 4 × 4 samples of 3.5 mm
      fine   : features of a U-Net, one place a sample
"pointing" asks that the strongest place lies in blood; "pointing_near" that it lies within 3 % of the picture's longest side of it
(2 samples, 7 mm): the paper that named the game allows 15 samples in pictures of about 500 (arXiv:1608.00507).

--heads : learned from, tuned on, tested on; and of a scanner that was never learned from. The test heads are opened once; --tune
leaves them closed and prints the same numbers of the tuning heads. A run taken up again does only what is left. Rows go to
benchmarks/results/exam_phantoms.csv.
"""

import argparse
import csv
import itertools
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from exam_phantoms import KEY, Row, printed, table_of
from isocenter.core.grid import plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.core.prediction import Prediction
from isocenter.core.scores import Scores
from isocenter.core.study import Study
from isocenter.io.study_file import write_study
from isocenter.io.table import TableCases, open_cases
from isocenter.io.write import write_image, write_mask
from isocenter.metrics.estimates.delong import auc_covariance, delong
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.metrics.map_overlap import map_overlap
from isocenter.stages.answer import load_model
from isocenter.stages.evaluate import evaluate
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from isocenter.stages.run_cases import open_run
from isocenter.stages.split import read_split
from provenance import add_rows, provenance

WINDOWS = ((0.0, 80.0), (-20.0, 180.0), (-800.0, 2000.0))
"""HU shown from black to white: brain, blood beside bone, bone."""
PLAIN_HU = 30.0
"""Shown outside the skull's inside in the first two windows, so that bone does not set the scale of a picture."""
SIZES_ML = (0.0, 5.0, 15.0, math.inf)
"""Borders of the volumes of blood that are told apart."""
SEED = 91
NEAR = 2
"""Samples from blood within which the strongest place counts as near."""
SETTINGS = {
    "schemes": ["ct"], "encoder_settings": {"widths": [16, 32, 64]}, "pooling": "log_sum_exp", "size": [56, 64], "batch": 64,
    "learning_rate": 0.003, "dropout": 0.0, "augmentation": 0.3, "mirror_axes": [0], "rotation_deg": 10.0, "keep_map": True,
}  # fmt: skip
MAPS: dict[str, tuple[str, dict[str, object]]] = {"coarse": ("slices", {}), "fine": ("slices_fine", {"encoder": "unet_features"})}
"""Name of the arm in the table, and settings."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a network says of one head."""

    patient: str
    score: float
    """Of the highest slice."""
    volume: float
    """Of blood, mL."""
    hit: float
    """Whether the strongest place of all slices lies in blood; NaN without blood."""
    near: float
    """Whether it lies in blood or within NEAR samples of it in its slice."""


def drawn(home: Path, n: int, *, nuisance: str, seed: int) -> Path:
    """Draw heads and cut them into slices, once; return the table of slices."""
    if not (home / "cases.csv").exists():
        options = {"nuisance": nuisance}
        write_phantom("head_ct", home, n=n, seed=seed, prevalence=0.5, options=options, progress=Terminal())
    table = home / "slices.csv"
    if not table.exists():
        for name in ("picture", "inside", "blood"):
            (home / name).mkdir(exist_ok=True)
        rows = [slice_row for row in table_of(home) for slice_row in cut(home, row)]
        with open(table, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return table


def cut(home: Path, row: dict[str, str]) -> list[dict[str, str]]:
    """Write the slices of one head; return their rows."""
    study = Study.model_validate(
        {
            "name": "heads", "cases": "cases.csv", "inputs": {"ct": "ct"}, "patient": "patient",
            "targets": [{"name": n, "type": "mask", "columns": n, "classes": ["background", n]} for n in ("intracranial", "bleed")],
        }
    )  # fmt: skip
    case = open_cases(study, folder=home, data=home)[row["case"]]
    ct, inside, blood = case.inputs["ct"], case.labels["intracranial"], case.labels["bleed"]
    if not (isinstance(ct, Image) and isinstance(inside, Mask) and isinstance(blood, Mask)):
        raise TypeError(f"expected a scan and two masks of {row['case']}, got {ct!r}, {inside!r}, {blood!r}.")
    hu, within, bled = ct.array()[0].astype(float), inside.labels.array()[0] > 0, blood.labels.array()[0] > 0
    brain = np.where(within, hu, PLAIN_HU)
    shown = np.stack(
        [255 * np.clip((x - low) / (high - low), 0, 1) for x, (low, high) in zip((brain, brain, hu), WINDOWS, strict=True)]
    )
    shown = shown.round().astype(np.uint8)
    found = []
    for z in range(hu.shape[2]):
        key = f"{row['case']}_{z:02d}"
        files = {name: f"{name}/{key}.png" for name in ("picture", "inside", "blood")}
        grid = plain_grid(hu.shape[:2])
        write_image(held_image(shown[..., z], grid, channels=("brain", "blood", "bone")), home / files["picture"])
        for name, mask in (("inside", within), ("blood", bled)):
            write_mask(held_mask(mask[..., z].astype(np.uint8), grid, ("background", name)), home / files[name])
        found.append(
            {
                "case": key, "patient": row["patient"], "head": row["case"], "volume": row["volume"], **files,
                "bleeding": "yes" if bled[..., z].any() else "no",
            }
        )  # fmt: skip
    return found


def slices_study(home: Path, heads: Sequence[int], *, steps: int, settings: Mapping[str, object]) -> Path:
    """Write the study and its split: the first heads test, the next tune, all others are learned from."""
    _, tune, test = heads
    order = [row["case"] for row in table_of(home)]
    part = {case: "test" if i < test else "tune" if i < test + tune else "learn" for i, case in enumerate(order)}
    with open(home / "split.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "patient", "part", "fold"])
        for row in slices_of(home):
            writer.writerow([row["case"], row["patient"], part[row["head"]], ""])
    asked = {"name": "bleeding", "type": "class", "columns": "bleeding", "classes": ["no", "yes"], "scope": "region:inside"}
    known = [{"name": n, "type": "mask", "columns": n, "classes": ["background", n], "use": "score"} for n in ("blood", "inside")]
    fields = {
        "name": "head_slices", "cases": "slices.csv", "inputs": {"windows": "picture"}, "patient": "patient", "method": "cnn",
        "targets": [asked, *known], "baselines": ["class_prior", "thumbnail", "image_statistics"], "split": {"file": "split.csv"},
        "settings": {**SETTINGS, **settings, "steps": steps},
    }  # fmt: skip
    return write_study(Study.model_validate(fields), home / "head_slices.yaml")


def slices_of(home: Path) -> list[dict[str, str]]:
    """Return the rows of the table of slices."""
    with open(home / "slices.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def of_heads(said: Mapping[str, Prediction], cases: TableCases, rows: Sequence[dict[str, str]]) -> list[Head]:
    """Join slices into heads."""
    heads: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        heads.setdefault(row["head"], []).append(row)
    return [of_head(said, cases, slices) for slices in heads.values()]


def of_head(said: Mapping[str, Prediction], cases: TableCases, slices: Sequence[dict[str, str]]) -> Head:
    """Return the score, volume and hit of one head."""
    scores = [answer.p[1] for s in slices if isinstance(answer := said[s["case"]].answers["bleeding"], Scores)]
    volume, hit, near = float(slices[0]["volume"]), math.nan, math.nan
    if volume > 0:
        maps, blood = np.stack([np.stack(map_of(said[s["case"]], cases, s["case"])) for s in slices], axis=1)
        least = maps[np.isfinite(maps)].min()
        above = np.where(np.isfinite(maps), maps - least + 1e-6, 0.0)
        around = np.stack([distance_transform_edt(b == 0) <= NEAR if b.any() else b > 0 for b in blood])
        hit, near = map_overlap(above, blood > 0).hit, map_overlap(above, around).hit
    return Head(patient=slices[0]["patient"], score=float(max(scores)), volume=volume, hit=hit, near=near)


def map_of(said: Prediction, cases: TableCases, key: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what the map says inside the skull of a slice, and where its blood is."""
    heat, labels = said.extras["bleeding:map"], cases[key].labels
    blood, inside = labels["blood"], labels["inside"]
    if not (isinstance(heat, Image) and isinstance(blood, Mask) and isinstance(inside, Mask)):
        raise TypeError(f"expected a map and two masks of {key}, got {heat!r}, {blood!r}, {inside!r}.")
    spoken = np.isfinite(said_there := heat.array()[-1].astype(float)) & (inside.labels.array()[0] > 0)
    return np.where(spoken, said_there, -np.inf), blood.labels.array()[0].astype(float)


def rows_of(heads: Sequence[Head]) -> list[Row]:
    """Return the AUC of all heads with blood, and by volume, against all heads without; and the share of hits."""
    healthy = [h for h in heads if h.volume == 0]
    found: list[Row] = []
    for low, high in [(0.0, math.inf), *itertools.pairwise(SIZES_ML)]:
        ill = [h for h in heads if low < h.volume <= high]
        group = "all" if (low, high) == (0.0, math.inf) else f"{low:g}-{high:g} mL"
        said = np.array([h.score for h in (*healthy, *ill)])
        there = np.arange(len(said)) >= len(healthy)
        value = float(auc_covariance(said, there).aucs[0])
        found.append({"name": "auc", "group": group, "value": value, "ends": delong(said, there).ends, "cases": len(ill)})
        for name, hits in (("pointing", [h.hit for h in ill]), ("pointing_near", [h.near for h in ill])):
            mean = estimate_mean(
                hits, [h.patient for h in ill], name=name, unit="1", rng=np.random.default_rng(0), part="test", target="bleeding"
            )
            found.append({"name": name, "group": group, "value": mean.value, "ends": mean.ci95, "cases": len(ill)})
    return [printed({"target": "bleeding of a head", **row}) for row in found]


def main() -> None:
    """Draw, cut, train, measure; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--map", choices=list(MAPS), default="coarse")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "head_slices")
    parser.add_argument("--heads", type=int, nargs=4, default=[700, 60, 240, 60])
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--short", action="store_true", help="a tenth of the heads and steps")
    parser.add_argument("--tune", action="store_true", help="leave the test heads closed")
    asked = parser.parse_args()
    share = 0.1 if asked.short else 1.0
    *inside, other = (max(10, round(n * share)) for n in asked.heads)
    steps = max(20, round(asked.steps * share))
    home, elsewhere = asked.folder / "heads", asked.folder / "other"
    drawn(home, sum(inside), nuisance="learn", seed=SEED)
    arm, settings = MAPS[asked.map]
    study_file = slices_study(home, inside, steps=steps, settings=settings)
    made = run(study_file, out=asked.folder / f"run_{asked.map}_{steps}", progress=Terminal())
    study, cases = open_run(made)
    if asked.tune:
        held = set(read_split(made).keys("tune"))
        said = answered(made, study, cases.select(sorted(held)))
        for row in rows_of(of_heads(said, cases, [r for r in slices_of(home) if r["case"] in held])):
            print(row)
        return
    drawn(elsewhere, other, nuisance="test", seed=SEED + 2)
    if not made.openings():
        evaluate(made, test=True, progress=Terminal())
        report(made)
    held = set(read_split(made).keys("test"))
    rows = rows_of(of_heads({p.case: p for p in made.predictions()}, cases, [r for r in slices_of(home) if r["case"] in held]))
    strange = open_cases(study.model_copy(update={"cases": Path("slices.csv")}), folder=elsewhere, data=elsewhere)
    unlike = rows_of(of_heads(answered(made, study, strange), strange, slices_of(elsewhere)))
    told = {"phantom": "head_ct", "size": sum(inside), "arm": arm, "steps": steps, "who": "model"}
    where = provenance(seed=0)
    whole = [told | {"part": part} | row | where for part, each in (("test", rows), ("other scanner", unlike)) for row in each]
    for row in whole:
        print({name: row[name] for name in ("part", "name", "group", "value", "low", "high", "cases")})
    if not asked.short:
        print(add_rows("exam_phantoms", whole, key=KEY))


def answered(made: object, study: Study, cases: TableCases) -> dict[str, Prediction]:
    """Return what the model says of cases outside its test part."""
    with tempfile.TemporaryDirectory() as scratch:
        return {p.case: p for p in load_model(made, study).predict(cases, scratch=Path(scratch))}  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
