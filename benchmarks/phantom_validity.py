"""Phantom validity: how like real images a phantom is, by four questions whose answers may be no.

(a) statistics of phantom images beside the 5-95 % range of real ones; (b) how well a forest tells phantom patches from real;
(c) Dice on real films of the product's own model trained on phantoms alone; (d) whether a mere threshold fails, as the sources say.

    python benchmarks/phantom_validity.py chest_xray [--cases 300] [--minutes 6] [--data DIR] [--save]
    python benchmarks/phantom_validity.py tof_vessels [--cases 12] [--save]
    python benchmarks/phantom_validity.py brain_mr [--cases 40] [--data DIR] [--save]
    python benchmarks/phantom_validity.py brain_mass [--cases 60] [--data DIR] [--save]
    python benchmarks/phantom_validity.py perivascular [--cases 40] [--save]
    python benchmarks/phantom_validity.py white_lesions [--cases 24] [--data DIR] [--save]
    python benchmarks/phantom_validity.py fundus [--cases 160] [--minutes 6] [--data DIR] [--save]
    python benchmarks/phantom_validity.py hand | dementia_risk [--cases 1000] [--save]
    python benchmarks/phantom_validity.py cortical_layers [--cases 60] [--save]
    python benchmarks/phantom_validity.py cardiac_cine [--cases 60] [--data DIR] [--save]

Real films: those of examples/cxr_covid that have a lung mask and are not in its test part, brought to the phantom's pixels. For
time-of-flight angiography there is no real image in the development data (a CT of a malformation is another modality), so (a)
to (c) are not assessed, and that phantom may serve in tests and in comparisons of methods on it, not as a claim about patients.
"""

import argparse
import os
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
from skimage.transform import resize
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from isocenter import run
from isocenter.io.masks import open_mask
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.stages.phantom import write_phantom
from provenance import add_rows, provenance

ROOT = Path(__file__).parent.parent
SEED = 20
SIZE = 128
PATCH = 16


def statistics(grey: np.ndarray, mask: np.ndarray) -> dict[str, float]:
    """Return what is compared of one picture (X, Y) in [0, 1] with its lung mask."""
    x = np.abs(np.gradient(grey, axis=0)), np.abs(np.gradient(grey, axis=1))
    steep = np.hypot(*x)
    power = np.abs(np.fft.fft2(grey - grey.mean())) ** 2
    frequency = np.hypot(np.fft.fftfreq(grey.shape[0])[:, None], np.fft.fftfreq(grey.shape[1])[None]) * SIZE
    rings = np.geomspace(4, SIZE / 2, 9)
    mean_power = [power[(frequency >= low) & (frequency < high)].mean() for low, high in pairwise(rings)]
    slope = np.polyfit(np.log(np.sqrt(rings[1:] * rings[:-1])), np.log(np.array(mean_power) + 1e-12), 1)[0]
    kernel = grey[1:-1, 1:-1] * 4 - 2 * (grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:])
    kernel = kernel + grey[:-2, :-2] + grey[2:, :-2] + grey[:-2, 2:] + grey[2:, 2:]
    wide, high = mask.any(1), mask.any(0)
    return {
        **{f"grey_p{q}": float(np.percentile(grey, q)) for q in (5, 25, 50, 75, 95)},
        **{f"gradient_p{q}": float(np.percentile(steep, q)) for q in (25, 50, 75, 95)},
        "spectrum_slope": float(slope),
        "noise_sd": float(np.median(np.abs(kernel)) / 0.6745 / 6.0),  # Immerkaer's mask, median for robustness
        "lung_share": float(mask.mean()),
        "lung_width": float(wide.sum() / mask.shape[0]),
        "lung_height": float(high.sum() / mask.shape[1]),
        "lung_over_rest": float(grey[mask].mean() - grey[~mask].mean()),
    }


def real_films(data: Path) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return pictures (N, X, Y) in [0, 1], masks and patients."""
    folder = ROOT / "examples" / "cxr_covid"
    study = read_study(folder / "study.yaml")
    held = open_cases(study, folder=folder, data=data)
    parts = dict(line.split(",")[0:3:2] for line in (folder / "split.csv").read_text().splitlines()[1:])
    films, masks, patients = [], [], []
    for case in held:
        if parts.get(case.key) == "test" or "lungs" not in case.labels or case.covariates.get("view") == "L":
            continue
        grey = next(iter(case.inputs.values())).array().astype(float)
        grey = grey.mean(0) / (255.0 if grey.max() < 256 else 65535.0)
        films.append(resize(grey, (SIZE, SIZE), order=1, anti_aliasing=True))
        masks.append(
            resize((case.labels["lungs"].labels.array()[0] == 1).astype(float), (SIZE, SIZE), order=1, anti_aliasing=True) > 0.5
        )
        patients.append(case.patient)
    return np.array(films), np.array(masks), patients


def patches(films: np.ndarray, rng: np.random.Generator, each: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Return features of patches (N * each, F) and which film each came from: standardized pixels, mean, spread, gradients."""
    rows, owner = [], []
    for index, film in enumerate(films):
        for _ in range(each):
            i, j = rng.integers(0, SIZE - PATCH, 2)
            p = film[i : i + PATCH, j : j + PATCH]
            steep = np.hypot(*np.gradient(p))
            flat = ((p - p.mean()) / (p.std() + 1e-3)).ravel()
            rows.append([*flat, p.mean(), p.std(), *np.percentile(steep, (10, 50, 90))])
            owner.append(index)
    return np.array(rows, np.float32), np.array(owner)


def told_apart(phantom: np.ndarray, real: np.ndarray) -> float:
    """Return the AUC of a forest between phantom and real patches, out of fold by film; 0.5 = cannot be told."""
    rng = np.random.default_rng(SEED)
    n = min(len(phantom), len(real))
    (a, of_a), (b, of_b) = patches(phantom[:n], rng), patches(real[:n], rng)
    x, y = np.concatenate([a, b]), np.repeat([0, 1], [len(a), len(b)])
    forest = RandomForestClassifier(200, min_samples_leaf=3, n_jobs=1, random_state=SEED)
    score = cross_val_predict(forest, x, y, groups=np.concatenate([of_a, n + of_b]), cv=GroupKFold(5), method="predict_proba")[:, 1]
    return float(roc_auc_score(y, score))


def dice(a: np.ndarray, b: np.ndarray) -> float:
    """Return Dice of two masks, NaN when both are empty."""
    total = int(a.sum() + b.sum())
    return float("nan") if total == 0 else 2 * int((a & b).sum()) / total


def best_threshold(images: np.ndarray, masks: np.ndarray, *, dark: bool) -> float:
    """Return the threshold, of 60 quantiles, with the highest mean Dice."""
    levels = np.quantile(images, np.linspace(0.01, 0.999, 60))
    scores = [np.nanmean([dice((i < t) if dark else (i > t), m) for i, m in zip(images, masks, strict=True)]) for t in levels]
    return float(levels[int(np.argmax(scores))])


def score_threshold(images: np.ndarray, masks: np.ndarray, level: float, *, dark: bool) -> float:
    """Return the mean Dice of one threshold."""
    return float(np.nanmean([dice((i < level) if dark else (i > level), m) for i, m in zip(images, masks, strict=True)]))


def transfer(folder: Path, n: int, minutes: float, real: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Train the product's own model on n phantoms and return its Dice on every real film."""
    from PIL import Image as Picture

    from isocenter.stages.predict import predict

    study = folder / "phantoms" / "study.yaml"
    if not study.exists():
        write_phantom("chest_xray", study.parent, n=n, seed=SEED, options={"size_px": SIZE})
    done = run(study, out=folder / "run", data=study.parent, time_limit=minutes)
    films = folder / "films"
    films.mkdir(exist_ok=True)
    lines = ["case,patient,film"]
    for index, film in enumerate(real):
        Picture.fromarray(np.rint(255 * film.T).clip(0, 255).astype(np.uint8)).save(films / f"r{index:03d}.png")
        lines.append(f"r{index:03d},r{index:03d},r{index:03d}.png")
    (films / "cases.csv").write_text("\n".join(lines) + "\n")
    answers = predict(done.path, films / "cases.csv", out=folder / "answers", data=films)
    found = {p.name[:4]: open_mask(p, ("background", "lungs")).region("lungs") for p in answers.parent.rglob("r???*.png")}
    return np.array([dice(found[f"r{index:03d}"], mask) for index, mask in enumerate(masks)])


def chest_rows(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer (a) to (d) for the chest film."""
    real, masks, patients = real_films(Path(args.data))
    drawn = [case for _, case in draw_many(PHANTOMS.get("chest_xray"), len(real), SEED + 1, size_px=SIZE)]
    films = np.array([c.inputs["film"].array()[0] / 255.0 for c in drawn])
    truth = np.array([c.truths["lungs"].region("lungs") for c in drawn])
    rows: list[dict[str, object]] = []
    ours = [statistics(f, m) for f, m in zip(films, truth, strict=True)]
    theirs = [statistics(f, m) for f, m in zip(real, masks, strict=True)]
    for name in ours[0]:
        a, b = np.array([s[name] for s in ours]), np.array([s[name] for s in theirs])
        low, high = np.percentile(b, [5, 95])
        inside = float(((a >= low) & (a <= high)).mean())
        row = {"check": "a", "what": name, "value": f"{np.median(a):.4f}", "real": f"{low:.4f} to {high:.4f}"}
        rows.append(row | {"verdict": f"{'inside' if low <= np.median(a) <= high else 'OUTSIDE'}, {inside:.0%} of phantoms"})
    auc = told_apart(films, real)
    rows.append(
        {
            "check": "b",
            "what": "forest_auc",
            "value": f"{auc:.3f}",
            "real": "0.5 = cannot be told",
            "verdict": "told apart" if auc > 0.6 else "hardly told apart",
        }
    )
    level = best_threshold(films[::2], truth[::2], dark=True)
    own, other = score_threshold(films[1::2], truth[1::2], level, dark=True), score_threshold(real, masks, level, dark=True)
    rows.append(
        {
            "check": "d",
            "what": "threshold_dice",
            "value": f"{own:.3f}",
            "real": f"{other:.3f}",
            "verdict": "fails" if own < 0.75 else "DOES NOT FAIL",
        }
    )
    mean = truth.mean(0) >= 0.5
    rows.append(
        {
            "check": "d",
            "what": "mean_mask_dice",
            "value": f"{np.mean([dice(mean, m) for m in truth]):.3f}",
            "real": f"{np.mean([dice(mean, m) for m in masks]):.3f}",
            "verdict": "baseline beside",
        }
    )
    if args.minutes > 0:
        with tempfile.TemporaryDirectory() as scratch:
            got = transfer(Path(args.folder or scratch), args.cases, args.minutes, real, masks)
        verdict = "reached" if got.mean() >= 0.85 else "NOT reached"
        text = f"{got.mean():.3f} (median {np.median(got):.3f}, worst tenth below {np.quantile(got, 0.1):.3f})"
        rows.append(
            {
                "check": "c",
                "what": f"dice_of_a_model_of_{args.cases}_phantoms_{args.minutes:g}_min",
                "value": text,
                "real": f"{len(got)} films, {len(set(patients))} patients",
                "verdict": f"0.85 {verdict}",
            }
        )
    return rows


def tof_rows(args: argparse.Namespace) -> list[dict[str, object]]:
    """Answer what can be answered for the angiogram."""
    rows: list[dict[str, object]] = [
        {"check": check, "what": what, "value": "", "real": "no real angiogram in the data", "verdict": "not assessed"}
        for check, what in (("a", "statistics"), ("b", "forest_auc"), ("c", "transfer"))
    ]
    for grade, n in (("test", args.cases), ("benchmark", max(args.cases // 2, 4))):
        drawn = [case for _, case in draw_many(PHANTOMS.get("tof_vessels"), n, SEED + 1, grade)]
        images = [c.inputs["tof"].array()[0].astype(float) for c in drawn]
        truth = [c.truths["vessels"].region("vessel") for c in drawn]
        line = [c.truths["centerline"].region("centerline") for c in drawn]
        half = n // 2
        level = best_threshold(np.array(images[:half]), np.array(truth[:half]), dark=False)
        score = score_threshold(np.array(images[half:]), np.array(truth[half:]), level, dark=False)
        found = float(np.mean([(i > level)[c].mean() for i, c in zip(images[half:], line[half:], strict=True)]))
        text = f"{score:.3f}, and {found:.0%} of center lines"
        verdict = "fails" if score < 0.75 or found < 0.5 else "DOES NOT FAIL"
        rows.append(
            {"check": "d", "what": f"threshold_dice_{grade}", "value": text, "real": f"{n - half} cases", "verdict": verdict}
        )
    return rows


def main() -> None:
    """Print the row of one phantom, and keep it with --save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "phantom",
        choices=[
            "chest_xray",
            "tof_vessels",
            "brain_mr",
            "brain_mass",
            "perivascular",
            "white_lesions",
            "fundus",
            "hand",
            "dementia_risk",
            "cortical_layers",
            "cardiac_cine",
        ],
    )
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=6.0)
    parser.add_argument("--data", default=os.environ.get("ISOCENTER_DATA", "data"))
    parser.add_argument("--folder", help="keep phantoms, run and answers here")
    parser.add_argument("--save", action="store_true")
    args = parser.parse_args()
    from brain_validity import brain_rows, mass_rows, perivascular_rows
    from cortex_validity import cortex_rows
    from exam_validity import QUESTIONS
    from heart_validity import heart_rows
    from white_validity import white_rows

    questions = {
        "chest_xray": chest_rows, "tof_vessels": tof_rows, "brain_mr": brain_rows, "brain_mass": mass_rows,
        "perivascular": perivascular_rows, "white_lesions": white_rows, "cortical_layers": cortex_rows,
        "cardiac_cine": heart_rows,
    }  # fmt: skip
    rows = (questions | QUESTIONS)[args.phantom](args)
    phantom = PHANTOMS.get(args.phantom)
    for row in rows:
        print(f"{row['check']}  {row['what']:<48}{row['value']!s:<44}{row['real']!s:<34}{row['verdict']}")
    print(f"phantom {phantom.name} {phantom.version}, parameters {phantom.hash}")
    if args.save:
        facts = provenance(seed=SEED)
        kept = [{"phantom": phantom.name, "hash": phantom.hash, **row, **facts} for row in rows]
        add_rows("phantom_validity", kept, key=("phantom", "check", "what"))


if __name__ == "__main__":
    main()
