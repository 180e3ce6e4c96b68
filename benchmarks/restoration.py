"""Restorations beside the untouched image and two classical filters: error, sharpness of edges, kind of noise, bias of emphysema.

    ISOCENTER_DATA=… python benchmarks/restoration.py [brain_rician chest_low_dose …] [--arms residual pix2pix favored]
                     [--minutes 5] [--cases 60] [--folder DIR]

brain_rician, brain_motion, brain_coarse : slices of the example lgg_flair, noisy, moved or of larger pixels.
chest_low_dose, chest_low_dose_soft      : phantom chests at a tenth of the dose, by either kernel.

favored is the residual network whose distance counts samples below -800 HU ten times: does the bias of LAA-950 fall, at what
cost elsewhere? Numbers are of tuning cases. A run taken up again does only what is left. Rows go to
benchmarks/results/restoration.csv.
"""

import argparse
import tempfile
from pathlib import Path

from isocenter.io.study_file import read_study, write_study
from isocenter.stages.degrade import degrade
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from provenance import add_rows, provenance

EXAMPLES = Path(__file__).parents[1] / "examples"
SETS = {
    "brain_rician": ("lgg_flair", "rician", {"snr": 10.0}),
    "brain_motion": ("lgg_flair", "motion", {"moves": 3, "shift_px": 3.0}),
    "brain_coarse": ("lgg_flair", "low_resolution", {"factor": 2}),
    "chest_low_dose": ("emphysema_ct", "low_dose", {"dose": 0.1}),
    "chest_low_dose_soft": ("emphysema_ct", "low_dose", {"dose": 0.1, "kernel": "soft"}),
}
ARMS = {
    "residual": ("residual_regression", {}),
    "pix2pix": ("pix2pix", {}),
    "favored": ("residual_regression", {"favored": [-1100.0, -800.0]}),
}
SLICES = 6
KEY = ("set", "arm", "minutes", "who", "name")


def study_of(name: str, folder: Path, *, cases: int) -> Path:
    """Write the study of restoration of one set, once."""
    source, how, options = SETS[name]
    home = folder / name
    if (home / "study.yaml").exists():
        return home / "study.yaml"
    if source == "emphysema_ct":
        scans = folder / "scans"
        study = scans / "study.yaml"
        if not study.exists():
            write_phantom(source, scans, n=cases, seed=61, options={"voxel_mm": 3.0}, progress=Terminal())
        return degrade(study, how, home, data=scans, slices=SLICES, options=options, progress=Terminal())
    return degrade(EXAMPLES / source / "study.yaml", how, home, name="flair", slices=SLICES, options=options, progress=Terminal())


def measure(name: str, arm: str, folder: Path, *, minutes: float, cases: int) -> list[dict[str, object]]:
    """Run one arm of one set; return its rows."""
    plain = study_of(name, folder, cases=cases)
    method, settings = ARMS[arm]
    study = read_study(plain)
    target = study.targets[0]
    if target.unit == "HU":
        target = target.model_copy(update={"metrics": (*target.metrics, "laa_950_bias")})
    asked = study.model_copy(update={"method": method, "settings": settings, "targets": (target,)})
    path = write_study(asked, plain.parent / f"{arm}.yaml")
    made = run(path, out=plain.parent / f"run_{arm}_{minutes:g}", data=plain.parent, time_limit=minutes, progress=Terminal())
    where = provenance(seed=0)
    return [
        {"set": name, "arm": arm, "minutes": f"{minutes:g}", "who": e.who, "name": e.name, "value": f"{e.value:.4f}",
         "low": f"{e.ci95[0]:.4f}", "high": f"{e.ci95[1]:.4f}", "unit": e.unit, "patients": e.patients, "cases": e.cases, **where}
        for e in made.estimates()
        if e.part == "tune" and e.group == "all"
    ]  # fmt: skip


def main() -> None:
    """Measure every set and arm asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--arms", nargs="+", default=list(ARMS), choices=list(ARMS))
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "restoration")
    asked = parser.parse_args()
    for name in asked.sets:
        for arm in asked.arms:
            if arm == "favored" and not name.startswith("chest"):
                continue
            rows = measure(name, arm, asked.folder, minutes=asked.minutes, cases=asked.cases)
            print(add_rows("restoration", rows, key=KEY))


if __name__ == "__main__":
    main()
