"""The validity row of the white-matter-lesion phantom; called by phantom_validity.py, which says what (a) to (d) are.

Real: the one development patient of ms_lesions_ljubljana, 1 mm, outlines by three raters. Its ranges are those of lesions and of
slices of one person, so that "inside" says little and "OUTSIDE" may be the person. (c) is measured by benchmarks/lesions.py.
"""

import argparse
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage

from brain_validity import brain_statistics, framed, row, scaled
from isocenter.metrics.confusion import counts_of_masks
from isocenter.metrics.lesions import connected, diameter_of, match_lesions
from isocenter.metrics.overlap import dice
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import PhantomCase
from phantom_validity import SEED, told_apart

SEQUENCES = ("flair", "t1", "t2")
ENDS = (5, 25, 50, 75, 95)


def real_patient(data: Path) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the sequences of one patient, and the lesions."""
    folder = data / "ms_lesions_ljubljana" / "patient07"
    signal = {name: nib.load(folder / f"{name.upper()}.nii.gz").get_fdata() for name in SEQUENCES}
    return signal, nib.load(folder / "GOLD_lesions.nii.gz").get_fdata() > 0


def lesion_numbers(
    signal: dict[str, np.ndarray], numbers: np.ndarray, brain: np.ndarray, spacing: tuple[float, ...]
) -> dict[str, np.ndarray]:
    """Return diameter and contrast of every lesion: its median over that of the brighter half (in T1) of the 8 mm around it."""
    sizes = np.bincount(numbers.ravel())[1:].astype(float)
    found: dict[str, list[float]] = {name: [] for name in signal}
    for number, where in enumerate(ndimage.find_objects(numbers), start=1):
        grown = tuple(slice(max(int(s.start - 8 / mm), 0), int(s.stop + 8 / mm) + 1) for s, mm in zip(where, spacing, strict=True))
        around = brain[grown] & ~ndimage.binary_dilation(numbers[grown] > 0)
        if sizes[number - 1] < 5 or around.sum() < 20:  # too small for a contrast of its own
            continue
        white = around & (signal["t1"][grown] >= np.median(signal["t1"][grown][around]))
        for name, values in signal.items():
            found[name].append(
                float(np.median(values[grown][numbers[grown] == number]) / max(np.median(values[grown][white]), 1e-6))
            )
    return {"diameter_mm": diameter_of(sizes, spacing), **{f"contrast_{name}": np.array(v) for name, v in found.items()}}


def slices_of(volume: np.ndarray, levels: range) -> list[np.ndarray]:
    """Return 2 mm slabs of a 1 mm volume in the phantom's pixels."""
    return [framed(volume[:, :, k : k + 2].mean(2)) for k in levels]


def phantom_slices(case: PhantomCase, name: str) -> list[np.ndarray]:
    """Return slices of a case through and above the ventricles, brought to the frame of the real ones."""
    return [case.inputs[name].array()[0][8:136, 8:136, k].astype(float) for k in (4, 10, 16, 22)]


def white_rows(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer (a), (b) and (d) for white-matter lesions."""
    phantom = PHANTOMS.get("white_lesions")
    cases = [case for _, case in draw_many(phantom, args.cases, SEED + 1, "benchmark", disease=True)]
    signal, outlined = real_patient(Path(args.data))
    brain = signal["t1"] > 0
    numbers = connected(outlined)
    theirs = lesion_numbers(signal, numbers, brain, (1.0, 1.0, 1.0))
    ours = [
        lesion_numbers(
            {name: image.array()[0].astype(float) for name, image in case.inputs.items()},
            case.truths["lesions"].objects.array()[0],
            case.truths["tissues"].labels.array()[0] > 0,
            case.inputs["t1"].grid.spacing,
        )
        for case in cases
    ]
    rows = [
        _range("lesions", np.array([float(len(case.lesions)) for case in cases]), float(numbers.max())),
        _range("lesion_load_ml", np.array([case.truths["lesion_load"].value for case in cases]), outlined.sum() / 1000),
    ]
    shares = [(c.truths["lesions"].labels.array() > 0).sum() / (c.truths["tissues"].labels.array() > 0).sum() for c in cases]
    rows.append(_range("share_of_brain", np.array(shares), outlined.sum() / brain.sum()))
    rows += [_inside(what, np.concatenate([one[what] for one in ours]), theirs[what]) for what in theirs]
    for name in SEQUENCES:
        mine = [picture for case in cases[:6] for picture in phantom_slices(case, name)]
        real = slices_of(signal[name], range(75, 123, 2))
        a, b = [brain_statistics(x) for x in mine], [brain_statistics(x) for x in real]
        rows += [_inside(f"{name}_{what}", np.array([s[what] for s in a]), np.array([s[what] for s in b])) for what in a[0]]
        auc = told_apart(np.array([scaled(x)[0] for x in mine]), np.array([scaled(x)[0] for x in real]))
        rows.append(row("b", f"{name}_forest_auc", f"{auc:.3f}", "0.5 = cannot be told", "told apart" if auc > 0.6 else "hardly"))
    return [*rows, *threshold_rows(cases), row("c", "transfer", "", "by benchmarks/lesions.py, one patient", "not assessed yet")]


def _inside(what: str, ours: np.ndarray, theirs: np.ndarray) -> dict[str, object]:
    """Compare a distribution with the 5-95 % range of the real one."""
    low, high = np.percentile(theirs, [5, 95])
    share = f"{((ours >= low) & (ours <= high)).mean():.0%} of phantoms"
    verdict = f"{'inside' if low <= np.median(ours) <= high else 'OUTSIDE'}, {share}"
    return row("a", what, f"{np.median(ours):.4f}", f"{low:.4f} to {high:.4f}", verdict)


def _range(what: str, ours: np.ndarray, real: float) -> dict[str, object]:
    """Compare a cohort of phantoms with the one patient there is."""
    low, high = np.percentile(ours, [5, 95])
    verdict = "the patient lies inside" if low <= real <= high else "the patient lies OUTSIDE"
    return row("a", what, f"{low:.4g} to {high:.4g}, median {np.median(ours):.4g}", f"{real:.4g}", verdict)


def threshold_rows(cases: list[PhantomCase]) -> list[dict[str, object]]:
    """Return what the best threshold on FLAIR reaches, chosen on half of the cases: voxel-wise and lesion-wise."""
    half = len(cases) // 2
    flair = [case.inputs["flair"].array()[0].astype(float) for case in cases]
    white = [f / np.median(f[c.truths["tissues"].labels.array()[0] > 0]) for f, c in zip(flair, cases, strict=True)]
    levels = np.linspace(1.1, 2.0, 19)

    def scores(level: float, some: slice) -> tuple[float, float]:
        both = []
        for image, case in zip(white[some], cases[some], strict=True):
            truth, spacing = case.truths["lesions"], case.inputs["flair"].grid.spacing
            judged = match_lesions(truth.objects.array()[0], connected(image > level), spacing=spacing)
            both.append((dice(counts_of_masks(truth.labels.array()[0] > 0, image > level)), judged.within().f1))
        return tuple(np.nanmean(both, axis=0))

    level = max(levels, key=lambda t: scores(t, slice(0, half))[0])
    voxels, lesions = scores(level, slice(half, None))
    note = f"{len(cases) - half} cases, FLAIR above {level:.2f} of the brain's median"
    return [
        row("d", "threshold_dice_flair", f"{voxels:.3f}", note, "fails" if voxels < 0.75 else "DOES NOT FAIL"),
        row("d", "threshold_lesion_f1_flair", f"{lesions:.3f}", note, "fails" if lesions < 0.75 else "DOES NOT FAIL"),
    ]
