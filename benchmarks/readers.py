"""Simulated readers beside a network, on chest films whose truth is known: the table in which CheXNet stood beside radiologists.

    python benchmarks/readers.py [--folder DIR] [--encoder densenet121] [--side 64] [--steps 300] [--short]
    python benchmarks/readers.py --time-step          # how long a step of DenseNet-121 at 224 px takes here

Four readers of the phantom read each test film. One network learns the truth of four findings from other patients; its thresholds
are those of the largest F1 on tuning films. F1 of each reader, of their mean, of the network and of the difference, each
with a bootstrap interval over films: judged by the truth, and as in the paper by each other reader in turn. Beside them what
Rajpurkar et al. (arXiv:1711.05225) published for pneumonia on films that four radiologists read.
The test films of a run are opened once; a run taken up again does only what is left. Rows go to benchmarks/results/readers.csv.
"""

import argparse
import math
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from chest_films import CLASSES, READERS, draw, phantom_facts, shuffled, table, write_study_table
from isocenter.core.study import Study, Target
from isocenter.io.study_file import write_study
from isocenter.methods._exam.settings import ExamSettings
from isocenter.methods._exam.trial import seconds_a_step
from isocenter.metrics.readers import Judge, readers_table
from isocenter.phantoms.body.disease import FINDINGS
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from paired_arms import scores_of
from provenance import add_rows, provenance

PUBLISHED = {
    "first": "0.383 [0.309, 0.453]",
    "second": "0.356 [0.282, 0.428]",
    "third": "0.365 [0.291, 0.435]",
    "fourth": "0.442 [0.390, 0.492]",
    "mean of readers": "0.387 [0.330, 0.442]",
    "model": "0.435 [0.387, 0.481]",
}
"""Of pneumonia, in the order of the paper's radiologists 1 to 4."""
WIDTHS = (8, 16, 32, 64)
"""Of the convnet: as small as those of the benchmarks beside."""
KEY = ("encoder", "side_px", "steps", "seed", "finding", "judge", "who")


def study_of(home: Path, *, encoder: str, side: int, steps: int, seed: int) -> Path:
    """Write the study: four findings, a head each."""
    targets = [{"name": name, "type": "class", "columns": name, "classes": CLASSES} for name in FINDINGS]
    fields: dict[str, Any] = {
        "name": "chest_readers", "cases": "cases.csv", "inputs": {"film": "film"}, "targets": targets, "patient": "patient",
        "baselines": ["class_prior", "image_statistics"], "split": {"file": "split.csv"}, "seed": seed,
        "settings": {"encoder": encoder, "size": [side, side], "steps": steps, "batch": 16, "mirror_axes": [0]},
    }  # fmt: skip
    if encoder == "convnet":
        fields["settings"] |= {"encoder_settings": {"widths": WIDTHS}}
    return write_study(Study.model_validate(fields), home / "study.yaml")


def calls(made: RunFolder, finding: str, films: dict[str, dict[str, str]]) -> dict[str, float]:
    """Return what the network called of each test film, 1 or 0, at the threshold of the largest F1 on the tuning films."""
    split = read_split(made)
    tuned, tested = split.keys("tune"), split.keys("test")
    scores = scores_of(made, finding, "present", tuned)
    truth = np.array([present(films[key][finding]) for key in tuned])
    lines = np.unique(scores)
    f1 = [2.0 * truth[scores >= line].sum() / ((scores >= line).sum() + truth.sum()) for line in lines]
    line = float(lines[int(np.argmax(f1))])
    return {k: float(s >= line) for k, s in zip(tested, scores_of(made, finding, "present", tested), strict=True)}


def measured(made: RunFolder, everything: dict[str, dict[str, str]], key: dict[str, object]) -> list[dict[str, object]]:
    """Return the table of each finding, judged by the truth and by the other readers, and how well the network ranks.

    everything : all films, by case
    """
    films = [everything[name] for name in read_split(made).keys("test")]
    patients = [film["patient"] for film in films]
    rows: list[dict[str, object]] = []
    for finding in FINDINGS:
        called = calls(made, finding, everything)
        read = np.array([[present(film[f"{finding}_{reader}"]) for reader in READERS] for film in films])
        truth = np.array([present(film[finding]) for film in films])
        model = np.array([called[film["case"]] for film in films])
        judges: tuple[Judge, ...] = ("truth", "others")
        for judge in judges:
            lines = readers_table(
                read, READERS, patients, rng=np.random.default_rng(0), model=model, truth=truth, judge=judge, quantity="f1"
            )
            rows += [
                {**key, "finding": finding, "judge": judge, "who": line.who, "name": "f1", "value": shown(line.value),
                 "low": shown(line.interval.low), "high": shown(line.interval.high), "interval": line.interval.kind,
                 "published_pneumonia": PUBLISHED.get(line.who, ""), "prevalence": f"{truth.mean():.3f}", "films": line.cases}
                for line in lines
            ]  # fmt: skip
        found = [e for e in made.estimates() if e.target == finding and e.name == "auc" and e.group == "all" and e.part == "test"]
        rows += [
            {**key, "finding": finding, "judge": "truth", "who": f"auc of {e.who}", "name": "auc", "value": shown(e.value),
             "low": shown(e.ci95[0]), "high": shown(e.ci95[1]), "interval": e.interval, "prevalence": f"{truth.mean():.3f}",
             "films": e.cases}
            for e in found
        ]  # fmt: skip
    return rows


def present(cell: str) -> float:
    """Return 1 for present, 0 for absent."""
    return float(cell == "present")


def shown(value: float) -> str:
    """Three digits; empty for NaN."""
    return "" if math.isnan(value) else f"{value:.3f}"


def time_step(side: int = 224, batch: int = 16) -> dict[str, object]:
    """Time training steps of DenseNet-121 on made-up films, in seconds of the processor: others may be at work on it."""
    target = Target.model_validate({"name": "finding", "type": "class", "columns": "finding", "classes": CLASSES})
    settings = ExamSettings(size=(side, side), encoder="densenet121", batch=batch)
    wall, processor = time.monotonic(), time.process_time()
    seconds = seconds_a_step(settings, [target])
    ours = (time.process_time() - processor) / (time.monotonic() - wall)
    who = f"processor seconds a step, batch {batch}, one thread"
    return {"finding": "any", "judge": "", "who": who, "name": "seconds", "value": shown(seconds * ours)}


def main() -> None:
    """Draw, train, test, compare; or time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "chest_films")
    parser.add_argument("--encoder", default="densenet121")
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-step", action="store_true", help="only time a step of DenseNet-121 at 224 px")
    parser.add_argument("--short", action="store_true", help="a convnet, 100 steps, 80 films to learn from and 160 held out")
    asked = parser.parse_args()
    if asked.time_step:
        key = {"encoder": "densenet121", "side_px": 224, "steps": "", "seed": 0}
        row = {**key, **time_step(), **phantom_facts(), **provenance(seed=0)}
        print(row["who"], row["value"], add_rows("readers", [row], key=KEY))
        return
    encoder, steps = ("convnet", 100) if asked.short else (asked.encoder, asked.steps)
    draw(asked.folder, learn=80 if asked.short else 340, held=160 if asked.short else 360)
    where = provenance(seed=asked.seed)  # of the code that is about to run
    rows = table(asked.folder)
    home = asked.folder / f"readers_{encoder}_{asked.side}_{steps}_{asked.seed}"
    write_study_table(home, rows, learn=shuffled(rows, seed=0))
    study = study_of(home, encoder=encoder, side=asked.side, steps=steps, seed=asked.seed)
    made = RunFolder(home / "run")
    if not made.openings():
        made = run(study, out=made.path, data=asked.folder, test=True, progress=Terminal())
    key = {"encoder": encoder, "side_px": asked.side, "steps": steps, "seed": asked.seed}
    found = measured(made, {row["case"]: row for row in rows}, key)
    for row in found:
        print(f"{row['finding']:<14}{row['judge']:<8}{row['who']:<26}{row['value']} [{row['low']}, {row['high']}]")
    print(add_rows("readers", [{**row, **phantom_facts(), **where} for row in found], key=KEY))


if __name__ == "__main__":
    main()
