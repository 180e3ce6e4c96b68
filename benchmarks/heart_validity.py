"""The validity row of the cardiac phantoms; called by phantom_validity.py, which says what (a) to (d) are.

Real: mid-ventricular frames of sunnybrook_cmr that are not in the test part of its example, of patients with 20 frames a slice.
Their pixel size is not known, so both are cut to a square five times as wide as the end-diastolic cavity around its middle, and
brought to 128 pixels: sizes are compared with the cavity's own. The contour of Sunnybrook is the cavity's alone. (c) would need a
real series: there are two frames of each slice.
"""

import argparse
import csv
from itertools import groupby
from pathlib import Path

import numpy as np
from PIL import Image as Picture
from scipy import ndimage

from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from phantom_validity import ROOT, SEED, SIZE, best_threshold, score_threshold, statistics, told_apart

WIDE = 5.0
"""Side of what is compared, in diameters of the end-diastolic cavity."""
MIDDLE = 0.7
"""A slice whose end-diastolic cavity is at least this share of the patient's largest is called mid-ventricular."""

Pair = tuple[np.ndarray, np.ndarray]


def sunnybrook_pairs(data: Path) -> list[tuple[str, Pair, Pair]]:
    """Return (patient, end diastole, end systole) of mid-ventricular slices, each a picture and its cavity, as (X, Y)."""
    folder = data / "sunnybrook_cmr"
    parts = ROOT / "examples" / "sunnybrook_cmr" / "split.csv"
    held = {row[0] for row in csv.reader(parts.open()) if row[2] == "test"}
    rows = [row for row in csv.DictReader((folder / "labels.csv").open()) if Path(row["file"]).stem not in held]
    found = []
    for patient, some in groupby(rows, key=lambda row: row["patient"]):
        frames = sorted(some, key=lambda row: int(row["frame_index"]))
        slices = [
            (a, b)
            for a, b in zip(frames[::2], frames[1::2], strict=False)
            if (int(a["frame_index"]) - 1) // 20 == (int(b["frame_index"]) - 1) // 20
        ]
        ordered = [sorted(pair, key=lambda row: -int(row["mask_px"])) for pair in slices]  # end diastole first
        largest = max((int(pair[0]["mask_px"]) for pair in ordered), default=0)
        found += [
            (patient, _opened(folder, diastole), _opened(folder, systole))
            for diastole, systole in ordered
            if int(diastole["mask_px"]) >= MIDDLE * largest
        ]
    return found


def _opened(folder: Path, row: dict[str, str]) -> Pair:
    picture = np.array(Picture.open(folder / "images" / row["file"])).T.astype(float)
    return picture, np.array(Picture.open(folder / "masks" / row["file"])).T > 0


def framed(picture: np.ndarray, cavity: np.ndarray, diastole: np.ndarray) -> Pair:
    """Cut a picture (X, Y) and its cavity around the end-diastolic one, both to SIZE pixels; gray over its 99.5th percentile."""
    middle = np.argwhere(diastole).mean(0)
    side = WIDE * 2 * np.sqrt(diastole.sum() / np.pi)
    at = [m + (np.arange(SIZE) + 0.5) / SIZE * side - side / 2 for m in middle]
    places = np.meshgrid(*at, indexing="ij")
    blur = max(side / SIZE - 1, 0) / 2
    seen = ndimage.map_coordinates(ndimage.gaussian_filter(picture, blur), places, order=1, mode="constant")
    inside = ndimage.map_coordinates(cavity.astype(float), places, order=1, mode="constant") > 0.5
    return np.clip(seen / max(np.percentile(seen, 99.5), 1e-6), 0, 1), inside


def heart_numbers(grey: np.ndarray, cavity: np.ndarray) -> dict[str, float]:
    """Return what is compared of one framed picture: the statistics of all, and the cavity beside what is around it."""
    found = {name: value for name, value in statistics(grey, cavity).items() if not name.startswith("lung")}
    ring = ndimage.binary_dilation(cavity, iterations=4) & ~ndimage.binary_dilation(cavity, iterations=1)
    blood, wall = np.median(grey[cavity]), np.median(grey[ring])
    return found | {
        "cavity_grey": float(blood),
        "cavity_over_ring": float(blood / max(wall, 1e-6)),
        "cavity_spread": float(grey[cavity].std() / max(blood, 1e-6)),
    }


def heart_rows(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer (a), (b) and (d) for the cine phantom."""
    pairs = sunnybrook_pairs(Path(args.data))
    real = [framed(*one, diastole[1]) for _, diastole, systole in pairs for one in (diastole, systole)]
    drawn = [case for _, case in draw_many(PHANTOMS.get("cardiac_cine"), args.cases, SEED + 1, "benchmark")]
    ours, shrunk = [], []
    for case in drawn:
        series, cavity = case.inputs["mr"].array()[0].astype(float), case.truths["heart"].region("cavity")
        ends = [int(case.truths[name].value) for name in ("ed_frame", "es_frame")]
        ours += [framed(series[:, :, k], cavity[:, :, k], cavity[:, :, ends[0]]) for k in ends]
        shrunk.append(cavity[:, :, ends[1]].sum() / cavity[:, :, ends[0]].sum())
    a, b = [heart_numbers(*one) for one in ours], [heart_numbers(*one) for one in real]
    rows = [_compared(name, np.array([one[name] for one in a]), np.array([one[name] for one in b])) for name in a[0]]
    rows.append(
        _compared("systolic_over_diastolic_area", np.array(shrunk), np.array([s[1].sum() / d[1].sum() for _, d, s in pairs]))
    )
    mine, theirs = np.array([grey for grey, _ in ours]), np.array([grey for grey, _ in real])
    rng = np.random.default_rng(SEED)
    auc = told_apart(mine[rng.permutation(len(mine))], theirs[rng.permutation(len(theirs))])
    rows.append(
        {
            "check": "b",
            "what": "forest_auc",
            "value": f"{auc:.3f}",
            "real": "0.5 = cannot be told",
            "verdict": "told apart" if auc > 0.6 else "hardly told apart",
        }
    )
    level = best_threshold(mine[::2], np.array([m for _, m in ours[::2]]), dark=False)
    own = score_threshold(mine[1::2], np.array([m for _, m in ours[1::2]]), level, dark=False)
    other = score_threshold(theirs, np.array([m for _, m in real]), level, dark=False)
    patients = len({patient for patient, *_ in pairs})
    return [
        *rows,
        {
            "check": "d",
            "what": "threshold_dice",
            "value": f"{own:.3f}",
            "real": f"{other:.3f}, {len(real)} frames of {patients} patients",
            "verdict": "fails" if own < 0.75 else "DOES NOT FAIL",
        },
    ]


def _compared(what: str, ours: np.ndarray, theirs: np.ndarray) -> dict[str, object]:
    low, high = np.percentile(theirs, [5, 95])
    share = f"{((ours >= low) & (ours <= high)).mean():.0%} of phantoms"
    verdict = f"{'inside' if low <= np.median(ours) <= high else 'OUTSIDE'}, {share}"
    return {"check": "a", "what": what, "value": f"{np.median(ours):.4f}", "real": f"{low:.4f} to {high:.4f}", "verdict": verdict}
