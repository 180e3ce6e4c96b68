"""Which kind of liver lesion, learned from 182 of them: with classical augmentation alone, and with generated lesions besides.

    python benchmarks/liver_lesions.py --folder DIR [--steps 400] [--generator-steps 1500] [--seeds 3] [--short] [--save]

Liver phantom, 32 px: 53 cysts, 64 metastases and 65 hemangiomas, one a patient. Three folds by patient; in each, a conditional
DCGAN learns from the fold's learning cases alone, and as many lesions of each kind are drawn as there are to learn from, times two.
The two arms are the same `cnn` for the same steps:

classical : the plan's augmentation
synthetic : the same, and the generated lesions among the cases

Published, for real lesions, other networks and other judges: Frid-Adar et al., Neurocomputing 2018; 321:321-331 (sensitivity 78.6 %
by classical augmentation, 85.7 % with synthetic lesions; specificity 88.4 % and 92.4 %).

Printed: sensitivity and specificity of each kind out of fold, their means, and the difference of the arms, seeds averaged in each
of the bootstrap's draws of patients. Runs are resumed where they stopped. --short: one seed, 150 and 200 steps. --save adds rows to
results/liver_lesions.csv.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.core.scores import Scores
from isocenter.io.answers import write_cases
from isocenter.metrics.estimates.patient_bootstrap import patient_bootstrap
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.liver.organ import KINDS
from isocenter.stages.phantom import write_phantom
from isocenter.stages.predict import predict
from isocenter.stages.progress import Terminal
from provenance import add_rows, provenance
from rare_groups import Row, run_study

COUNTS = {"cyst": 53, "metastasis": 64, "hemangioma": 65}
ARMS = ("classical", "synthetic")
FOLDS, SIDE, TIMES = 3, 32, 2
TUNED = 0.15
KIND = {"name": "kind", "type": "class", "columns": "kind", "classes": list(KINDS)}
Floats = NDArray[np.float64]


def draw(folder: Path) -> list[Row]:
    """Draw the lesions unless they are there; return their rows with the fold of each, paths made absolute."""
    rows: list[Row] = []
    for seed, (kind, count) in enumerate(COUNTS.items(), start=61):
        home = folder / kind
        if not (home / "cases.csv").exists():
            write_phantom("liver_ct", home, n=count, seed=seed, options={"kind": kind, "size": SIDE}, progress=Terminal())
        with (home / "cases.csv").open(newline="", encoding="utf-8") as file:
            rows += [
                {"case": f"{kind}_{row['case'][-5:]}", "patient": row["patient"], "kind": kind, "fold": str(i % FOLDS),
                 "ct": str((home / row["ct"]).resolve())}
                for i, row in enumerate(csv.DictReader(file))
            ]  # fmt: skip
    return rows


def parts_of(rows: list[Row], fold: int) -> dict[str, list[Row]]:
    """Return what a fold learns from, tunes on and tests on; each kind alike."""
    test = [row for row in rows if row["fold"] == str(fold)]
    rest = [row for row in rows if row["fold"] != str(fold)]
    kinds = [[row for row in rest if row["kind"] == kind] for kind in KINDS]
    tune = [row for own in kinds for row in own[: round(TUNED * len(own))]]
    return {"learn": [row for row in rest if row not in tune], "tune": tune, "test": test}


def generated(home: Path, parts: dict[str, list[Row]], *, steps: int, seed: int) -> list[Row]:
    """Return drawn lesions of each kind from a generator that saw the learning cases alone."""
    image = {"name": "lesion", "type": "image", "columns": "ct"}
    made = run_study(
        home, {"learn": parts["learn"], "tune": parts["tune"]}, test=False, inputs={"slice": "ct"}, targets=[image],
        task="generation",
        covariates=["kind"], method="dcgan", seed=seed, settings={"steps": steps, "side": SIDE},
    )  # fmt: skip
    asked = [
        {"case": f"drawn_{kind}_{i:04d}", "kind": kind, "seed": str(100_000 * index + 1000 * seed + i)}
        for index, kind in enumerate(KINDS)
        for i in range(TIMES * sum(row["kind"] == kind for row in parts["learn"]))
    ]
    out = home / "drawn"
    if not (out / "cases.csv").exists():
        predict(made.path, write_cases(asked, home / "asked.csv"), out=out, progress=Terminal())
    with (out / "cases.csv").open(newline="", encoding="utf-8") as file:
        pictures = {row["case"]: str((out / row["predicted_lesion"]).resolve()) for row in csv.DictReader(file)}
    return [{"case": row["case"], "patient": row["case"], "kind": row["kind"], "ct": pictures[row["case"]]} for row in asked]


def answered(folder: Path, rows: list[Row], arm: str, *, steps: int, generator_steps: int, seed: int) -> dict[str, int]:
    """Return of each lesion the kind that was answered when its fold was tested."""
    found: dict[str, int] = {}
    for fold in range(FOLDS):
        parts = parts_of(rows, fold)
        if arm == "synthetic":
            home = folder / f"generator_{generator_steps}" / f"{fold}_{seed}"
            parts["learn"] = [*parts["learn"], *generated(home, parts, steps=generator_steps, seed=seed)]
        home = folder / f"{arm}_{steps}_{generator_steps if arm == 'synthetic' else 0}" / f"{fold}_{seed}"
        made = run_study(home, parts, test=True, inputs={"slice": "ct"}, targets=[KIND], method="cnn", seed=seed,
                         settings={"steps": steps})  # fmt: skip
        answers = {p.case: p.answers.get("kind") for p in made.predictions()}
        for row in parts["test"]:
            answer = answers[row["case"]]
            found[row["case"]] = int(answer.best) if isinstance(answer, Scores) else -1
    return found


def rates(truth: NDArray[np.intp], said: NDArray[np.intp], weights: Floats) -> dict[str, Floats]:
    """Return sensitivity and specificity of each kind and their means; weights (draws, N), `said` (seeds, N)."""
    found = {}
    for index, kind in enumerate(KINDS):
        own, called = truth == index, (said == index).mean(axis=0)
        found[f"sensitivity {kind}"] = (weights[:, own] @ called[own]) / weights[:, own].sum(axis=1)
        found[f"specificity {kind}"] = (weights[:, ~own] @ (1 - called[~own])) / weights[:, ~own].sum(axis=1)
    for name in ("sensitivity", "specificity"):
        found[f"{name} mean"] = np.mean([found[f"{name} {kind}"] for kind in KINDS], axis=0)
    return found


def main() -> None:
    """Draw, train, measure, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--generator-steps", type=int, default=1500)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--save", action="store_true")
    asked = parser.parse_args()
    steps, growth, seeds = (150, 200, 1) if asked.short else (asked.steps, asked.generator_steps, asked.seeds)
    folder = asked.folder.resolve()
    rows = draw(folder)
    truth = np.array([KINDS.index(row["kind"]) for row in rows])
    people = [row["patient"] for row in rows]
    said = {
        arm: np.array([
            [answers[row["case"]] for row in rows]
            for answers in (answered(folder, rows, arm, steps=steps, generator_steps=growth, seed=s) for s in range(seeds))
        ])
        for arm in ARMS
    }  # fmt: skip
    kept = []
    names = list(rates(truth, said["classical"], np.ones((1, len(rows)))))
    for arm in (*ARMS, "synthetic - classical"):
        for name in names:

            def statistic(w: Floats, arm: str = arm, name: str = name) -> Floats:
                if arm in said:
                    return rates(truth, said[arm], w)[name]
                return rates(truth, said["synthetic"], w)[name] - rates(truth, said["classical"], w)[name]

            value = float(statistic(np.ones((1, len(rows))))[0])
            interval = patient_bootstrap(statistic, people, rng=np.random.default_rng(0))
            print(f"{arm:22s}  {name:24s}  {value:.3f}  [{interval.low:.3f}, {interval.high:.3f}]", flush=True)
            kept.append({"arm": arm, "name": name, "value": f"{value:.4f}", "low": f"{interval.low:.4f}",
                         "high": f"{interval.high:.4f}", "lesions": len(rows), "steps": steps, "generator_steps": growth,
                         "trainings": seeds, "phantom": PHANTOMS.get("liver_ct").hash, **provenance(seed=0)})  # fmt: skip
    if asked.save:
        print(add_rows("liver_lesions", kept, key=("arm", "name", "steps", "generator_steps", "trainings")))


if __name__ == "__main__":
    main()
