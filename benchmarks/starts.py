"""What a start is worth when few films are labelled: random, frozen, fine-tuned, auto-encoder, RBM, with equal steps.

    python benchmarks/starts.py [--folder DIR] [--finding cardiomegaly] [--labelled 120] [--steps 200] [--side 64] [--short]

Of the pool to learn from, `labelled` films keep their label of one finding (others with each seed), all are there as images. The
weights to start from are those of a run that learned the view (PA, AP, AP supine), which every film of the pool states; it learned
from none of the films tested on. Each arm has as many steps, pre-training included; the run of views had twice as many before. AUC
on the test films, difference to the random start by a bootstrap over patients, seeds averaged; `compare` of one seed is printed.
The test films of an arm are opened once; a run taken up again does only what is left. Rows go to benchmarks/results/starts.csv.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from chest_films import CLASSES, draw, phantom_facts, shuffled, table, write_study_table
from isocenter.core.study import Study
from isocenter.io.study_file import read_study, write_study
from isocenter.phantoms.body.disease import FINDINGS
from isocenter.stages.arms import arms_of as arms_of_study
from isocenter.stages.compare import compare
from isocenter.stages.evaluate import evaluate
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from paired_arms import auc_rows, scores_of
from provenance import add_rows, provenance

VIEWS = ("PA", "AP", "AP Supine")
WIDTHS = (8, 16, 32, 64)
KEY = ("finding", "labelled", "steps", "side_px", "arm")


def study_of(home: Path, name: str, target: dict[str, Any], *, steps: int, side: int, **more: Any) -> Path:
    """Write a study of one class of the films."""
    fields = {
        "name": name, "cases": "cases.csv", "inputs": {"film": "film"}, "targets": [target], "patient": "patient",
        "split": {"file": "split.csv"},
        "settings": {"encoder": "convnet", "encoder_settings": {"widths": WIDTHS}, "size": [side, side], "steps": steps,
                     "batch": 16, "mirror_axes": [0], "learning_rate": 0.003},
        **more,
    }  # fmt: skip
    return write_study(Study.model_validate(fields), home / f"{name}.yaml")


def arms_of(
    home: Path, data: Path, *, finding: str, labelled: int, steps: int, side: int, seeds: list[int]
) -> dict[str, dict[int, RunFolder]]:
    """Train every arm and return the runs, the random start first."""
    view = {"name": "view", "type": "class", "columns": "view", "classes": VIEWS}
    source = run(study_of(home, "view", view, steps=2 * steps, side=side), out=home / "run_view", data=data, progress=Terminal())
    target = {"name": finding, "type": "class", "columns": finding, "classes": CLASSES}
    common = {"steps": steps, "side": side}
    kept = {f"labels.{finding}": [labelled], "seed": seeds}
    begun = study_of(home, "begun", target, **common, vary={"start": ["", str(source.path)], "frozen": [False, True], **kept})
    taught = study_of(home, "taught", target, **common, vary={"pretrain": ["autoencoder", "rbm"], **kept})
    arms: dict[str, dict[int, RunFolder]] = {}
    for study in (begun, taught):
        made = RunFolder(home / f"run_{study.stem}")
        found = [made.inner("arm", name) for name in arms_of_study(read_study(study))]
        if not all(arm.openings() for arm in found):
            run(study, out=made.path, data=data, progress=Terminal())
        for arm in found:
            asked = arm.read(Study)
            arms.setdefault(named(asked.settings), {})[asked.seed] = arm
            if not arm.openings():
                evaluate(arm, test=True)
    order = ("random", "random, frozen", "view, frozen", "view, fine-tuned", "autoencoder", "rbm")
    return {name: arms[name] for name in order}


def named(settings: dict[str, Any]) -> str:
    """Return what an arm is called in the table."""
    if "pretrain" in settings:
        return str(settings["pretrain"])
    if not settings["start"]:
        return "random, frozen" if settings["frozen"] else "random"
    return "view, frozen" if settings["frozen"] else "view, fine-tuned"


def main() -> None:
    """Draw, train, test, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "chest_films")
    parser.add_argument("--finding", default="cardiomegaly", choices=FINDINGS)
    parser.add_argument("--labelled", type=int, default=120)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--short", action="store_true", help="100 steps, one seed, 120 films to learn from and 160 held out")
    asked = parser.parse_args()
    steps, seeds = (100, [0]) if asked.short else (asked.steps, asked.seeds)
    draw(asked.folder, learn=120 if asked.short else 340, held=160 if asked.short else 360)
    where = provenance(seed=seeds[0])  # of the code that is about to run
    rows = table(asked.folder)
    home = asked.folder / f"starts_{asked.finding}_{asked.labelled}_{asked.side}_{steps}"
    write_study_table(home, rows, learn=shuffled(rows, seed=0))
    how = {"finding": asked.finding, "labelled": asked.labelled, "steps": steps, "side": asked.side}
    arms = arms_of(home, asked.folder, **how, seeds=seeds)
    keys = read_split(arms["random"][seeds[0]]).keys("test")
    film = {row["case"]: row for row in rows}
    truth = np.array([film[key][asked.finding] == "present" for key in keys])
    scored = {a: {s: scores_of(made, asked.finding, "present", keys) for s, made in by.items()} for a, by in arms.items()}
    found = auc_rows(scored, truth, [film[key]["patient"] for key in keys])
    facts = {"finding": asked.finding, "labelled": asked.labelled, "steps": steps, "side_px": asked.side, "films": len(keys)}
    for row in found:
        print(f"{row['arm']:<18}{row['value']} [{row['low']}, {row['high']}]  {row.get('difference', '')}  {row['by_seed']}")
    for line in compare([arms[name][seeds[0]].path for name in arms]):
        print(line)
    print(add_rows("starts", [{**facts, **row, **phantom_facts(), **where} for row in found], key=KEY))


if __name__ == "__main__":
    main()
