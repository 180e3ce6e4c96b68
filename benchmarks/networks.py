"""Networks for segmentation side by side, by a number of steps: where do edges go, what does a walk from slice to slice bring?

    ISOCENTER_DATA=… python benchmarks/networks.py [em_edges cmr_edges …] [--runs DIR] [--steps N] [--short]

em_edges           : membranes of em_isbi2012 by the U-Net and by two bottleneck networks without skips (S05)
cmr_edges          : the same for cavities of sunnybrook_cmr, which are large and smooth
cortex_edges       : cortical layers of the phantom, the U-Net with and without an edge output (S08), and without skips
hippocampus_slices : a U-Net slice by slice, with recurrent units between slices, and in three axes (S12)

Of an example its own test part stays closed: a third of the other cases is held out here (of em_isbi2012, one specimen, the last
sections; elsewhere whole patients). cortex_edges draws 60 cases, 20 of them held out. Shapes of networks and patches are set, so
that arms differ in what is asked alone. A run folder taken up again does only what is left. Rows go to
benchmarks/results/networks.csv. --short: a fifth of the steps.
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isocenter.core.study import Study
from isocenter.io.study_file import read_study, write_study
from isocenter.stages.arms import CONFIGURATION
from isocenter.stages.evaluate import evaluate
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from provenance import add_rows, provenance
from studies import EXAMPLES, KEY, rows_of

SEED = 12
EDGES = ("boundary_f1", "mean_surface_distance")
PLAIN = {"precision": "float32", "channels_last": True, "compiled": False, "mirror_prediction": False}
FLAT = {**PLAIN, "widths": [16, 32, 64, 128, 256], "batch": 4}
NO_SKIPS = [{"network": name} for name in ("unet", "bottleneck_unpooling", "bottleneck_transposed")]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of an example, and how long each network learns for it."""

    steps: int
    settings: dict[str, Any]
    """Of every arm."""
    arms: list[dict[str, Any]]
    """What each changes."""
    example: str = ""
    phantom: str = ""
    """Drawn, where there is no example."""
    keep_patients: bool = True
    """Hold out whole patients; False = the last cases."""


QUESTIONS = {
    "em_edges": Question(
        example="em_isbi2012", steps=250, settings={**FLAT, "patch": [192, 192]}, arms=NO_SKIPS, keep_patients=False
    ),
    "cmr_edges": Question(example="sunnybrook_cmr", steps=250, settings={**FLAT, "patch": [192, 192]}, arms=NO_SKIPS),
    "cortex_edges": Question(
        phantom="cortical_layers",
        steps=300,
        settings={**FLAT, "patch": [96, 96], "widths": [8, 16, 32, 64, 128]},
        arms=[{"network": "unet"}, {"network": "unet", "edge_weight": 1.0}, *NO_SKIPS[1:], {"network": "unet", "edge_weight": 0.2}],
    ),
    "hippocampus_slices": Question(
        example="hippocampus_msd",
        steps=250,
        settings={**PLAIN, "widths": [16, 32, 64, 128]},
        arms=[
            {"network": "unet", "patch": [1, 56, 40], "batch": 16},
            {"network": "recurrent_unet", "patch": [8, 56, 40], "batch": 2},
            {"network": "unet", "patch": [40, 56, 40], "batch": 2},
        ],
    ),
}


def asked_study(name: str, asked: Question, home: Path) -> Path:
    """Write the study of a question, with a split of the example's cases outside its test part; return its path."""
    if asked.phantom:
        return drawn_study(name, asked, home)
    home.mkdir(parents=True, exist_ok=True)
    folder = EXAMPLES / asked.example
    fields = read_study(folder / "study.yaml").model_dump(mode="json", exclude_unset=True, by_alias=True)
    fields |= {
        "name": name,
        "cases": "cases.csv",
        "metrics": list(EDGES),
        "baselines": ["threshold"],
        "settings": asked.settings,
        "vary": {CONFIGURATION: asked.arms},
        "split": {"file": "split.csv"},
    }
    rows = [r for r in csv.DictReader((folder / "split.csv").read_text(encoding="utf-8").splitlines()) if r["part"] != "test"]
    if not asked.keep_patients:
        fields["patient"] = "case"  # sections of one specimen: no interval is claimed
        rows = [row | {"patient": row["case"]} for row in rows]
    kept = {row["case"] for row in rows}
    cases = csv.DictReader((folder / "cases.csv").read_text(encoding="utf-8").splitlines())
    write_table(home / "cases.csv", [case for case in cases if case["case"] in kept])
    write_table(home / "split.csv", held_out(rows))
    return write_study(Study.model_validate(fields), home / "study.yaml")


def drawn_study(name: str, asked: Question, home: Path) -> Path:
    """Draw the cases of a phantom, once, and write the study of a question over them; return its path."""
    if not (home / "study.yaml").exists():
        write_phantom(asked.phantom, home, n=60, seed=SEED, progress=Terminal())
    fields = read_study(home / "study.yaml").model_dump(mode="json", exclude_unset=True, by_alias=True)
    fields |= {
        "name": name, "metrics": list(EDGES), "baselines": ["threshold"], "settings": asked.settings,
        "vary": {CONFIGURATION: asked.arms}, "split": {"test": 1 / 3},
    }  # fmt: skip
    return write_study(Study.model_validate(fields), home / "study.yaml")


def write_table(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows as CSV."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def held_out(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return rows whose last third of patients, in their order, is the test part, and one in ten of the others for tuning."""
    patients = list(dict.fromkeys(row["patient"] for row in rows))
    first = len(patients) - len(patients) // 3
    tune = set(patients[first - max(1, first // 10) : first])
    part = {p: "test" if i >= first else "tune" if p in tune else "learn" for i, p in enumerate(patients)}
    return [row | {"part": part[row["patient"]], "fold": ""} for row in rows]


def measure(name: str, asked: Question, folder: Path, *, steps: int) -> list[dict[str, object]]:
    """Run one question and return its rows."""
    where = provenance(seed=0)
    path = asked_study(name, asked, folder / f"{name}_study")
    made = run(path, out=folder / f"{name}_{steps}", settings={"steps": steps}, progress=Terminal())
    rows: list[dict[str, object]] = []
    for arm, changes in zip(made.inners("arm"), asked.arms, strict=True):
        if not any(e.part == "test" for e in arm.estimates()):
            evaluate(arm, test=True, progress=Terminal())
            report(arm)
        shown = " ".join(f"{key}={value}" for key, value in changes.items()).replace(", ", "×").strip()
        rows += [r for r in rows_of(arm, study=f"{name} {shown}", budget=f"{steps} steps", where=where) if r["part"] == "test"]
    return rows


def main() -> None:
    """Run what was asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="*", default=list(QUESTIONS), help="all of them if none is named")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--steps", type=int, help="of each arm; default each question's own")
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    for name in asked.questions:
        steps = asked.steps or max(10, QUESTIONS[name].steps // (5 if asked.short else 1))
        print(add_rows("networks", measure(name, QUESTIONS[name], asked.runs, steps=steps), key=KEY))


if __name__ == "__main__":
    main()
