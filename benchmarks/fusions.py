"""Fusions of four contrasts, tuned alike: how hard is each to tune, and how good is the one chosen with any contrasts missing?

    python benchmarks/fusions.py [--configurations 12] [--steps 200] [--folder DIR] [--short]

Cases  : the brain MR phantom, slices of 48 px brought to 32, with t1, flair, dwi and t1c; healthy, stroke (seen in dwi alone),
         tumor and swelling (told apart in t1c alone). In what is learned from and tuned on, each contrast is missing with a chance
         of 0.3, one always stays. Test cases are complete.
Arms   : stacked (zeros for what is missing), stacked_mean (the mean image), hemis, dualnet, auxloss; small encoders.
Tuning : the same random configurations for every arm, as `isocenter tune` draws them, trained here in one process since the cases
         are prepared alike for all; chosen on tuning cases.
Test   : the chosen one of each arm, opened once, on all 15 subsets of the contrasts.

A folder taken up again does only what is left. Rows go to benchmarks/results/fusions.csv.
"""

import argparse
import csv
import dataclasses
import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np

from isocenter.audits.views import named, subsets_of
from isocenter.core.estimate import Estimate
from isocenter.core.search import Range, draw_configurations
from isocenter.core.study import Study, Target
from isocenter.core.task import Pair
from isocenter.io.answers import write_cases
from isocenter.io.table import open_cases
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.learning.exam.items import Item
from isocenter.learning.exam.network import ExamNetwork
from isocenter.learning.weights import read_weights, write_weights
from isocenter.methods._exam.build import build_learner, fit_heads, new_network
from isocenter.methods._exam.method import labeled_items
from isocenter.methods._exam.model import ExamModel
from isocenter.methods._exam.settings import ExamSettings
from isocenter.metrics.per_cohort import auc
from isocenter.metrics.tuning_curve import compare_tuning, tuning_curve
from isocenter.stages.cohort import Measure, estimate_all
from isocenter.stages.evaluate import Row
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from provenance import add_rows, provenance

FUSIONS = ("stacked", "stacked_mean", "hemis", "dualnet", "auxloss")
CONTRASTS = ("t1", "flair", "dwi", "t1c")
DIAGNOSES = ("healthy", "stroke", "tumor", "swelling")
DRAWN = 540
"""Cases drawn; two thirds have one of the diagnoses."""
MISSING = 0.3
TARGET = Target(name="diagnosis", type="class", columns=("diagnosis",), classes=DIAGNOSES)
AUC = Measure(primary="auc", per_case=(), per_cohort=(auc.METRIC,))
FIXED: Mapping[str, object] = {
    "channels": (1, 1, 1, 1),
    "size": (32, 32),
    "batch": 16,
    "encoder_settings": {"widths": [8, 16, 32], "first_stride": 2},
}
TUNE = {
    "learning_rate": {"low": 1e-3, "high": 3e-2, "scale": "log"},
    "weight_decay": {"low": 1e-3, "high": 1e-1, "scale": "log"},
    "dropout": {"low": 0.0, "high": 0.5},
    "augmentation": {"low": 0.0, "high": 1.0},
    "view_dropout": [0.0, 0.2, 0.4],
    "auxiliary_weight": {"low": 0.1, "high": 1.0},
}
KEY = ("fusion", "what", "of", "cases", "steps", "configurations")


def drawn(folder: Path, *, count: int, tuned: int, test: int) -> Path:
    """Draw the cases once; empty cells of what is not tested; write table and split. Returns the folder."""
    home = folder / "brain"
    if not (home / "cases.csv").exists():
        write_phantom("brain_mr", home, n=count, seed=41, target="diagnosis", options={"size": 48}, progress=Terminal())
    with open(home / "cases.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["diagnosis"] in DIAGNOSES]
    rng = np.random.default_rng(42)
    parts = ["test"] * test + ["tune"] * tuned + ["learn"] * (len(rows) - test - tuned)
    for row, part in zip(rows, parts, strict=True):
        gone, kept = rng.random(len(CONTRASTS)) < MISSING, int(rng.integers(len(CONTRASTS)))
        for index, name in enumerate(CONTRASTS):
            if part != "test" and gone[index] and (not gone.all() or index != kept):
                row[name] = ""
    write_cases(rows, home / "missing.csv")
    with open(home / "split.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "patient", "part", "fold"])
        writer.writerows([row["case"], row["patient"], part, ""] for row, part in zip(rows, parts, strict=True))
    return home


class Bench:
    """Everything in memory: the items of every part, and what one training makes of them."""

    def __init__(self, folder: Path, home: Path, *, steps: int) -> None:
        """Prepare the items of every part once, since no setting drawn changes them."""
        self.folder, self.steps = folder / f"networks_{steps}", steps
        self.folder.mkdir(parents=True, exist_ok=True)
        inputs = {name: name for name in CONTRASTS}
        study = Study(name="fusions", cases=Path("missing.csv"), inputs=inputs, targets=(TARGET,))
        self.cases = open_cases(study, folder=home, data=home)
        with open(home / "split.csv", newline="", encoding="utf-8") as file:
            part = {row["case"]: row["part"] for row in csv.DictReader(file)}
        self.learn, self.tune, self.test = ([key for key in part if part[key] == name] for name in ("learn", "tune", "test"))
        labels = [self.cases[key].labels[TARGET.name] for key in self.learn]
        self.heads = fit_heads([TARGET], {TARGET.name: labels}, ExamSettings())
        plain = self.model(FIXED | {"fusion": "stacked"})
        self.items = {keys[0]: labeled_items(plain, self.cases.select(keys)) for keys in (self.learn, self.tune, self.test)}

    def model(self, settings: Mapping[str, object]) -> ExamModel:
        """Return an untrained model of some settings; its weights follow from the seed alone."""
        made = ExamSettings(**settings)  # type: ignore[arg-type]
        network = new_network(made, self.heads, covariates=0, seed=0)
        return ExamModel(network, self.heads, inputs=CONTRASTS, targets=[TARGET], settings=made, covariates=CovariateTable())

    def trained(self, fusion: str, number: int, drawn: Mapping[str, object]) -> ExamModel | None:
        """Return one configuration's model, trained now or before; None when it diverged."""
        file = self.folder / f"{fusion}_{number:02d}.safetensors"
        model = self.model(FIXED | {"fusion": fusion} | dict(drawn))
        if file.with_suffix(".diverged").exists():
            return None
        if file.exists():
            read_weights(model.network, file)
            return model
        learner = build_learner(
            model.settings, model.network, self.heads, self.items[self.learn[0]], first=TARGET.name, steps=self.steps, seed=0
        )
        for step in range(self.steps):
            if not math.isfinite(learner.step(step)["loss"]):
                file.with_suffix(".diverged").touch()
                return None
        model.network = cast(ExamNetwork, learner.ema.network.cpu().eval())
        write_weights(model.network, file)
        return model

    def auc(self, model: ExamModel, keys: Sequence[str], kept: Sequence[str] = CONTRASTS) -> Estimate:
        """Return the AUC on some cases, shown some of the contrasts they have."""
        items = [_shown_alone(item, kept) for item in self.items[keys[0]]]
        said = np.concatenate([model.look_at(items[i : i + 40]).raw[TARGET.name].numpy() for i in range(0, len(items), 40)])
        rows = []
        for item, raw in zip(items, said, strict=True):
            case = self.cases[item.keys[0]]
            pair = Pair(case=case.key, target=TARGET, truth=case.labels[TARGET.name], answer=self.heads[TARGET.name].answer(raw))
            rows.append(Row(case, fold="", who="model", target=TARGET, pair=pair, measured=()))
        return estimate_all(rows, measures={TARGET.name: AUC}, groups=(), part="", seed=0)[0]


def _shown_alone(item: Item, kept: Sequence[str]) -> Item:
    there = np.array([float(name in kept) for name in CONTRASTS], np.float32)
    views = tuple(view * here for view, here in zip(item.views, there, strict=True))
    return dataclasses.replace(item, views=views, present=item.present * there)


def measure(folder: Path, *, configurations: int, steps: int, counts: Sequence[int]) -> list[dict[str, object]]:
    """Tune every arm, test the chosen ones, and return the rows."""
    where = provenance(seed=0)  # of the code that is about to run
    count, tuned, test = counts
    bench = Bench(folder, drawn(folder, count=count, tuned=tuned, test=test), steps=steps)
    ranges = {name: Range(**r) if isinstance(r, dict) else tuple(r) for name, r in TUNE.items()}
    tried = draw_configurations(ranges, configurations, seed=0)
    scores: dict[str, list[float]] = {fusion: [] for fusion in FUSIONS}
    for number, settings in enumerate(tried):  # all arms of a configuration together: wherever time ends, arms are comparable
        for fusion in FUSIONS:
            model = bench.trained(fusion, number, settings)
            scores[fusion].append(math.nan if model is None else bench.auc(model, bench.tune).value)
            print(f"{fusion:<14}{number:>3}  tuning AUC {scores[fusion][-1]:.3f}", flush=True)
    key = {"cases": len(bench.learn), "steps": steps, "configurations": configurations}
    rows: list[dict[str, object]] = []
    for fusion, mine in scores.items():
        own = {"fusion": fusion, **key}
        on_tuning = {"part": "tune", "patients": len(bench.tune), **where}
        rows += [
            {**own, "what": "expected_best", "of": point.tried, **ends(point.best, point.interval.ends), **on_tuning}
            for point in tuning_curve(mine, rng=np.random.default_rng(0), best_possible=1.0)
        ]
        best = int(np.nanargmax(mine))
        diverged = int(np.isnan(mine).sum())
        rows.append({**own, "what": "sd", "of": "all", **ends(float(np.nanstd(mine, ddof=1))), "diverged": diverged, **on_tuning})
        words = " ".join(f"{name}={value}" for name, value in tried[best].items())
        rows.append({**own, "what": "chosen", "of": best, **ends(mine[best]), "settings": words, **on_tuning})
        model = bench.trained(fusion, best, tried[best])
        if model is None:
            raise SystemExit(f"the configuration chosen for {fusion} diverged; this cannot be")
        for subset in subsets_of(CONTRASTS):
            found = bench.auc(model, bench.test, subset)
            tested = {"part": "test", "patients": found.patients, **where}
            rows.append({**own, "what": "auc", "of": named(subset), **ends(found.value, found.ci95), **tested})
    for fusion in FUSIONS[1:]:
        for k in (1, configurations):
            found_ = compare_tuning(scores[fusion], scores[FUSIONS[0]], k, rng=np.random.default_rng(0), best_possible=1.0)
            what = f"expected_best_minus_{FUSIONS[0]}"
            rows.append({"fusion": fusion, **key, "what": what, "of": k, **ends(found_.best, found_.interval.ends), **where})
    return rows


def ends(value: float, interval: tuple[float, float] = (math.nan, math.nan)) -> dict[str, str]:
    """Return a value and its interval as cells."""
    return {"value": shown(value), "low": shown(interval[0]), "high": shown(interval[1])}


def shown(value: float) -> str:
    """Four digits; empty for NaN."""
    return "" if math.isnan(value) else f"{value:.4f}"


def main() -> None:
    """Draw, tune, test; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--configurations", type=int, default=12)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "fusions")
    parser.add_argument("--short", action="store_true", help="3 configurations, 60 steps, 120 cases")
    asked = parser.parse_args()
    configurations, steps, counts = (3, 60, (120, 20, 30)) if asked.short else (asked.configurations, asked.steps, (DRAWN, 80, 120))
    folder = asked.folder / "short" if asked.short else asked.folder
    print(add_rows("fusions", measure(folder, configurations=configurations, steps=steps, counts=counts), key=KEY))


if __name__ == "__main__":
    main()
