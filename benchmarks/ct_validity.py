"""Validity of the CT phantoms: chest with emphysema or nodules, head with bleeding; the four questions of phantom_validity.py.

(a) statistics of phantom slices beside the 5-95 % range of real ones; (b) how well a forest tells phantom patches from real;
(c) transfer, not assessed (see below); (d) whether the trivial method fails, as the sources say: densitometry for emphysema,
a threshold for nodules and for blood.

    python benchmarks/ct_validity.py emphysema_ct [--cases 100] [--draws 12] [--data DIR] [--save]
    python benchmarks/ct_validity.py nodule_ct [--cases 40] [--draws 12] [--data DIR] [--save]
    python benchmarks/ct_validity.py head_ct [--cases 100] [--draws 24] [--data DIR] [--save]

Real chest: the slices with lung of ct_totalseg's trunk CT (its bases only) and the one slice of dicom_samples/lungmask_ct_slices,
two people, one of them with contrast and disease; brought to 3 mm. Real heads: head_ct_hemorrhage, 8 bit, window and pixel size
unknown, so heads are cropped and compared in gray, the phantom in a window of -10 to 90 HU. (c): ct_totalseg's only labeled
case shows the abdomen and the bases of the lungs, which emphysema_ct does not draw; no head has a mask.
"""

import argparse
import os
from itertools import pairwise
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
from PIL import Image as Picture
from scipy import ndimage, stats
from skimage.transform import resize
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from isocenter.core.points import Points
from isocenter.metrics.froc import candidates, sensitivities
from isocenter.metrics.per_cohort.cpm import RATES
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import Phantom, PhantomCase
from provenance import add_rows, provenance

SEED = 20
PATCH = 12
HEAD_PX = (80, 96)


def lung_of(hu: np.ndarray) -> np.ndarray:
    """Return where a slice (X, Y) is lung: below -500 HU, enclosed, not thin."""
    air = ndimage.binary_opening(hu < -500, iterations=1)
    objects, n = ndimage.label(air)
    edge = set(np.unique(np.concatenate([objects[0], objects[-1], objects[:, 0], objects[:, -1]])))
    sizes = ndimage.sum_labels(air, objects, range(1, n + 1))
    middle = ndimage.median(hu, objects, range(1, n + 1)) if n else []
    # the gas of stomach and bowel is darker than any lung
    return np.isin(objects, [k for k in range(1, n + 1) if k not in edge and sizes[k - 1] > 60 and middle[k - 1] > -955])


def real_chests(data: Path) -> list[np.ndarray]:
    """Return slices (X, Y) in HU at 3 mm that show lung."""
    trunk = np.asarray(nib.load(data / "ct_totalseg" / "example_ct.nii.gz").dataobj, float)
    slices = [trunk[..., k] for k in range(trunk.shape[2])]
    file = pydicom.dcmread(data / "dicom_samples" / "lungmask_ct_slices" / "0.dcm")
    one = file.pixel_array * float(file.RescaleSlope) + float(file.RescaleIntercept)
    side = round(one.shape[0] * float(file.PixelSpacing[0]) / 3.0)
    slices.append(resize(np.clip(one, -1024, None).T[:, ::-1], (side, side), order=1, anti_aliasing=True))
    return [s for s in slices if lung_of(s).sum() > 250]


def noise_sd(gray: np.ndarray, where: np.ndarray) -> float:
    """Return Immerkaer's noise estimate inside a region, median for robustness."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], float)
    found = np.abs(ndimage.convolve(gray, kernel))[where]
    return float(np.median(found) / 0.6745 / 6.0) if len(found) else float("nan")


def slope(gray: np.ndarray) -> float:
    """Return the slope of the power spectrum in log-log, 4 cycles a picture to a quarter of the samples."""
    power = np.abs(np.fft.fft2(gray - gray.mean())) ** 2
    cycles = np.hypot(np.fft.fftfreq(gray.shape[0])[:, None], np.fft.fftfreq(gray.shape[1])[None]) * min(gray.shape)
    rings = np.geomspace(4, min(gray.shape) / 2, 8)
    means = [power[(cycles >= low) & (cycles < high)].mean() for low, high in pairwise(rings)]
    return float(np.polyfit(np.log(np.sqrt(rings[1:] * rings[:-1])), np.log(means), 1)[0])


def chest_statistics(hu: np.ndarray) -> dict[str, float]:
    """Return what is compared of a chest slice."""
    lung = lung_of(hu)
    inner = ndimage.binary_erosion(lung)
    flesh = ndimage.binary_erosion((hu > 0) & (hu < 100), iterations=1)
    steep = np.hypot(*np.gradient(hu))
    return {
        **{f"lung_hu_p{q}": float(np.percentile(hu[inner], q)) for q in (5, 25, 50, 75, 95)},
        **{f"lung_gradient_p{q}": float(np.percentile(steep[inner], q)) for q in (25, 50, 75)},
        "lung_noise_sd": noise_sd(hu, inner),
        "flesh_hu_median": float(np.median(hu[flesh])) if flesh.any() else float("nan"),
        "flesh_noise_sd": noise_sd(hu, flesh),
        "bone_hu_p99": float(np.percentile(hu, 99.5)),
        "spectrum_slope": slope(np.clip(hu, -1024, 400)),
    }


def head_gray(gray: np.ndarray) -> np.ndarray:
    """Return a head cropped to what is bright, at one size, in [0, 1]."""
    objects, n = ndimage.label(gray > 0.12)
    if n:
        largest = 1 + int(np.argmax(ndimage.sum_labels(objects > 0, objects, range(1, n + 1))))
        gray = gray[ndimage.find_objects((objects == largest).astype(int))[0]]
    return resize(gray, HEAD_PX, order=1, anti_aliasing=True)


def real_heads(data: Path) -> list[np.ndarray]:
    """Return heads (X, Y) in [0, 1], anterior at the end of Y as in the phantom."""
    files = sorted((data / "head_ct_hemorrhage" / "images").iterdir())
    return [head_gray(np.asarray(Picture.open(f).convert("L"), float).T[:, ::-1] / 255) for f in files]


def head_statistics(gray: np.ndarray) -> dict[str, float]:
    """Return what is compared of a head."""
    x, y = np.meshgrid(np.linspace(-1, 1, HEAD_PX[0]), np.linspace(-1, 1, HEAD_PX[1]), indexing="ij")
    brain = (np.hypot(x, y) < 0.7) & (gray < 0.95)
    steep = np.hypot(*np.gradient(gray))
    level = float(np.median(gray[brain]))
    return {
        "brain_gray": level,
        **{f"brain_gray_p{q}_over_median": float(np.percentile(gray[brain], q) / level) for q in (5, 25, 75, 95)},
        **{f"gradient_p{q}": float(np.percentile(steep[brain], q)) for q in (25, 50, 75, 95)},
        "noise_sd": noise_sd(gray, brain),
        "bone_share": float((gray > 0.95).mean()),
        "spectrum_slope": slope(gray),
    }


def told_apart(phantom: list[np.ndarray], real: list[np.ndarray], each: int = 30) -> float:
    """Return the AUC of a forest between patches, out of fold by slice; 0.5 = cannot be told."""
    rng, rows, truth, owner = np.random.default_rng(SEED), [], [], []
    for kind, slices in enumerate((phantom, real)):
        for index, gray in enumerate(slices):
            for _ in range(each):
                i, j = (int(rng.integers(n // 6, n - n // 6 - PATCH)) for n in gray.shape)
                p = gray[i : i + PATCH, j : j + PATCH]
                rows.append(
                    [
                        *((p - p.mean()) / (p.std() + 1e-3)).ravel(),
                        p.mean(),
                        p.std(),
                        *np.percentile(np.hypot(*np.gradient(p)), (10, 50, 90)),
                    ]
                )
                truth.append(kind)
                owner.append(1000 * kind + index)
    forest = RandomForestClassifier(100, min_samples_leaf=3, n_jobs=1, random_state=SEED)
    score = cross_val_predict(forest, np.array(rows, np.float32), truth, groups=owner, cv=GroupKFold(5), method="predict_proba")
    return float(roc_auc_score(truth, score[:, 1]))


def compared(ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> list[dict[str, object]]:
    """Return the rows of (a)."""
    rows: list[dict[str, object]] = []
    for name in ours[0]:
        a, b = (np.array([s[name] for s in group]) for group in (ours, theirs))
        a, b = a[np.isfinite(a)], b[np.isfinite(b)]
        low, high = np.percentile(b, [5, 95])
        share = float(((a >= low) & (a <= high)).mean())
        verdict = f"{'inside' if low <= np.median(a) <= high else 'OUTSIDE'}, {share:.0%} of slices"
        rows.append(
            {"check": "a", "what": name, "value": f"{np.median(a):.4g}", "real": f"{low:.4g} to {high:.4g}", "verdict": verdict}
        )
    return rows


def row_b(auc: float) -> dict[str, object]:
    """Return the row of (b)."""
    verdict = "told apart" if auc > 0.6 else "hardly told apart"
    return {"check": "b", "what": "forest_auc", "value": f"{auc:.3f}", "real": "0.5 = cannot be told", "verdict": verdict}


def agreement(a: np.ndarray, b: np.ndarray) -> float:
    """Return ICC(1,1) of two measurements of each case."""
    middle = (a + b) / 2
    between = 2 * ((middle - middle.mean()) ** 2).sum() / (len(a) - 1)
    within = ((a - middle) ** 2 + (b - middle) ** 2).sum() / len(a)
    return float((between - within) / (between + within))


def texture(hu: np.ndarray, region: np.ndarray) -> list[float]:
    """Return features of a region at three scales: percentiles, spread and skewness of what is not vessel."""
    out = []
    for sigma in (0.6, 1.0, 2.0):
        weight = ndimage.gaussian_filter(region.astype(float), sigma)
        smooth = (ndimage.gaussian_filter(np.minimum(hu, -780.0) * region, sigma) / np.maximum(weight, 1e-3))[region]
        out += [*np.percentile(smooth, (0.5, 1, 2, 5, 10, 25, 50, 75)), float(smooth.std()), float(stats.skew(smooth))]
    return out


def looks_of_chest(phantom: Phantom, args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer (a) to (c) for a phantom of the chest."""
    real = real_chests(Path(args.data))
    ours = []
    for _, case in draw_many(phantom, args.draws, SEED + 1, voxel_mm=3.0):
        volume = case.inputs["ct"].array()[0].astype(float)
        ours += [volume[..., k] for k in (volume.shape[2] // 4, volume.shape[2] // 2)]
    rows = compared([chest_statistics(s) for s in ours], [chest_statistics(s) for s in real])
    rows.append(row_b(told_apart([np.clip(s, -1024, 400) for s in ours], [np.clip(s, -1024, 400) for s in real])))
    rows.append(
        {"check": "c", "what": "transfer", "value": "", "real": "no labeled upper chest in the data", "verdict": "not assessed"}
    )
    return rows


def dense_spots(case: PhantomCase, level: float) -> Points:
    """Return what a threshold finds inside the lungs: the connected parts above a level, the thickest first.

    The middle of a part is where it is thickest, its score rises with how thick it is there.
    """
    image = case.inputs["ct"]
    parts, n = ndimage.label((image.array()[0] > level) & case.truths["lungs"].region("lungs"))
    thick = ndimage.distance_transform_edt(parts > 0, sampling=image.grid.spacing)
    places = np.reshape(ndimage.maximum_position(thick, parts, range(1, n + 1)), (-1, 3)) if n else np.zeros((0, 3))
    radius = thick[tuple(places.astype(int).T)]
    world = image.grid.to_world(places) if n else places
    return Points(world=world, kind=np.zeros(n, np.intp), score=radius / (radius + 10.0), names=("nodule",))


def nodule_rows(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer the questions for nodules: (d) asks what a threshold finds, its level chosen on half of the cases."""
    phantom = PHANTOMS.get("nodule_ct")
    rows = looks_of_chest(phantom, args)
    drawn = [case for _, case in draw_many(phantom, args.cases, SEED + 2, "benchmark")]
    half = len(drawn) // 2

    def judged(level: float, cases: list[PhantomCase]) -> tuple[float, float]:
        found = candidates([c.truths["nodules"] for c in cases], [dense_spots(c, level) for c in cases], radius=3.0)
        at = sensitivities([*RATES, 1.0], found, np.ones((1, len(cases))))[0]
        return float(at[:-1].mean()), float(at[-1])

    level = max((-700.0, -600.0, -500.0, -400.0, -300.0, -200.0), key=lambda one: judged(one, drawn[:half])[0])
    mean, at_one = judged(level, drawn[half:])
    nodules = sum(len(c.lesions) for c in drawn[half:])
    rows.append(
        {
            "check": "d",
            "what": "threshold_cpm",
            "value": f"{mean:.3f}, sensitivity at 1 false positive a scan {at_one:.3f}",
            "real": f"{len(drawn) - half} scans, {nodules} nodules, above {level:.0f} HU",
            "verdict": "fails" if mean < 0.75 else "DOES NOT FAIL",
        }
    )
    return rows


def chest_rows(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer the questions for the chest."""
    phantom = PHANTOMS.get("emphysema_ct")
    rows = looks_of_chest(phantom, args)
    measured: dict[str, list[tuple[float, float]]] = {"right": [], "left": []}
    features, present, owner = [], [], []
    for _, case in draw_many(phantom, args.cases, SEED + 2):
        for side, pairs in measured.items():
            pairs.append((float(case.covariates[f"laa950_{side}"]) / 100, case.truths[f"share_{side}"].value))
            region = case.truths[f"{side}_upper"].region("inside")
            features.append(texture(case.inputs["ct"].array()[0].astype(float), region))
            present.append(case.truths[f"present_{side}"].best)
            owner.append(case.patient)
    for side, published in (("right", 0.59), ("left", 0.54)):
        a, b = np.array(measured[side]).T
        auc, there = roc_auc_score(b > 0, a), b > 0
        text = (
            f"AUC {auc:.3f}, ICC {agreement(a, b):.3f}, rank correlation among the ill {stats.spearmanr(a[there], b[there])[0]:.3f}"
        )
        verdict = "fails as published" if auc < 0.65 else ("fails in part" if auc < 0.85 else "DOES NOT FAIL")
        rows.append(
            {
                "check": "d",
                "what": f"laa950_{side}_upper",
                "value": text,
                "real": f"AUC {published}, Bortsova 2018",
                "verdict": verdict,
            }
        )
    forest = RandomForestClassifier(300, min_samples_leaf=3, n_jobs=1, random_state=SEED)
    score = cross_val_predict(forest, np.array(features), present, groups=owner, cv=GroupKFold(5), method="predict_proba")[:, 1]
    auc = float(roc_auc_score(present, score))
    text = f"AUC {auc:.3f}, both regions, {args.cases} cases out of fold"
    rows.append(
        {"check": "d", "what": "texture_forest", "value": text, "real": "AUC 0.89 and 0.87, Bortsova 2018", "verdict": "beside"}
    )
    return rows


def head_rows(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer the questions for the head."""
    phantom = PHANTOMS.get("head_ct")
    real = real_heads(Path(args.data))
    ours = []
    for _, case in draw_many(phantom, args.draws, SEED + 1, pixel_mm=2.2):
        hu = case.inputs["ct"].array()[0].astype(float)
        ours.append(head_gray(np.clip((hu[..., hu.shape[2] // 2] + 10) / 100, 0, 1)))
    rows = compared([head_statistics(s) for s in ours], [head_statistics(s) for s in real])
    rows.append(row_b(told_apart(ours, real)))
    rows.append(
        {"check": "c", "what": "transfer", "value": "", "real": "no head with HU or a mask in the data", "verdict": "not assessed"}
    )
    share, ill = [], []
    for _, case in draw_many(phantom, args.cases, SEED + 2):
        hu = case.inputs["ct"].array()[0]
        share.append(float(((hu > 50) & (hu < 100))[case.truths["intracranial"].region("intracranial")].mean()))
        ill.append(case.truths["disease"].best)
    auc = roc_auc_score(ill, share)
    rows.append(
        {
            "check": "d",
            "what": "share_of_50_to_100_hu",
            "value": f"AUC {auc:.3f}",
            "real": "",
            "verdict": "fails" if auc < 0.75 else "DOES NOT FAIL",
        }
    )
    return rows


def main() -> None:
    """Print the row of one phantom, and keep it with --save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("phantom", choices=["emphysema_ct", "nodule_ct", "head_ct"])
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--draws", type=int, default=24)
    parser.add_argument("--data", default=os.environ.get("ISOCENTER_DATA", "data"))
    parser.add_argument("--save", action="store_true")
    args = parser.parse_args()
    rows = {"emphysema_ct": chest_rows, "nodule_ct": nodule_rows, "head_ct": head_rows}[args.phantom](args)
    phantom = PHANTOMS.get(args.phantom)
    for row in rows:
        print(f"{row['check']}  {row['what']:<28}{row['value']!s:<70}{row['real']!s:<36}{row['verdict']}")
    print(f"phantom {phantom.name} {phantom.version}, parameters {phantom.hash}")
    if args.save:
        facts = provenance(seed=SEED)
        kept = [{"phantom": phantom.name, "hash": phantom.hash, **row, **facts} for row in rows]
        add_rows("phantom_validity", kept, key=("phantom", "check", "what"))


if __name__ == "__main__":
    main()
