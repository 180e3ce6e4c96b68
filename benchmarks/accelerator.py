"""The main job on a graphics card: training to a time limit, a generator at 256 px.

    ISOCENTER_DATA=… python benchmarks/accelerator.py [hippocampus generator] [--minutes 3] [--films DIR] [--folder DIR]

hippocampus : the example, trained for the minutes given; tuning Dice (the test part stays shut) and seconds a step.
generator   : progressive_gan, films of the chest phantom at 256 px (--films: a folder that `isocenter phantom` wrote); KID of
              tuning images while training.
Rows go to benchmarks/results/accelerator.csv and name the card.
"""

import argparse
import csv
import tempfile
from pathlib import Path

from isocenter.core.study import Study
from isocenter.io.study_file import read_study, write_study
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from provenance import add_rows, provenance

EXAMPLES = Path(__file__).parents[1] / "examples"
SIDE = 256
SEED = 0
KEY = ("what", "who", "name", "step", "minutes", "machine")


def trained_rows(made: RunFolder, *, what: str, minutes: float) -> list[dict[str, object]]:
    """Return the estimates of a run and what a step took."""
    with open(made.path / "log.csv", newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    steps, spent = int(lines[-1]["step"]), float(lines[-1]["minutes"])
    speed = {"who": "model", "name": "seconds_a_step", "value": f"{60 * spent / steps:.4f}", "cases": steps}
    scores = [
        {"who": e.who, "name": e.name, "value": f"{e.value:.4f}", "cases": e.cases}
        | dict(zip(("low", "high"), (f"{v:.4f}" for v in e.ci95), strict=True))
        for e in made.estimates()
        if e.group == "all"
    ]
    looks = [
        {"who": "model", "name": name, "step": line["step"], "value": f"{float(line[name]):.4f}"}
        for line in lines for name in ("tune_dice", "tune_kid", "made_diversity") if line.get(name)
    ]  # fmt: skip
    return [{"what": what, "step": "", "minutes": f"{minutes:g}"} | row for row in (speed, *scores, *looks)]


def hippocampus(folder: Path, *, minutes: float) -> list[dict[str, object]]:
    """Train the example."""
    made = run(EXAMPLES / "hippocampus_msd" / "study.yaml", out=folder / "hippocampus", time_limit=minutes, progress=Terminal())
    return trained_rows(made, what="hippocampus", minutes=minutes)


def generator(folder: Path, *, minutes: float, films: Path) -> list[dict[str, object]]:
    """Train a growing network to SIDE samples a side."""
    if not (films / "cases.csv").exists():
        write_phantom("chest_xray", films, n=400, seed=51, options={"size_px": SIDE, "view": "PA"}, progress=Terminal())
    column = next(iter(read_study(films / "study.yaml").inputs.values()))
    study = Study.model_validate(
        {"name": "chest", "cases": "cases.csv", "inputs": {"film": column}, "task": "generation", "method": "progressive_gan",
         "targets": [{"name": "film", "type": "image", "columns": column}], "split": {"test": 0.2}, "settings": {"side": SIDE},
         "baselines": ("pca_gaussian", "learning_images", "blurred_images")}
    )  # fmt: skip
    path = write_study(study, films / "growing.yaml")
    made = run(path, out=folder / "growing", data=films, time_limit=minutes, progress=Terminal())
    return trained_rows(made, what=f"progressive_gan, {SIDE} px", minutes=minutes)


def main() -> None:
    """Do what was asked for; add the rows to the table as each part ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["hippocampus", "generator"])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--films", type=Path)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "accelerator")
    asked = parser.parse_args()
    makers = {
        "hippocampus": lambda: hippocampus(asked.folder, minutes=asked.minutes),
        "generator": lambda: generator(asked.folder, minutes=asked.minutes, films=asked.films or asked.folder / "films"),
    }
    where = provenance(seed=SEED)
    for part in asked.parts:
        for row in (rows := makers[part]()):
            print(row)
        print(add_rows("accelerator", [row | where for row in rows], key=KEY))


if __name__ == "__main__":
    main()
