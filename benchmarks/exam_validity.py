"""The validity rows of the fundus, hand and dementia-risk phantoms; called by phantom_validity.py, which says what (a) to (d) are.

Real fundi: DRIVE without its test part, CHASE_DB1, IDRiD's grading set, each cut to its lit square and brought to 256 x 256. Vessel
masks are brought to the same pixels; a pixel is vessel when 40 % of it is, as in the phantom. There is no real hand film and no
real coronal slice with follow-up in the development data: for those two phantoms (a) to (c) are not assessed.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image as Picture
from scipy import ndimage
from skimage.transform import resize
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from isocenter import run
from isocenter.io.masks import open_mask
from isocenter.metrics.agreement import quadratic_kappa, weighted_confusion
from isocenter.metrics.concordance import uno
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import PhantomCase
from isocenter.stages.phantom import write_phantom
from isocenter.stages.predict import predict
from phantom_validity import SEED, best_threshold, dice, score_threshold, told_apart

SIDE = 256
Rows = list[dict[str, object]]


def lit_square(colors: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """Cut pictures (Y, X[, 3]) to the square around what is lit in the first, and bring them to SIDE x SIDE."""
    bright = colors.max(2)
    lit = bright > 0.08 * bright.max()
    rows, columns = np.nonzero(lit.any(1))[0], np.nonzero(lit.any(0))[0]
    out = []
    for picture in (colors, *others):
        cut = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        side = max(cut.shape[:2])
        before = [(side - n) // 2 for n in cut.shape[:2]]
        pad = [(b, side - n - b) for b, n in zip(before, cut.shape[:2], strict=True)] + [(0, 0)] * (cut.ndim - 2)
        out.append(resize(np.pad(cut, pad), (SIDE, SIDE), order=1, anti_aliasing=True))
    return out


def real_fundi(data: Path) -> list[tuple[str, np.ndarray, np.ndarray | None]]:
    """Return (set, picture (Y, X, 3) in [0, 1], vessel mask or None)."""
    found: list[tuple[str, np.ndarray, np.ndarray | None]] = []
    for name, pattern in (("drive", "*_training.tif"), ("chase_db1", "*.jpg"), ("idrid_grading", "*.jpg")):
        for path in sorted((data / name / "images").glob(pattern)):
            colors = np.asarray(Picture.open(path).convert("RGB")) / 255.0
            drawn = next(iter((data / name / "vessels").glob(f"{path.stem}.*")), None)
            if drawn is None:
                found.append((name, lit_square(colors)[0], None))
            else:
                cut, mask = lit_square(colors, (np.asarray(Picture.open(drawn)) > 0).astype(float))
                found.append((name, cut, mask >= 0.4))
    return found


def fundus_statistics(picture: np.ndarray, vessels: np.ndarray | None) -> dict[str, float]:
    """Return what is compared of one picture (Y, X, 3) in [0, 1], within what is lit."""
    lit = ndimage.binary_erosion(picture.max(2) > 0.1, iterations=6)
    green = picture[..., 1]
    steep = np.hypot(*np.gradient(green))[lit]
    kernel = np.abs(ndimage.convolve(green, np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1.0]])))[lit]
    out = {
        f"{name}_p{q}": float(np.percentile(picture[..., k][lit], q))
        for k, name in enumerate(("red", "green", "blue"))
        for q in (5, 50, 95)
    }
    out |= {f"gradient_p{q}": float(np.percentile(steep, q)) for q in (25, 50, 75, 95)}
    out["noise_sd"] = float(np.median(kernel) / 0.6745 / 6.0)  # Immerkaer's mask, median for robustness
    if vessels is not None:
        out["vessel_share"] = float(vessels[lit].mean())
        out["vessel_darker"] = float(green[lit & ~vessels].mean() - green[lit & vessels].mean())
    return out


def fundus_rows(args: argparse.Namespace) -> Rows:
    """Answer (a) to (d) for the fundus photograph."""
    real = real_fundi(Path(args.data))
    drawn = [case for _, case in draw_many(PHANTOMS.get("fundus"), 80, SEED + 1, "benchmark", spoiled=False)]
    ours = [
        (case.inputs["fundus"].array().transpose(2, 1, 0) / 255.0, case.truths["vessels"].labels.array()[0].T > 0) for case in drawn
    ]
    mine = [fundus_statistics(picture, vessels) for picture, vessels in ours]
    theirs = [fundus_statistics(picture, vessels) for _, picture, vessels in real]
    rows: Rows = []
    for name in mine[0]:
        a, b = np.array([s[name] for s in mine]), np.array([s[name] for s in theirs if name in s])
        low, high = np.percentile(b, [5, 95])
        inside = float(((a >= low) & (a <= high)).mean())
        verdict = f"{'inside' if low <= np.median(a) <= high else 'OUTSIDE'}, {inside:.0%} of phantoms"
        rows.append(_row("a", name, f"{np.median(a):.4f}", f"{low:.4f} to {high:.4f}", verdict))
    middle = slice(SIDE // 4, 3 * SIDE // 4)
    auc = told_apart(
        np.array([picture[middle, middle, 1] for picture, _ in ours]),
        np.array([picture[middle, middle, 1] for _, picture, _ in real]),
    )
    rows.append(_row("b", "forest_auc", f"{auc:.3f}", "0.5 = cannot be told", "told apart" if auc > 0.6 else "hardly told apart"))
    traced = [(picture, vessels) for _, picture, vessels in real if vessels is not None]
    rows += _thresholds(ours, traced)
    rows += _grades_of_statistics(Path(args.data))
    if args.minutes > 0:
        with tempfile.TemporaryDirectory() as scratch:
            got = _transfer(Path(args.folder or scratch), args.cases, args.minutes, [picture for picture, _ in traced])
        scores = np.array([dice(answer, vessels) for answer, (_, vessels) in zip(got, traced, strict=True)])
        text = f"{scores.mean():.3f} (median {np.median(scores):.3f}, worst tenth below {np.quantile(scores, 0.1):.3f})"
        reached = f"0.70 {'reached' if scores.mean() >= 0.7 else 'NOT reached'}"
        rows.append(
            _row(
                "c",
                f"vessel_f1_of_a_model_of_{args.cases}_phantoms_{args.minutes:g}_min",
                text,
                f"{len(scores)} images at 256 px",
                reached,
            )
        )
    return rows


def _thresholds(ours: list[tuple[np.ndarray, np.ndarray]], traced: list[tuple[np.ndarray, np.ndarray]]) -> Rows:
    """Ask whether the best single threshold of local darkness finds vessels."""

    def dark(picture: np.ndarray) -> np.ndarray:
        lit = picture.max(2) > 0.1
        level = ndimage.gaussian_filter(picture[..., 1], 12) / np.maximum(ndimage.gaussian_filter(lit.astype(float), 12), 0.05)
        return np.where(ndimage.binary_erosion(lit, iterations=6), picture[..., 1] - level, 1.0)

    images, masks = np.array([dark(p) for p, _ in ours]), np.array([m for _, m in ours])
    level = best_threshold(images[::2], masks[::2], dark=True)
    own = score_threshold(images[1::2], masks[1::2], level, dark=True)
    real_images, real_masks = np.array([dark(p) for p, _ in traced]), np.array([m for _, m in traced])
    other = score_threshold(real_images, real_masks, best_threshold(real_images, real_masks, dark=True), dark=True)
    return [
        _row(
            "d",
            "local_threshold_vessel_f1",
            f"{own:.3f}",
            f"{other:.3f}, its own threshold",
            "fails" if own < 0.75 else "DOES NOT FAIL",
        )
    ]


def _grades_of_statistics(data: Path) -> Rows:
    """Ask whether mere colors and spreads of the whole picture tell the grade: a forest on them, out of fold."""
    drawn = [case for _, case in draw_many(PHANTOMS.get("fundus"), 300, SEED + 2, "test", spoiled=False)]
    ours = np.array([_color_statistics(case.inputs["fundus"].array().transpose(2, 1, 0) / 255.0) for case in drawn])
    grades = np.array([case.truths["grade"].best for case in drawn])
    labels = {
        line.split(",")[0]: int(line.split(",")[3]) for line in (data / "idrid_grading/labels.csv").read_text().splitlines()[1:]
    }
    paths = sorted((data / "idrid_grading/images").glob("*.jpg"))
    theirs = np.array([_color_statistics(lit_square(np.asarray(Picture.open(path)) / 255.0)[0]) for path in paths])
    real = np.array([labels[path.name] for path in paths])
    own, other = _kappa_of_forest(ours, grades), _kappa_of_forest(theirs, real)
    return [
        _row(
            "d",
            "grade_kappa_of_color_statistics",
            f"{own:.3f}",
            f"{other:.3f} (idrid, {len(real)} eyes)",
            "fails" if own < 0.6 else "DOES NOT FAIL",
        )
    ]


def _color_statistics(picture: np.ndarray) -> list[float]:
    """Return percentiles and spread of each color within what is lit."""
    lit = picture.max(2) > 0.1
    inside = picture[lit]
    return [*np.percentile(inside, [1, 5, 25, 50, 75, 95, 99], axis=0).ravel(), *inside.std(0)]


def _kappa_of_forest(x: np.ndarray, grades: np.ndarray) -> float:
    """Return the quadratic kappa of a forest, out of fold."""
    forest = RandomForestClassifier(300, min_samples_leaf=2, n_jobs=1, random_state=SEED)
    answer = cross_val_predict(forest, x, grades, cv=StratifiedKFold(5, shuffle=True, random_state=SEED))
    return float(quadratic_kappa(weighted_confusion(grades, answer, 5, np.ones((1, len(grades)))))[0])


def _transfer(folder: Path, n: int, minutes: float, pictures: list[np.ndarray]) -> list[np.ndarray]:
    """Train the product's own model on n phantoms and return its vessels (Y, X) in every real picture."""
    study = folder / "phantoms" / "study.yaml"
    if not study.exists():
        write_phantom("fundus", study.parent, n=n, seed=SEED, grade="benchmark", options={"spoiled": False})
    done = run(study, out=folder / "run", data=study.parent, time_limit=minutes)
    photos = folder / "photos"
    photos.mkdir(exist_ok=True)
    lines = ["case,patient,fundus"]
    for index, picture in enumerate(pictures):
        Picture.fromarray(np.rint(255 * picture).clip(0, 255).astype(np.uint8)).save(photos / f"r{index:03d}.png")
        lines.append(f"r{index:03d},r{index:03d},r{index:03d}.png")
    (photos / "cases.csv").write_text("\n".join(lines) + "\n")
    answers = predict(done.path, photos / "cases.csv", out=folder / "answers", data=photos)
    found = {
        path.name[:4]: open_mask(path, ("background", "vessel")).region("vessel").T for path in answers.parent.rglob("r???*.png")
    }
    return [found[f"r{index:03d}"] for index in range(len(pictures))]


def hand_rows(args: argparse.Namespace) -> Rows:
    """Answer what can be answered for the hand film: how well bone age is read without looking at bones."""
    rows = _not_assessed("no real hand film in the data")
    drawn = [case for _, case in draw_many(PHANTOMS.get("hand"), max(args.cases, 200), SEED + 1)]
    truth = np.array([case.truths["bone_age"].value for case in drawn])
    boy = np.array([float(case.covariates["sex"] == "M") for case in drawn])
    size = np.array([float(case.covariates["pixel_mm"]) for case in drawn])
    thumbs = np.array([_thumbnail(case, "film", 16) for case in drawn])
    who = f"{len(drawn)} cases, out of fold"
    error = float(np.abs(truth - truth.mean()).mean())
    rows.append(_row("d", "bone_age_mae_of_training_mean", f"{error:.1f} months", who, "baseline beside"))
    for name, x in {
        "hand_size_and_sex": np.stack([size, size**2, boy, size * boy], 1),
        "thumbnail_and_sex": np.column_stack([thumbs, boy]),
    }.items():
        found = cross_val_predict(RidgeCV(np.geomspace(1e-3, 1e4, 15)), _standard(x), truth, cv=5)
        error = float(np.abs(found - truth).mean())
        rows.append(_row("d", f"bone_age_mae_of_{name}", f"{error:.1f} months", who, "fails" if error > 6 else "DOES NOT FAIL"))
    return rows


def dementia_rows(args: argparse.Namespace) -> Rows:
    """Answer what can be answered for the dementia-risk slice: Uno's C at best, and without looking at the hippocampus."""
    rows = _not_assessed("no real slice with follow-up in the data")
    drawn = [case for _, case in draw_many(PHANTOMS.get("dementia_risk"), max(args.cases, 1000), SEED + 1)]
    days = np.array([case.truths["dementia"].days[0] for case in drawn])
    code = np.array([case.truths["dementia"].code for case in drawn])
    risk = np.array([case.truths["risk"].value for case in drawn])
    people = np.array([[float(case.covariates["age"]), float(case.covariates["sex"] == "F")] for case in drawn])
    areas = np.array([[case.truths[name].value for name in ("hippocampal_area", "ventricular_area")] for case in drawn])
    thumbs = np.array([_thumbnail(case, "t1", 24) for case in drawn])
    shares = " / ".join(f"{(code == k).mean():.2f}" for k in range(3))
    rows.append(_row("d", "share_censored_dementia_death", shares, f"{len(drawn)} cases", "as drawn"))

    def concordance(score: np.ndarray) -> float:
        # The predictor is that of the hazard, not of the incidence: deaths are taken for censorings here.
        return float(uno(days, np.where(code == 1, 1, 0), -score, np.ones((1, len(days))))[0])

    best = concordance(risk)
    rows.append(_row("d", "uno_c_of_the_true_predictor", f"{best:.3f}", f"{len(drawn)} cases", "the most there is"))
    # Ridge on the true predictor, out of fold: what a column holds of it, were the follow-up endless.
    for name, x in {
        "age_and_sex": people,
        "areas_age_sex": np.column_stack([areas, areas**2, people]),
        "thumbnail_age_sex": np.column_stack([thumbs, people]),
    }.items():
        found = concordance(cross_val_predict(RidgeCV(np.geomspace(1e-3, 1e4, 15)), _standard(x), risk, cv=5))
        verdict = "near the best" if best - found <= 0.02 else f"{best - found:.3f} below the best"
        rows.append(_row("d", f"uno_c_of_{name}", f"{found:.3f}", f"{len(drawn)} cases, out of fold", verdict))
    return rows


def _thumbnail(case: PhantomCase, name: str, side: int) -> np.ndarray:
    """Return a picture shrunk to side x side, its polarity as it is."""
    return resize(case.inputs[name].array()[0] / 255.0, (side, side), order=1, anti_aliasing=True).ravel()


def _standard(x: np.ndarray) -> np.ndarray:
    """Return columns of mean 0 and SD 1."""
    return (x - x.mean(0)) / np.maximum(x.std(0), 1e-9)


def _not_assessed(why: str) -> Rows:
    return [
        _row(check, what, "", why, "not assessed") for check, what in (("a", "statistics"), ("b", "forest_auc"), ("c", "transfer"))
    ]


def _row(check: str, what: str, value: str, real: str, verdict: str) -> dict[str, object]:
    return {"check": check, "what": what, "value": value, "real": real, "verdict": verdict}


QUESTIONS: dict[str, Callable[[argparse.Namespace], Rows]] = {
    "fundus": fundus_rows, "hand": hand_rows, "dementia_risk": dementia_rows
}  # fmt: skip
