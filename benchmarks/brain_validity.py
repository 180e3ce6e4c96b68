"""The validity rows of the brain phantoms; called by phantom_validity.py, which says what (a) to (d) are.

Real slices: 5 mm slabs between the bodies of the ventricles and the centrum semiovale of one T1 volume (brain_t1_oasis_seg), one
patient's T1, T2 and FLAIR (ms_lesions_ljubljana) and another's FLAIR and T1c (brats2013_flair_t1c), brought to the phantom's
pixels, 1.24 mm. One or two people a sequence: the range is that of slices, not of people. No diffusion picture is there.
Grey is scaled from the 1st to the 99th percentile of the brain, because those volumes have unlike zeros, and compared 3 pixels
inside its border, where slabs of stripped volumes are part empty.
"""

import argparse
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage
from skimage.transform import resize
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import Phantom, PhantomCase
from phantom_validity import SEED, best_threshold, score_threshold, told_apart

PIXEL_MM = 178.0 / 144
SIDE = 128


def framed(slab: np.ndarray) -> np.ndarray:
    """Return a 1 mm slice (X, Y), front up, as SIDE x SIDE pixels of the phantom, its brain in the middle."""
    inside = np.argwhere(slab != 0)
    middle = np.rint((inside.min(0) + inside.max(0)) / 2).astype(int)
    half = round(SIDE * PIXEL_MM / 2)
    wide = np.pad(slab, half)
    cut = wide[middle[0] : middle[0] + 2 * half, middle[1] : middle[1] + 2 * half]
    return np.asarray(resize(cut, (SIDE, SIDE), order=1, anti_aliasing=True))


def slabs(volume: np.ndarray, levels: Sequence[int]) -> list[np.ndarray]:
    """Return 5 mm slabs of a 1 mm volume (X, Y, Z) around levels; 0 outside the brain."""
    return [framed(volume[:, :, k - 2 : k + 3].mean(2)) for k in levels]


def oasis(data: Path) -> np.ndarray:
    """Return the T1 volume with axes across, back to front, down to up; 0 outside the labelled brain."""
    held = np.load(data / "brain_t1_oasis_seg" / "test_scan.npz")
    volume, labels = (np.moveaxis(held[name], 1, 2)[:, ::-1, ::-1] for name in ("vol", "seg"))
    return np.where(labels > 0, np.maximum(volume, 1e-3), 0)


def real_slices(data: Path) -> dict[str, list[np.ndarray]]:
    """Return real slices by sequence."""
    found: dict[str, list[np.ndarray]] = {"t1": slabs(oasis(data), range(98, 130, 3)), "t2": [], "flair": [], "t1c": []}
    folder = data / "ms_lesions_ljubljana" / "patient07"
    for name in ("t1", "t2", "flair"):
        found[name] += slabs(nib.load(folder / f"{name.upper()}.nii.gz").get_fdata(), range(80, 110, 3))
    folder = data / "brats2013_flair_t1c" / "brats_2013_pat0004_1"
    brain = nib.load(folder / "brainmask.nii.gz").get_fdata() > 0
    for name, file in (("flair", "Flair"), ("t1c", "T1c")):
        signal = nib.load(folder / f"{file}_subtrMeanDivStd.nii.gz").get_fdata()
        signal = np.where(brain, signal - np.percentile(signal[brain], 0.1) + 1e-3, 0)[:, ::-1]  # front up
        found[name] += slabs(signal, range(80, 110, 3))
    return found


def scaled(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture scaled by the percentiles of its brain, 0 outside, and the brain."""
    brain = ndimage.binary_fill_holes(picture > 0.02 * picture.max())
    low, high = np.percentile(picture[ndimage.binary_erosion(brain, iterations=2)], [1, 99])
    return np.where(brain, ((picture - low) / (high - low)).clip(0, 1.2), 0), brain


def brain_statistics(picture: np.ndarray) -> dict[str, float]:
    """Return what is compared of one slice."""
    grey, brain = scaled(picture)
    deep = ndimage.binary_erosion(brain, iterations=3)
    steep = np.hypot(*np.gradient(grey))[deep]
    power = np.abs(np.fft.fft2(grey - grey.mean())) ** 2
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.fftfreq(SIDE)[None]) * SIDE
    rings = np.geomspace(4, SIDE / 2, 9)
    mean = [power[(frequency >= low) & (frequency < high)].mean() for low, high in pairwise(rings)]
    kernel = ndimage.convolve(grey, np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], float))[deep]
    across, along = brain.any(1), brain.any(0)
    return {
        **{f"grey_p{q}": float(np.percentile(grey[deep], q)) for q in (5, 25, 50, 75, 95)},
        **{f"gradient_p{q}": float(np.percentile(steep, q)) for q in (25, 50, 75, 95)},
        "spectrum_slope": float(np.polyfit(np.log(np.sqrt(rings[1:] * rings[:-1])), np.log(np.array(mean) + 1e-12), 1)[0]),
        "noise_sd": float(np.median(np.abs(kernel)) / 0.6745 / 6.0),
        "width_mm": float(across.sum() * PIXEL_MM),
        "length_mm": float(along.sum() * PIXEL_MM),
    }


def phantom_slice(case: PhantomCase, name: str) -> np.ndarray:
    """Return one input of a case, front up, as SIDE x SIDE pixels."""
    whole = case.inputs[name].array()[0].astype(float)[::-1, ::-1]
    return whole[8:136, 8:136]


def row(check: str, what: str, value: object, real: object, verdict: str) -> dict[str, object]:
    """Return one line of the table."""
    return {"check": check, "what": what, "value": value, "real": real, "verdict": verdict}


def design_rows(n: int) -> list[dict[str, object]]:
    """Return how well contrasts at the true places tell look-alikes, by the inputs that may be seen."""
    brain = PHANTOMS.get("brain_mr")
    questions = {
        "stroke_or_healthy": (("healthy", "stroke"), (("t1", "t2", "flair", "t1c"), ("dwi",))),
        "tumor_or_swelling": (("swelling", "tumor"), (("t1", "t2", "flair", "dwi"), ("t1c",))),
        "vascular_or_inflammatory": (("vascular", "inflammatory"), (("t1",), ("t2",), ("flair",), ("dwi",), ("t1", "flair"))),
    }
    rows = []
    for question, (names, subsets) in questions.items():
        table: dict[str, list[list[float]]] = {}
        answer = []
        for k, diagnosis in enumerate(names):
            drawn = draw_many(brain, n, SEED + 2 + k, diagnosis=diagnosis, size=96)
            twins = draw_many(brain, n, SEED + 2 + k, diagnosis="stroke", size=96) if diagnosis == "healthy" else None
            for _, case in drawn:
                places = _places(case if twins is None else next(twins)[1])  # in the healthy, where the stroke would be
                answer.append(k)
                for subset in subsets:
                    table.setdefault("+".join(subset), []).append(_contrasts(case, places, subset))
        for subset, features in table.items():
            forest = RandomForestClassifier(300, min_samples_leaf=4, n_jobs=1, random_state=SEED)
            cut = StratifiedKFold(5, shuffle=True, random_state=SEED)
            score = cross_val_predict(forest, np.array(features), answer, cv=cut, method="predict_proba")[:, 1]
            text = f"{roc_auc_score(answer, score):.3f}"
            rows.append(row("d", f"{question}_auc_{subset}", text, "by design", f"{2 * n} cases, true places given"))
    return rows


def _places(case: PhantomCase) -> list[np.ndarray]:
    """Return the masks a reader would look at: each lesion large enough."""
    held = case.truths["lesions"].labels.array()[0]
    names = case.truths["lesions"].names
    found = []
    for kind in ("stroke", "core", "scar", "wml", "plaque", "wet"):
        parts, number = ndimage.label(held == names.index(kind))
        sizes = ndimage.sum_labels(np.ones_like(parts), parts, range(1, number + 1))
        least = 12 if kind in ("scar", "wml", "plaque", "wet") else 1
        found += [parts == i + 1 for i, size in enumerate(sizes) if size >= least]
    if not found:  # too small to be seen on this grid
        found = [held > 0] if (held > 0).any() else [case.truths["tissues"].region("white")]
    return found


def _contrasts(case: PhantomCase, places: list[np.ndarray], subset: tuple[str, ...]) -> list[float]:
    """Return the least, mean and greatest contrast over places, by input; for two inputs also of their product."""
    rest = case.truths["tissues"].region("white") & (case.truths["lesions"].labels.array()[0] == 0)
    each = []
    for name in subset:
        signal = case.inputs[name].array()[0].astype(float)
        near = [ndimage.binary_dilation(m, iterations=6) & rest for m in places]
        each.append(
            [signal[m].mean() / max(signal[n if n.any() else rest].mean(), 1.0) - 1 for m, n in zip(places, near, strict=True)]
        )
    if len(each) == 2:
        each.append([a * b for a, b in zip(*each, strict=True)])
    return [number for values in each for number in (min(values), float(np.mean(values)), max(values))]


def likeness_rows(phantom: Phantom, real: Mapping[str, Sequence[np.ndarray]], **options: object) -> list[dict[str, object]]:
    """Answer (a) and (b) of the inputs there are real slices of."""
    cases = [case for _, case in draw_many(phantom, max(len(x) for x in real.values()), SEED + 1, "benchmark", **options)]
    rows = []
    for name, theirs in real.items():
        ours = [phantom_slice(case, name) for case in cases]
        a, b = [brain_statistics(x) for x in ours], [brain_statistics(x) for x in theirs]
        for what in a[0]:
            x, y = np.array([s[what] for s in a]), np.array([s[what] for s in b])
            low, high = np.percentile(y, [5, 95])
            share = f"{((x >= low) & (x <= high)).mean():.0%} of phantoms"
            verdict = f"{'inside' if low <= np.median(x) <= high else 'OUTSIDE'}, {share}"
            rows.append(row("a", f"{name}_{what}", f"{np.median(x):.4f}", f"{low:.4f} to {high:.4f}", verdict))
        auc = told_apart(np.array([scaled(x)[0] for x in ours]), np.array([scaled(x)[0] for x in theirs]))
        verdict = f"told apart; {len(theirs)} real slices" if auc > 0.6 else "hardly told apart"
        rows.append(row("b", f"{name}_forest_auc", f"{auc:.3f}", "0.5 = cannot be told", verdict))
    return rows


def mass_rows(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer (a), (b) and (d) for brains with a mass: the healthy beside real slices; does brightness give a mass away?"""
    phantom, real = PHANTOMS.get("brain_mass"), real_slices(Path(args.data))
    rows = likeness_rows(phantom, {name: real[name] for name in phantom.inputs}, disease=False)
    for index, kind in enumerate(("iso", "bright", "dark")):
        drawn = [case for _, case in draw_many(phantom, args.cases, SEED + 5 + index, disease=True, contrast=kind)]
        well = [case for _, case in draw_many(phantom, args.cases, SEED + 9, disease=False)]
        for name in phantom.inputs:
            areas = []
            for dark in (False, True):
                scores = [_extreme(case.inputs[name].array()[0].astype(float), dark=dark) for case in (*well, *drawn)]
                areas.append(float(roc_auc_score([0] * len(well) + [1] * len(drawn), scores)))
            verdict = "fails" if max(areas) < 0.75 else "DOES NOT FAIL"
            told = f"bright {areas[0]:.3f}, dark {areas[1]:.3f}"
            rows.append(row("d", f"{kind}_smoothed_intensity_auc_{name}", told, "0.5 = chance", verdict))
    rows.append(row("c", "masses_of_a_model_of_phantoms", "", "no real masses with outlines are used", "not assessed"))
    return rows


def _extreme(picture: np.ndarray, *, dark: bool) -> float:
    """Return the mean of the brightest, or of the darkest, 2 % of a smoothed slice; the darkest inside the brain."""
    smooth = ndimage.gaussian_filter(picture, 1.5)
    inside = ndimage.binary_erosion(ndimage.binary_fill_holes(smooth > 0.2 * smooth.max()), iterations=6)
    values = np.sort(-smooth[inside] if dark else smooth[inside])
    return float(values[-max(1, round(0.02 * values.size)) :].mean())


def brain_rows(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer (a), (b) and (d) for brain MR."""
    brain = PHANTOMS.get("brain_mr")
    rows = likeness_rows(brain, real_slices(Path(args.data)), diagnosis="healthy")
    drawn = [case for _, case in draw_many(brain, 60, SEED + 4, diagnosis="vascular")]
    for name, truth, kinds, dark in (("t1", "tissues", ("white",), False), ("flair", "lesions", ("wml",), False)):
        images = np.array([c.inputs[name].array()[0].astype(float) for c in drawn])
        masks = np.array(
            [np.isin(c.truths[truth].labels.array()[0], [c.truths[truth].names.index(k) for k in kinds]) for c in drawn]
        )
        level = best_threshold(images[::2], masks[::2], dark=dark)
        score = score_threshold(images[1::2], masks[1::2], level, dark=dark)
        rows.append(row("d", f"threshold_dice_{kinds[0]}_{name}", f"{score:.3f}", "", "fails" if score < 0.75 else "DOES NOT FAIL"))
    rows += design_rows(args.cases)
    rows.append(row("c", "tissues_of_a_model_of_phantoms", "", "one T1 volume with tissues is there", "not assessed"))
    return rows


def perivascular_rows(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer what can be answered for perivascular spaces: how a blob filter does."""
    phantom = PHANTOMS.get("perivascular")
    rows = [
        row(check, what, "", "no T2 with counted spaces in the data", "not assessed")
        for check, what in (("a", "statistics"), ("b", "forest_auc"), ("c", "transfer"))
    ]
    for region in phantom.parameters["regions"]:
        cases = [case for _, case in draw_many(phantom, args.cases, SEED + 1, region=region)]
        spots = [blobs(case) for case in cases]
        half = len(cases) // 2
        levels = np.quantile(np.concatenate([s for _, s in spots]), 1 - np.geomspace(0.7, 1e-4, 250))
        found = [froc(cases[:half], spots[:half], t) for t in levels]
        allowed = [k for k, (_, false) in enumerate(found) if false <= 1.5]
        sensitivity, false = froc(cases[half:], spots[half:], levels[allowed[0]])
        text = f"{sensitivity:.2f} at {false:.2f} false a scan"
        verdict = "fails" if sensitivity < 0.62 else "DOES NOT FAIL"
        rows.append(row("d", f"blob_sensitivity_{region}", text, "published GP-Unet 0.62 at 1.5 [mem]", verdict))
        truth = np.array([c.truths["count"].value for c in cases])
        number = np.array([[(s >= t).sum() for t in levels] for _, s in spots], float)
        errors = np.abs(number[:half] - truth[:half, None]).mean(0)
        skill = (
            1 - np.abs(number[half:, errors.argmin()] - truth[half:]).mean() / np.abs(truth[half:] - np.median(truth[:half])).mean()
        )
        rows.append(row("d", f"blob_count_skill_{region}", f"{skill:.2f}", "0 = the learning half's median", f"{half} cases"))
    return rows


def blobs(case: PhantomCase) -> tuple[np.ndarray, np.ndarray]:
    """Return voxels (N, 3) of the region where a bright blob of 0.7 or 1.1 mm peaks, and its strength (N,)."""
    image = case.inputs["t2"]
    region = case.truths["region"].region("region")
    signal = image.array()[0].astype(float)
    signal /= np.median(signal[region])
    widths = [np.array([mm / s for s in image.grid.spacing]) for mm in (0.7, 1.1)]
    strength = np.maximum(*[-(mm**2) * ndimage.gaussian_laplace(signal, w) for mm, w in zip((0.7, 1.1), widths, strict=True)])
    peak = (ndimage.maximum_filter(strength, 3) == strength) & region
    return np.argwhere(peak), strength[peak]


def froc(cases: Sequence[PhantomCase], spots: Sequence[tuple[np.ndarray, np.ndarray]], level: float) -> tuple[float, float]:
    """Return sensitivity and false marks a scan; a mark on a space or beside it is a hit, a space is hit once."""
    hits = total = false = 0
    for case, (places, strength) in zip(cases, spots, strict=True):
        own = ndimage.label(case.truths["spaces"].region("space"), np.ones((3, 3, 3)))[0]
        wide = ndimage.grey_dilation(own, size=(3, 3, 3))
        struck = wide[tuple(places[strength >= level].T)]
        hits, false = hits + len(set(struck[struck > 0])), false + int((struck == 0).sum())
        total += int(case.truths["count"].value)
    return hits / max(total, 1), false / len(cases)
