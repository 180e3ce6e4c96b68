"""Films with devices, 4 % of those learned from: does augmentation, oversampling or synthesis close the gap to the others?

    python benchmarks/rare_groups.py --folder DIR [--steps 2000] [--seeds 3] [--short] [--save]

Chest phantom, 64 px. Learned from: films without anything in them, and 4 % with pacemaker, leads and tube. Tested on twins: the
same people with and without them. Lungs are segmented (U-Net), disease is told (cnn), by four arms of equal steps:

nothing      no augmentation
classical    the plan's augmentation
oversampled  classical, and films with devices so often that they are a third of what is learned from
synthetic    classical, and as many drawn films with devices: pix2pix, learned from the same films, draws them from the masks of
             lungs, heart and opacities of people without devices and the devices of those with; it saw no film of the test

Printed for Dice of the lungs and AUC of disease: each group, and the gap (without devices minus with), with 95 % intervals by
bootstrap over people, who are in both groups. A gap that stays is printed like one that closes. Runs are resumed where they
stopped. --short: 100 films, 60 of 30 people tested, 40 steps, one seed. --save adds rows to results/rare_groups.csv.
"""

import argparse
import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import isocenter as iso
from isocenter.core.scores import Scores
from isocenter.core.study import Study
from isocenter.io.answers import write_cases
from isocenter.io.study_file import write_study
from isocenter.metrics.estimates.patient_bootstrap import patient_bootstrap
from isocenter.metrics.ranking import weighted_auc
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.body.devices import DEVICES
from isocenter.stages.phantom import write_phantom
from isocenter.stages.predict import predict
from isocenter.stages.progress import Terminal
from isocenter.stages.run_folder import RunFolder
from provenance import add_rows, provenance

Row = dict[str, str]
ARMS = ("nothing", "classical", "oversampled", "synthetic")
SHARE, THIRD = 0.04, 1 / 3
MINUTES = 2.0
"""What networks are sized for; the steps are given."""
MASKS = ("lungs", "heart", "opacity", "devices")
POOLS = {"plain": (81, False), "rare": (82, True), "tune": (83, False), "without": (84, False), "with": (84, True)}
"""Seed, and whether devices are in the films; the last two are the same people."""
LUNGS = {"name": "lungs", "type": "mask", "columns": "lungs", "classes": ["background", "lungs"]}
DISEASE = {"name": "disease", "type": "class", "columns": "disease", "classes": ["healthy", "ill"]}
TASKS: dict[str, tuple[str, dict[str, Any]]] = {"lungs": ("unet", LUNGS), "disease": ("cnn", DISEASE)}


def draw(folder: Path, *, learn: int, held: int) -> dict[str, list[Row]]:
    """Draw every pool unless it is there; return their rows, paths made absolute."""
    counts = {"plain": learn - round(SHARE * learn), "rare": round(SHARE * learn), "tune": max(10, learn // 10)}
    pools: dict[str, list[Row]] = {}
    for pool, (seed, devices) in POOLS.items():
        home = folder / pool
        options = {"size_px": 64, "view": "PA", "devices": list(DEVICES) if devices else []}
        if not (home / "cases.csv").exists():
            n = counts.get(pool, held)
            write_phantom("chest_xray", home, n=n, seed=seed, prevalence=0.5, options=options, progress=Terminal())
        with (home / "cases.csv").open(newline="", encoding="utf-8") as file:
            drawn = list(csv.DictReader(file))
        pools[pool] = [
            {"case": f"{pool}_{row['case'][-5:]}", "patient": f"{seed}_{row['patient']}", "disease": row["disease"],
             **{name: str((home / row[name]).resolve()) for name in ("film", *MASKS)}}
            for row in drawn
        ]  # fmt: skip
    return pools


def run_study(home: Path, parts: dict[str, Sequence[Row]], *, test: bool, **fields: Any) -> RunFolder:
    """Write a study with its table and split, and run it."""
    home.mkdir(parents=True, exist_ok=True)
    write_cases([row for rows in parts.values() for row in rows], home / "cases.csv")
    split = [{"case": r["case"], "patient": r["patient"], "part": part, "fold": ""} for part, rows in parts.items() for r in rows]
    write_cases(split, home / "split.csv")
    study = Study.model_validate({"name": home.parent.name, "cases": "cases.csv", "split": {"file": "split.csv"}, **fields})
    path = write_study(study, home / "study.yaml")
    return iso.run(path, out=home / "run", data=home, time_limit=MINUTES, test=test, progress=Terminal())


def synthetic(folder: Path, pools: dict[str, list[Row]], *, count: int, steps: int, seed: int) -> list[Row]:
    """Return drawn films: the bodies of people without devices, the devices of those with."""
    home = folder / "generator" / f"{steps}_{seed}"
    learn = [*pools["plain"], *pools["rare"]]
    target = {"name": "drawn", "type": "image", "columns": "film"}
    made = run_study(
        home, {"learn": learn, "tune": pools["tune"]}, test=False, inputs={name: name for name in MASKS},
        units=dict.fromkeys(MASKS, "labels"), targets=[target], method="pix2pix", seed=seed, settings={"steps": steps},
    )  # fmt: skip
    rng = np.random.default_rng([seed, 7])
    bodies = [pools["plain"][int(i)] for i in rng.choice(len(pools["plain"]), count, replace=count > len(pools["plain"]))]
    worn = [pools["rare"][int(i)]["devices"] for i in rng.integers(len(pools["rare"]), size=count)]
    asked = [
        {**body, "case": f"drawn_{i:05d}", "devices": device} for i, (body, device) in enumerate(zip(bodies, worn, strict=True))
    ]
    out = home / "drawn"
    if not (out / "cases.csv").exists():
        predict(made.path, write_cases(asked, home / "asked.csv"), out=out, data=home, progress=Terminal())
    with (out / "cases.csv").open(newline="", encoding="utf-8") as file:
        films = {
            row["case"]: str((out / row["predicted_drawn"]).resolve()) for row in csv.DictReader(file) if row["predicted_drawn"]
        }
    return [{**row, "film": films[row["case"]]} for row in asked if row["case"] in films]


def learned(folder: Path, pools: dict[str, list[Row]], arm: str, *, steps: int, seed: int) -> list[Row]:
    """Return what an arm learns from."""
    plain, rare = pools["plain"], pools["rare"]
    more = round(THIRD / (1 - THIRD) * len(plain)) - len(rare)
    if arm == "oversampled":
        again = [rare[i % len(rare)] for i in range(more)]
        return [*plain, *rare, *({**row, "case": f"{row['case']}_again{i}"} for i, row in enumerate(again))]
    if arm == "synthetic":
        return [*plain, *rare, *synthetic(folder, pools, count=more, steps=steps, seed=seed)]
    return [*plain, *rare]


def values_of(task: str, made: RunFolder) -> dict[str, float]:
    """Return of every case the Dice of its lungs, or the probability of disease."""
    if task == "lungs":
        table = made.measurements()
        kept = table[(table["who"] == "model") & table["name"].str.startswith("dice")]
        return dict(zip(kept["case"], kept["value"].astype(float), strict=True))
    answers = {p.case: p.answers.get("disease") for p in made.predictions()}
    return {case: float(a.p[1]) for case, a in answers.items() if isinstance(a, Scores)}


def estimates(task: str, values: list[dict[str, float]], pools: dict[str, list[Row]]) -> dict[str, tuple[float, float, float, int]]:
    """Return of each group, and of the gap, value, interval and people; the mean over the trainings."""
    rows = [row for pool in ("without", "with") for row in pools[pool] if all(row["case"] in v for v in values)]
    people = [row["patient"] for row in rows]
    ill = np.array([row["disease"] == "ill" for row in rows])
    worn = np.array([row["case"].startswith("with_") for row in rows])
    answers = np.array([[v[row["case"]] for row in rows] for v in values])  # (trainings, N)

    def rate(group: NDArray[np.bool_]) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        def of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
            inside = weights[:, group]
            if task == "lungs":
                return np.asarray(inside @ answers[:, group].mean(axis=0) / inside.sum(axis=1))
            return np.mean([weighted_auc(a[group], ill[group], inside) for a in answers], axis=0)

        return of

    without, with_devices = rate(~worn), rate(worn)
    found = {}
    for name, statistic in (("without", without), ("with", with_devices), ("gap", lambda w: without(w) - with_devices(w))):
        interval = patient_bootstrap(statistic, people, rng=np.random.default_rng(0))
        found[name] = (float(statistic(np.ones((1, len(rows))))[0]), interval.low, interval.high, len(set(people)))
    return found


def main() -> None:
    """Draw, train, measure, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--save", action="store_true")
    asked = parser.parse_args()
    steps, seeds, learn, held = (40, 1, 100, 30) if asked.short else (asked.steps, asked.seeds, 500, 200)
    folder = (asked.folder / ("short" if asked.short else "full")).resolve()
    pools = draw(folder, learn=learn, held=held)
    rows = []
    for task, (method, target) in TASKS.items():
        for arm in ARMS:
            values = []
            for seed in range(seeds):
                settings = {"steps": steps} | ({"augmentation": 0.0} if arm == "nothing" else {})
                rest = {"tune": pools["tune"], "test": [*pools["without"], *pools["with"]]}
                parts = {"learn": learned(folder, pools, arm, steps=steps, seed=seed), **rest}
                home = folder / task / f"{arm}_{steps}_{seed}"
                made = run_study(home, parts, test=True, inputs={"film": "film"}, targets=[target], method=method, seed=seed,
                                 settings=settings)  # fmt: skip
                values.append(values_of(task, made))
            for group, (value, low, high, people) in estimates(task, values, pools).items():
                print(f"{task}  {arm}  {group}  {value:.4f}  [{low:.4f}, {high:.4f}]  {people} people", flush=True)
                rows.append({"task": task, "arm": arm, "group": group, "value": f"{value:.4f}", "low": f"{low:.4f}",
                             "high": f"{high:.4f}", "people": people, "learn": learn, "steps": steps, "trainings": seeds,
                             "phantom": PHANTOMS.get("chest_xray").hash, **provenance(seed=0)})  # fmt: skip
    if asked.save:
        print(add_rows("rare_groups", rows, key=("task", "arm", "group", "learn", "steps", "trainings")))


if __name__ == "__main__":
    main()
