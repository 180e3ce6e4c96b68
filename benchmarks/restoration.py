"""Restorations beside the untouched image and two classical filters: error, sharpness of edges, kind of noise, bias of emphysema.

    ISOCENTER_DATA=… python benchmarks/restoration.py [brain_rician chest_low_dose …] [--arms residual pix2pix lung vessels]
                     [--minutes 5 | --steps 300] [--seeds 0 1] [--cases 60] [--folder DIR]

brain_rician, brain_motion, brain_coarse : slices of the example lgg_flair, noisy, moved or of larger pixels.
chest_low_dose, chest_low_dose_soft      : phantom chests at a tenth of the dose, by either kernel.
real_low_dose                            : learned from the phantom chests, judged on the slices of one real chest and abdomen
                                           (ct_totalseg, and dicom_ct_series averaged to 3 mm).
pet_low_count                            : brain phantoms as maps of activity, gray to white matter 4 to 1 as in Hoffman's phantom,
                                           blurred to 5 mm, at an eighth of 400 counts in the brightest sample.

lung and vessels are the residual network whose distance counts some samples ten times: those between -1100 and -800 HU, and those
between -600 and -200 HU (in a lung mostly vessels cut across and its walls). Does the error there fall, at what cost elsewhere?
With --steps all arms learn equally long, and each is compared with `residual` of the same seed, case by case. Numbers are of
tuning cases; with --steps three patients in ten are. A run taken up again does only what is left. Rows go to
benchmarks/results/restoration.csv.
"""

import argparse
import dataclasses
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

from isocenter.core.grid import as_affine
from isocenter.core.image import Image, held_image
from isocenter.core.study import Study, Target
from isocenter.imaging.resample import average_to
from isocenter.io.answers import write_cases
from isocenter.io.images import open_image
from isocenter.io.study_file import read_study, write_study
from isocenter.io.text_columns import read_text_table
from isocenter.io.write import write_image
from isocenter.metrics.tests_of_difference.permutation import compare_means
from isocenter.stages.degrade import degrade
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_cases import data_root, open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from provenance import add_rows, provenance

EXAMPLES = Path(__file__).parents[1] / "examples"
SETS = {
    "brain_rician": ("lgg_flair", "rician", {"snr": 10.0}),
    "brain_motion": ("lgg_flair", "motion", {"moves": 3, "shift_px": 3.0}),
    "brain_coarse": ("lgg_flair", "low_resolution", {"factor": 2}),
    "chest_low_dose": ("emphysema_ct", "low_dose", {"dose": 0.1}),
    "chest_low_dose_soft": ("emphysema_ct", "low_dose", {"dose": 0.1, "kernel": "soft"}),
    "real_low_dose": ("real_ct", "low_dose", {"dose": 0.1}),
    "pet_low_count": ("activity", "low_count", {"share": 0.125, "counts": 400.0}),
}
ARMS = {
    "residual": ("residual_regression", {}),
    "pix2pix": ("pix2pix", {}),
    "lung": ("residual_regression", {"favored": [-1100.0, -800.0]}),
    "vessels": ("residual_regression", {"favored": [-600.0, -200.0]}),
}
BANDS = {"error_lung": (-1100.0, -800.0), "error_vessels": (-600.0, -200.0), "error_soft": (-100.0, 200.0)}
SCORES = ("edge_sharpness", "noise_frequency", "invented_structures", "erased_structures")
SLICES = 6
UPTAKE = (0.0, 0.0, 4.0, 1.0)
"""Of background, fluid, gray and white matter."""
BLUR_MM = 5.0
KEY = ("set", "arm", "minutes", "steps", "seed", "who", "name")


def study_of(name: str, folder: Path, *, cases: int) -> Path:
    """Write the study of restoration of one set, once."""
    source, how, options = SETS[name]
    home = folder / name
    if (home / "study.yaml").exists():
        return home / "study.yaml"
    if source == "emphysema_ct":
        study = phantom_of("emphysema_ct", folder / "scans", cases, {"voxel_mm": 3.0})
        return degrade(study, how, home, data=study.parent, slices=SLICES, options=options, progress=Terminal())
    if source == "activity":
        study = activity(folder / "activity", phantom_of("brain_mr", folder / "brains", cases, {}))
        return degrade(study, how, home, data=study.parent, options=options, progress=Terminal())
    if source == "real_ct":
        learned = study_of("chest_low_dose", folder, cases=cases)
        study = real_ct(folder / "real")
        made = degrade(study, how, home / "real", data=study.parent, slices=2 * SLICES, options=options, progress=Terminal())
        return joined(home, learned, made)
    return degrade(EXAMPLES / source / "study.yaml", how, home, name="flair", slices=SLICES, options=options, progress=Terminal())


def phantom_of(name: str, home: Path, cases: int, options: Mapping[str, object]) -> Path:
    """Draw a phantom's cohort, once."""
    if (home / "study.yaml").exists():
        return home / "study.yaml"
    return write_phantom(name, home, n=cases, seed=61, options=options, progress=Terminal())


def activity(home: Path, study: Path) -> Path:
    """Write a map of activity of every brain: uptake of each tissue, blurred as a scanner blurs."""
    source, rows = read_study(study), []
    tissues = next(t for t in source.targets if t.name == "tissues")
    table = read_text_table(study.parent / source.cases)
    columns = ("case", "patient", tissues.columns[0])
    for case, patient, path in zip(*(table.cells(c) for c in columns), strict=True):
        mask = open_image(study.parent / path)
        uptake = np.asarray(UPTAKE)[mask.array().astype(int)]
        sd = [0.0, *(BLUR_MM / 2.355 / step for step in mask.grid.spacing)]
        out = home / f"{case}.nii.gz"
        out.parent.mkdir(parents=True, exist_ok=True)
        write_image(held_image(gaussian_filter(uptake, sd).astype(np.float32), mask.grid), out)
        rows.append({"case": case, "patient": patient, "pet": out.name})
    return image_study(home, "activity", rows, "pet")


def real_ct(home: Path) -> Path:
    """Write both scans of the same person as a study, about 3 mm fine in the plane."""
    root, rows = data_root(None), []
    home.mkdir(parents=True, exist_ok=True)
    for name in ("ct_totalseg/example_ct.nii.gz", "dicom_ct_series"):
        image = open_image(root / name)
        times = max(1, round(3.0 / image.grid.spacing[0]))
        if times > 1:
            x, y, z = (n - n % m for n, m in zip(image.grid.shape, (times, times, 1), strict=True))
            coarse = (x // times, y // times, z)
            samples = average_to(np.asarray(image.array(), np.float32)[:, :x, :y, :z], coarse)
            affine = image.grid.matrix.copy()
            affine[:3, 3] += affine[:3, :2].sum(axis=1) * (times - 1) / 2  # the middle of the samples that are averaged
            affine[:3, :2] *= times
            image = held_image(samples, dataclasses.replace(image.grid, shape=coarse, affine=as_affine(affine)), unit="HU")
        key = name.split("/", 1)[0]
        write_image(image, home / f"{key}.nii.gz")
        rows.append({"case": key, "patient": "real", "ct": f"{key}.nii.gz"})
    return image_study(home, "real_ct", rows, "ct", unit="HU")


def image_study(home: Path, name: str, rows: list[dict[str, str]], column: str, *, unit: str = "1") -> Path:
    """Write a study of images alone."""
    write_cases(rows, home / "cases.csv")
    made = Study(name=name, cases=Path("cases.csv"), inputs={column: column}, units={column: unit} if unit != "1" else {})
    return write_study(made, home / "study.yaml")


def joined(home: Path, learned: Path, judged: Path) -> Path:
    """Write a study that learns from the cases of one study of restoration and is measured on those of another."""
    rows, split = [], []
    for part, study in (("learn", learned), ("tune", judged)):
        table = read_text_table(study.parent / "cases.csv")
        for case, patient, worse, clean in zip(*(table.cells(c) for c in ("case", "patient", "degraded", "clean")), strict=True):
            paths = {"degraded": str((study.parent / worse).resolve()), "clean": str((study.parent / clean).resolve())}
            rows.append({"case": case, "patient": patient, **paths})
            split.append({"case": case, "patient": patient, "part": part, "fold": ""})
    write_cases(rows, home / "cases.csv")
    write_cases(split, home / "split.csv")
    made = read_study(learned).model_copy(update={"name": "real_low_dose", "split": {"file": "split.csv"}})
    return write_study(made, home / "study.yaml")


def measure(
    name: str, arm: str, folder: Path, *, minutes: float, steps: int, seed: int, cases: int
) -> tuple[list[dict[str, object]], pd.DataFrame]:
    """Run one arm of one set; return its rows, and the numbers of every case of the model."""
    plain = study_of(name, folder, cases=cases)
    method, settings = ARMS[arm]
    study = read_study(plain)
    target = study.targets[0]
    scores = (*SCORES, "laa_950_bias") if target.unit == "HU" else SCORES
    split = study.split if "file" in study.split or not steps else {"tune": 0.3}
    asked = study.model_copy(
        update={
            "method": method,
            "settings": {**settings, **({"steps": steps} if steps else {})},
            "targets": (target.model_copy(update={"metrics": scores}),),
            "split": split,
            "baselines": study.baselines if (arm, seed) == ("residual", 0) or not steps else ("identity_image",),  # measured once
            "seed": seed,
        }
    )
    length = f"{steps}steps_{seed}" if steps else f"{minutes:g}"
    path = write_study(asked, plain.parent / f"{arm}_{length}.yaml")
    made = run(path, out=plain.parent / f"run_{arm}_{length}", data=plain.parent, time_limit=minutes, progress=Terminal())
    told = {"set": name, "arm": arm, "minutes": "" if steps else f"{minutes:g}", "steps": str(steps or "")}
    where = provenance(seed=seed)
    rows = [
        {**told, "who": e.who, "name": e.name, "value": f"{e.value:.4f}",
         "low": f"{e.ci95[0]:.4f}", "high": f"{e.ci95[1]:.4f}", "unit": e.unit, "patients": e.patients, "cases": e.cases, **where}
        for e in made.estimates()
        if e.part == "tune" and e.group == "all"
    ]  # fmt: skip
    numbers = made.measurements()
    numbers = numbers[numbers["who"] == "model"][["case", "patient", "name", "value", "unit"]]
    if target.unit == "HU":
        banded = bands(made, target)
        numbers = pd.concat([numbers, banded], ignore_index=True)
        rows += [
            {**told, "who": "model", "name": band, "value": f"{part['value'].mean():.4f}", "low": "nan", "high": "nan",
             "unit": "HU", "patients": part["patient"].nunique(), "cases": len(part), **where}
            for band, part in banded.dropna().groupby("name")
        ]  # fmt: skip
    return rows, numbers


def bands(made: RunFolder, target: Target) -> pd.DataFrame:
    """Return the mean absolute error of every case where the true intensity lies in each band."""
    _, cases = open_run(made)
    tuned, rows = frozenset(read_split(made).keys("tune")), []
    for prediction in made.predictions():
        if prediction.case not in tuned:
            continue  # a run answers its test cases too; their truths stay closed
        truth, answer = cases[prediction.case].labels[target.name], prediction.answers.get(target.name)
        if not isinstance(truth, Image) or not isinstance(answer, Image):
            continue
        true, gap = truth.array(), np.abs(answer.array() - truth.array())
        for band, (low, high) in BANDS.items():
            inside = (true >= low) & (true <= high)
            value = float(gap[inside].mean()) if inside.any() else float("nan")
            patient = cases[prediction.case].patient
            rows.append({"case": prediction.case, "patient": patient, "name": band, "value": value, "unit": "HU"})
    return pd.DataFrame(rows)


def against(first: pd.DataFrame, second: pd.DataFrame, told: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the rows of the difference of two arms, case by case."""
    both = first.merge(second, on=["case", "patient", "name", "unit"], suffixes=("", "_plain"))
    rows = []
    for (name, unit), part in both.groupby(["name", "unit"]):
        gap = compare_means(part["value"], part["value_plain"], part["patient"].tolist(), rng=np.random.default_rng(0))
        low, high = gap.interval.ends
        rows.append(
            {**told, "who": "minus residual", "name": name, "value": f"{gap.effect:.4f}", "low": f"{low:.4f}",
             "high": f"{high:.4f}", "unit": unit, "patients": gap.patients, "cases": gap.cases}
        )  # fmt: skip
    return rows


def main() -> None:
    """Measure every set and arm asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--arms", nargs="+", default=list(ARMS), choices=list(ARMS))
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--steps", type=int, default=0, help="of every arm, in place of minutes")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "restoration")
    asked = parser.parse_args()
    for name in asked.sets:
        for seed in asked.seeds:
            plain = None
            for arm in asked.arms:
                if arm in ("lung", "vessels") and not name.startswith("chest"):
                    continue
                limits = {"minutes": asked.minutes, "steps": asked.steps, "seed": seed, "cases": asked.cases}
                rows, numbers = measure(name, arm, asked.folder, **limits)
                print(add_rows("restoration", rows, key=KEY))
                if arm == "residual":
                    plain = numbers
                elif plain is not None and asked.steps:
                    told = {"set": name, "arm": arm, "minutes": "", "steps": str(asked.steps), **provenance(seed=seed)}
                    add_rows("restoration", against(numbers, plain, told), key=KEY)


if __name__ == "__main__":
    main()
