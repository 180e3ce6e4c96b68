"""Validity of the liver phantom: the four questions of phantom_validity.py.

(a) statistics of the tissue beside the lesion, and of a lesion against it, beside the 5-95 % range of real pictures; (b) how well a
forest tells patches of tissue from real; (c) transfer, not assessed: no real lesion of a known kind is in the data; (d) whether
what is trivial fails: the kind by the size of the lesion alone, and by its mean and spread, from the true mask.

    python benchmarks/liver_validity.py [--cases 180] [--data DIR] [--save]

Real: liver_tumor_ct, slices of three volumes, windowed to 8 bit, pixel size and window unknown, and ct_totalseg's trunk CT in HU at
3 mm, whose liver a model has outlined. The slices are compared as shares of the median gray of the liver, the trunk CT in HU.
"""

import argparse
import csv
import os
from pathlib import Path

import nibabel as nib
import numpy as np
from PIL import Image as Picture
from scipy import ndimage
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ct_validity import compared, noise_sd, row_b, told_apart
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.liver.organ import KINDS
from provenance import add_rows, provenance

SEED, SIDE = 20, 64
LIVER_LABEL = 5
"""Of TotalSegmentator's class map."""
Slice = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Gray or HU, where the liver is, where the lesion is."""


def real_pictures(data: Path) -> list[Slice]:
    """Return the slices of liver_tumor_ct that show a lesion and liver."""
    home = data / "liver_tumor_ct"
    found = []
    for row in csv.DictReader((home / "cases.csv").read_text(encoding="utf-8").splitlines()):
        gray, label = (np.asarray(Picture.open(home / "images" / row["image"]).convert("L"), float),
                       np.asarray(Picture.open(home / "masks" / row["mask"]).convert("L")))  # fmt: skip
        if (label == 2).sum() > 60 and (label == 1).sum() > 2000:
            found.append((gray, ndimage.binary_erosion(label == 1, iterations=3), label == 2))
    return found


def real_liver(data: Path) -> list[np.ndarray]:
    """Return the HU inside the liver of the trunk CT, slice by slice: (image, region)."""
    hu = np.asarray(nib.load(data / "ct_totalseg/example_ct_sm.nii.gz").dataobj, float)
    label = np.asarray(nib.load(data / "ct_totalseg/example_seg.nii.gz").dataobj)
    return [
        (hu[..., k], ndimage.binary_erosion(label[..., k] == LIVER_LABEL, iterations=2))
        for k in range(hu.shape[2])
        if (label[..., k] == LIVER_LABEL).sum() > 600
    ]


def phantom_slices(n: int, *, size: int = SIDE) -> list[tuple[Slice, str, float]]:
    """Return HU as the picture's window gives them back, the tissue, the lesion; kind and diameter."""
    made = []
    for _, case in draw_many(PHANTOMS.get("liver_ct"), n, SEED, "benchmark", size=size):
        low, high = PHANTOMS.get("liver_ct").parameters["window_hu"]
        hu = case.inputs["ct"].array()[0] / 255 * (high - low) + low
        lesion = case.truths["lesion"].region("lesion")
        away = ~ndimage.binary_dilation(lesion, iterations=3)
        tissue = ndimage.binary_erosion(away & (np.abs(hu - case.acquisition["liver_hu"]) < 60), iterations=1)
        made.append(((hu, tissue, lesion), str(case.lesions[0]["kind"]), float(case.truths["diameter"].value)))
    return made


def tissue_hu(hu: np.ndarray, region: np.ndarray) -> dict[str, float]:
    """Return what is compared of tissue in HU."""
    steep = np.hypot(*np.gradient(hu))[region]
    return {
        "liver_hu_median": float(np.median(hu[region])),
        "liver_hu_sd": float(hu[region].std()),
        "liver_noise_sd": noise_sd(hu, region),
        **{f"liver_gradient_p{q}": float(np.percentile(steep, q)) for q in (25, 50, 75)},
    }


def lesion_shares(shown: Slice, zero: float) -> dict[str, float]:
    """Return what is compared of a lesion: gray over that of the liver, both above what air of the window is."""
    gray, tissue, lesion = shown
    level = float(np.median(gray[tissue])) - zero
    return {
        "lesion_over_liver": (float(np.median(gray[lesion])) - zero) / level,
        "lesion_spread_over_liver": float(gray[lesion].std()) / level,
        "liver_spread_over_liver": float(gray[tissue].std()) / level,
    }


def rows_of(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer the questions."""
    data = Path(args.data)
    ours = phantom_slices(args.cases)
    coarse = [s for s, *_ in phantom_slices(args.cases // 3, size=SIDE // 3)]
    rows = compared([tissue_hu(s[0], s[1]) for s in coarse if s[1].sum() > 40], [tissue_hu(*s) for s in real_liver(data)])
    pictures = real_pictures(data)
    low = PHANTOMS.get("liver_ct").parameters["window_hu"][0]
    malignant = [s for s, kind, _ in ours if kind == "metastasis"]
    rows += compared([lesion_shares(s, low) for s in malignant], [lesion_shares(s, 0.0) for s in pictures])
    inside = [patch for hu, region in real_liver(data) if (patch := cut(hu, region)) is not None]
    rows.append(row_b(told_apart([s[0] for s in coarse], inside)))
    rows.append({"check": "c", "what": "transfer", "value": "", "real": "no lesion of a known kind", "verdict": "not assessed"})
    truth = [KINDS.index(kind) for _, kind, _ in ours]
    looks = {
        "size": [[d] for *_, d in ours],
        "mean and spread": [[float(s[0][s[2]].mean()), float(s[0][s[2]].std()), d] for s, _, d in ours],
    }
    for name, features in looks.items():
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        right = balanced_accuracy_score(truth, cross_val_predict(model, features, truth, cv=5))
        verdict = "fails" if right < 0.45 else "fails in part" if right < 0.8 else "DOES NOT FAIL"
        rows.append({"check": "d", "what": f"kind by {name}", "value": f"balanced accuracy {right:.3f}", "real": "1/3 = chance",
                     "verdict": verdict})  # fmt: skip
    return rows


def cut(hu: np.ndarray, region: np.ndarray, side: int = SIDE // 3) -> np.ndarray | None:
    """Return a square of liver; None when none fits."""
    depth = ndimage.distance_transform_cdt(np.pad(region, 1), "chessboard")[1:-1, 1:-1]
    i, j = np.unravel_index(int(depth.argmax()), depth.shape)
    half = side // 2
    square = hu[max(i - half, 0) : i - half + side, max(j - half, 0) : j - half + side]
    return square if square.shape == (side, side) and depth.max() > half // 2 else None


def main() -> None:
    """Print the row, and keep it with --save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=180)
    parser.add_argument("--data", default=os.environ.get("ISOCENTER_DATA", "data"))
    parser.add_argument("--save", action="store_true")
    args = parser.parse_args()
    rows = rows_of(args)
    phantom = PHANTOMS.get("liver_ct")
    for row in rows:
        print(f"{row['check']}  {row['what']:<28}{row['value']!s:<40}{row['real']!s:<30}{row['verdict']}")
    print(f"phantom {phantom.name} {phantom.version}, parameters {phantom.hash}")
    if args.save:
        kept = [{"phantom": phantom.name, "hash": phantom.hash, **row, **provenance(seed=SEED)} for row in rows]
        add_rows("phantom_validity", kept, key=("phantom", "check", "what"))


if __name__ == "__main__":
    main()
