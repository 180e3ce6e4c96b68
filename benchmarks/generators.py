"""Generators beside the PCA-Gaussian sampler, the floor of real images and two rungs of harmed ones.

    ISOCENTER_DATA=… python benchmarks/generators.py [pneumoniamnist chest] [--methods dcgan diffusion …] [--minutes 30]
                     [--seeds 3] [--folder DIR] [--short]

pneumoniamnist : children's films at 32 px, the example's split: learned from its learning part, measured on its tuning part.
chest          : phantom films at 64 px.

A run taken up again does only what is left. The test part is not opened: a generator is chosen by looking at tuning images. The
distance of the tuning images while training (log.csv) is kept at each look, to see it fall. --short gives 3 minutes and one seed.
Rows go to benchmarks/results/generators.csv.
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
METHODS = ("dcgan", "wgan_gp", "progressive_gan", "diffusion")
SIDES = {"pneumoniamnist": 32, "chest": 64}
LADDER = ("pca_gaussian", "learning_images", "blurred_images", "noised_images")
KEY = ("study", "method", "minutes", "seed", "who", "name", "step")


def study_of(name: str, folder: Path, *, method: str, seed: int) -> Path:
    """Write the study of one method and seed beside its table."""
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    fields = {"name": name, "method": method, "seed": seed, "task": "generation", "baselines": LADDER,
              "settings": {"side": SIDES[name]}}  # fmt: skip
    if name == "chest":
        if not (home / "cases.csv").exists():
            write_phantom("chest_xray", home, n=1000, seed=51, options={"size_px": 64}, progress=Terminal())
        column, split = next(iter(read_study(home / "study.yaml").inputs.values())), {"test": 0.2}
    else:
        for table in ("cases.csv", "split.csv"):
            (home / table).write_bytes((EXAMPLES / name / table).read_bytes())
        column, split = "film", {"file": "split.csv"}
    target = {"name": "film", "type": "image", "columns": column}
    made = Study.model_validate({**fields, "cases": "cases.csv", "inputs": {"film": column}, "targets": [target], "split": split})
    return write_study(made, home / f"{method}_{seed}.yaml")


def rows_of(made: RunFolder) -> list[dict[str, object]]:
    """Return a row for each score on the tuning images, and for each look at them while training."""
    found: list[dict[str, object]] = [
        {"who": e.who, "name": e.name, "step": "", "value": f"{e.value:.4f}" if e.value == e.value else "",
         "low": f"{e.ci95[0]:.4f}", "high": f"{e.ci95[1]:.4f}", "cases": e.cases}
        for e in made.estimates() if e.group == "all"
    ]  # fmt: skip
    with open(made.path / "log.csv", newline="", encoding="utf-8") as file:
        looks = [line for line in csv.DictReader(file) if line.get("tune_kid")]
    seen = [(line, name) for line in looks for name in ("tune_kid", "made_diversity")]
    return found + [{"who": "model", "name": n, "step": line["step"], "value": f"{float(line[n]):.4f}"} for line, n in seen]


def main() -> None:
    """Train what was asked for; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="*", default=list(SIDES))
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "generators")
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    minutes, seeds = (3.0, 1) if asked.short else (asked.minutes, asked.seeds)
    for name in asked.studies:
        for method in asked.methods:
            for seed in range(seeds):
                where = provenance(seed=seed)
                path = study_of(name, asked.folder, method=method, seed=seed)
                out = asked.folder / name / f"{method}_{minutes:g}m_{seed}"
                made = run(path, out=out, time_limit=minutes, progress=Terminal())
                named = {"study": name, "method": method, "minutes": f"{minutes:g}", "seed": seed}
                print(add_rows("generators", [named | row | where for row in rows_of(made)], key=KEY))


if __name__ == "__main__":
    main()
