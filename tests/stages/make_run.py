"""Run folders made by hand: small phantoms, answers that are known to be a bit wrong, numbers that are known."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from isocenter.core.comparison import Comparison
from isocenter.core.estimate import Estimate
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.plan import Plan, Setting
from isocenter.core.prediction import Prediction
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.io.write import write_image, write_mask
from isocenter.stages.run_folder import RunFolder

CLASSES = ("background", "anterior", "posterior")
DICE = "dice = 2 TP / (2 TP + FP + FN); Dice, Ecology 1945"


def ellipsoid(shape: Sequence[int], center: Sequence[float], radii: Sequence[float]) -> np.ndarray:
    """Samples inside an ellipsoid, bool (*shape)."""
    axes = np.meshgrid(*[np.arange(n) for n in shape], indexing="ij")
    return sum(((a - c) / r) ** 2 for a, c, r in zip(axes, center, radii, strict=True)) <= 1


def phantom(rng: np.random.Generator, *, shape: Sequence[int], error: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """An image, its truth of two classes, and an answer shifted by `error` voxels."""
    center = np.asarray(shape) / 2 + rng.uniform(-1, 1, len(shape))
    radii = np.asarray(shape) * 0.28

    def labels(shift: float) -> np.ndarray:
        whole = ellipsoid(shape, center + shift, radii)
        front = np.arange(shape[1])[(None, slice(None)) + (None,) * (len(shape) - 2)] < center[1] + shift
        return np.where(whole, np.where(front, 1, 2), 0).astype(np.uint8)

    truth = labels(0.0)
    image = 200 * (truth > 0) + 60 * (truth == 1) + rng.normal(0, 25, shape) + 100
    return image.astype(np.float32)[None], truth, labels(error)


def dice(a: np.ndarray, b: np.ndarray) -> float:
    """Dice of two bool arrays; NaN when both are empty."""
    total = a.sum() + b.sum()
    return float(2 * (a & b).sum() / total) if total else math.nan


def estimate(
    values: dict[str, list[float]], name: str, *, who: str, part: str, group: str = "all", target: str = "tissue"
) -> Estimate:
    """A mean over patients with a plain bootstrap; no interval below 10."""
    means = np.array([np.nanmean(v) for v in values.values()])
    ends = (math.nan, math.nan)
    if len(means) >= 10:
        draws = np.random.default_rng(0).choice(means, (500, len(means))).mean(axis=1)
        low, high = np.percentile(draws, [2.5, 97.5])
        ends = (float(low), float(high))
    cases = sum(map(len, values.values()))
    return Estimate(
        name=name,
        value=float(means.mean()),
        unit="1",
        ci95=ends,
        interval="patient bootstrap" if len(means) >= 10 else "",
        patients=len(means),
        cases=cases,
        excluded=0,
        group=group,
        who=who,
        part=part,
        target=target,
    )


def mask_run(
    folder: Path,
    *,
    patients: int = 24,
    part: str = "test",
    dims: int = 3,
    openings: int = 1,
    name: str = "hand-made",
    visits: int = 1,
    findings: bool = True,
    key: str = "case_{:03d}",
) -> RunFolder:
    """A segmentation run of `patients` test (or tuning) patients, evaluated."""
    rng = np.random.default_rng(1)
    run = RunFolder(folder).create()
    shape = (26, 34, 20) if dims == 3 else (64, 40)
    grid = plain_grid(shape)
    if dims == 3:
        grid = Grid(shape=shape, affine=as_affine(np.diag([-1.0, -1.0, 1.5, 1.0])), world="ras_mm")
    study = Study(
        name=name,
        cases=Path("cases.csv"),
        inputs={"t1": "image"},
        targets=(Target(name="tissue", type="mask", columns=("label",), classes=CLASSES),),
        patient="patient_id",
        covariates=("sex",),
        groups=("sex",),
    )
    rows, split, measurements = [], [], []
    by_name: dict[tuple[str, str], dict[str, list[float]]] = {}
    for number in range(patients * visits + 12):
        patient = f"p{number // visits:03d}"
        case, inside = key.format(number), number < patients * visits
        image, truth, answer = phantom(rng, shape=shape, error=abs(rng.normal(0.9, 0.5)))
        suffix = ".nii.gz" if dims == 3 else ".png"
        shown = held_image(image if dims == 3 else np.clip(image / 2, 0, 255).astype(np.uint8), grid, channels=("t1",))
        write_image(shown, folder / "data" / f"{number}_image{suffix}")
        write_mask(held_mask(truth, grid, CLASSES), folder / "data" / f"{number}_label{suffix}")
        rows.append([case, patient, f"data/{number}_image{suffix}", f"data/{number}_label{suffix}", "F" if number % 2 else "M"])
        split.append([case, patient, part if inside else "learn", ""])
        if not inside:
            continue
        run.append(Prediction(case=case, answers={"tissue": held_mask(answer, grid, CLASSES)}))
        for who, given in (("model", answer), ("baseline:threshold", (image[0] > 220).astype(np.uint8))):
            per_class = [dice(truth == k, given == k) for k in (1, 2)]
            for metric, value in zip(
                ("dice", "dice_anterior", "dice_posterior"), (float(np.mean(per_class)), *per_class), strict=True
            ):
                measurements.append([case, patient, part, "", who, "tissue", metric, value, "1", DICE])
                by_name.setdefault((who, metric), {}).setdefault(patient, []).append(value)
    run.write(study)
    _csv(folder / "cases.csv", [["case", "patient_id", "image", "label", "sex"], *rows])
    _csv(folder / "split.csv", [["case", "patient", "part", "fold"], *split])
    run.write_json("sources.json", {"folder": str(folder), "data": str(folder)})
    estimates = [estimate(v, metric, who=who, part=part) for (who, metric), v in by_name.items()]
    for sex, odd in (("F", 1), ("M", 0)):
        mine = {p: v for p, v in by_name[("model", "dice")].items() if int(p[1:]) * visits % 2 == odd % 2}
        if mine:
            estimates.append(estimate(mine, "dice", who="model", part=part, group=f"sex={sex}"))
    run.write_records("estimates.json", estimates)
    columns = ["case", "patient", "part", "fold", "who", "target", "name", "value", "unit", "method"]
    run.write_measurements([dict(zip(columns, row, strict=True)) for row in measurements])
    _the_rest(run, patients=patients, openings=openings if part == "test" else 0, findings=findings)
    return run


def score_run(folder: Path, *, patients: int = 60, name: str = "two classes") -> RunFolder:
    """A classification run: probabilities that rank the classes well, on pictures of 8 × 6 samples."""
    rng = np.random.default_rng(2)
    run = RunFolder(folder).create()
    study = Study(
        name=name,
        cases=Path("cases.csv"),
        inputs={"view": "image"},
        targets=(Target(name="finding", type="class", columns=("finding",), classes=("absent", "present")),),
    )
    rows, split, measurements = [], [], []
    for number in range(patients):
        case, patient, truth = f"case_{number:03d}", f"p{number:03d}", number % 2
        shown = held_image(rng.integers(0, 255, (1, 8, 6)).astype(np.uint8), plain_grid((8, 6)), channels=("gray",))
        write_image(shown, folder / "data" / f"{number}.png")
        rows.append([case, patient, f"data/{number}.png", ("absent", "present")[truth]])
        split.append([case, patient, "test", ""])
        p = float(1 / (1 + np.exp(-rng.normal(1.4 * (2 * truth - 1), 1.2))))
        run.append(Prediction(case=case, answers={"finding": Scores(p=np.array([1 - p, p]), names=("absent", "present"))}))
        measurements.append(
            [
                case,
                patient,
                "test",
                "",
                "model",
                "finding",
                "correct",
                float((p > 0.5) == bool(truth)),
                "1",
                "p of the truth is largest",
            ]
        )
    run.write(study)
    _csv(folder / "cases.csv", [["case", "patient", "image", "finding"], *rows])
    _csv(folder / "split.csv", [["case", "patient", "part", "fold"], *split])
    run.write_json("sources.json", {"folder": str(folder), "data": str(folder)})
    auc = Estimate(
        name="auc",
        value=0.91,
        unit="1",
        ci95=(0.84, 0.96),
        interval="DeLong",
        patients=patients,
        cases=patients,
        excluded=0,
        who="model",
        part="test",
        target="finding",
    )
    run.write_records("estimates.json", [auc])
    columns = ["case", "patient", "part", "fold", "who", "target", "name", "value", "unit", "method"]
    run.write_measurements([dict(zip(columns, row, strict=True)) for row in measurements])
    _the_rest(run, patients=patients, openings=1, findings=False)
    return run


def _the_rest(run: RunFolder, *, patients: int, openings: int, findings: bool) -> None:
    run.write(
        Plan(
            method="threshold",
            seed=0,
            steps=1200,
            minutes=15.0,
            gigabytes=2.4,
            sane=True,
            settings=(
                Setting(
                    name="spacing",
                    value=(1.0, 1.0, 1.5),
                    reason="the median spacing of 135 cases is 1.00 × 1.00 × 1.50 mm",
                    origin="rule",
                ),
                Setting(name="patch", value=(40, 56, 40), reason="covers the median shape 35 × 51 × 36 whole", origin="rule"),
                Setting(name="learning_rate", value=0.002, reason="one cycle to 2e-3 suits AdamW on short budgets", origin="fixed"),
                Setting(
                    name="compile",
                    value=True,
                    reason="a step took 0.95 s compiled and 1.44 s not, in 3 timed steps",
                    origin="measured",
                ),
                Setting(name="widths", value=(32, 64, 128, 256), reason="--set widths=32,64,128,256", origin="user"),
            ),
            warnings=(),
        )
    )
    if findings:
        run.write_json(
            "check.json",
            [
                {
                    "code": "empty_mask",
                    "severity": "warning",
                    "expected": "at least one labeled voxel",
                    "got": "none",
                    "do": "leave the case out or mend it",
                    "cases": ["case_001"],
                    "evidence": [],
                    "figure": None,
                },
                {
                    "code": "mixed_spacing",
                    "severity": "note",
                    "expected": "one spacing",
                    "got": "2 spacings",
                    "do": "nothing: the plan resamples",
                    "cases": [],
                    "evidence": [],
                    "figure": None,
                },
            ],
        )
    steps = np.arange(1, 241) * 5
    lines = [["step", "minutes", "loss", "loss_dice", "tune_dice"]]
    rng = np.random.default_rng(3)
    for step in steps:
        wave = math.exp(-step / 300)
        tune = f"{0.88 - 0.6 * math.exp(-step / 250):.4f}" if step % 100 == 0 else ""
        lines.append([step, f"{step * 0.0125:.3f}", f"{0.25 + wave + rng.normal(0, 0.05):.4f}", f"{0.12 + 0.6 * wave:.4f}", tune])
    _csv(run.path / "log.csv", lines)
    run.write_json(
        "fingerprint.json",
        {
            "cases": 135,
            "patients": 135,
            "dims": 3,
            "shapes": [[34, 47, 40], [35, 51, 36], [36, 52, 38]],
            "spacings": [[1, 1, 1.5]] * 3,
            "unit": "mm",
            "inputs": {"t1": {"cases": 135, "channels": 1, "unit": "1"}},
            "intensity": {"t1": {"mean": 300.0, "std": 40.0, "median": 310.0, "p005": 120.0, "p995": 480.0}},
            "targets": {
                "tissue": {
                    "type": "mask",
                    "cases": 135,
                    "classes": {
                        "background": {"share": 0.9, "cases": 135},
                        "anterior": {"share": 0.053, "cases": 135},
                        "posterior": {"share": 0.047, "cases": 135},
                    },
                }
            },
        },
    )
    if openings:
        _csv(
            run.path / "openings.csv",
            [["time", "plan", "metric", "value"], *[["2026-01-01T12:00:00+00:00", "ab12", "dice", "0.87"]] * openings],
        )
    run.write_text("environment.txt", "isocenter 0.1.0\npython 3.11.9\ntorch 2.13.0\n2 cores\n")
    if patients >= 10:
        effect = Comparison(
            name="dice",
            first="model",
            second="baseline:threshold",
            effect=0.42,
            ci95=(0.40, 0.44),
            p=0.0005,
            test="sign-flip permutation over patients",
            unit="1",
            patients=patients,
            target="tissue",
        )
        run.write_json("comparisons.json", [{**effect.__dict__}])


def _csv(path: Path, rows: Sequence[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
