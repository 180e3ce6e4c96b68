"""Networks that learn from weak labels, on phantoms whose truth is known: how good is the answer, how good the map?

    python benchmarks/weak_labels.py emphysema [--cases 50 100 300] [--steps 300] [--draws 2] [--arms gapnet …] [--folder DIR]
    python benchmarks/weak_labels.py perivascular [--regions midbrain …] [--cases 400] [--steps 400] [--arms gp_unet …]

emphysema    : interval labels of two regions; extent against the exact share (ICC), presence (AUC), densitometry beside. Arms:
               gapnet (probability of the interval), gapnet_linear (distance to the interval), gapnet_cross_entropy (cross-entropy
               to its nearest end), proportionnet, proportionnet_cross_entropy, mil (presence alone). Published: METHODS, W3 and W4.
perivascular : one reader's counts of one region; counts against that reader, the other one and the truth (ICC), scan against
               rescan, and the map's maxima against the true dots (sensitivity at 1.5 false positives a scan), a blob filter beside.
               Arms: gp_unet (mean features, then one number, as published), gp_unet_density (places add to a Poisson rate).

Test cases are fixed, and the first of the pool; each draw learns from the first so many of the others in an order of its own.
Steps, not minutes, are fixed. The emphysema is drawn for one scanner, "sharp" (low dose, hard kernel, one protocol as in a
screening trial), since densitometry failed in such a trial. A run taken up again does only what is left.
"""

import argparse
import csv
import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.study import Study
from isocenter.io.study_file import write_study
from isocenter.metrics.estimates.delong import auc_covariance, delong
from isocenter.metrics.intraclass import intraclass_correlation, intraclass_interval
from isocenter.stages.evaluate import evaluate
from isocenter.stages.phantom import write_phantom
from isocenter.stages.predict import predict
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from provenance import add_rows, provenance
from studies import shown

Row = dict[str, object]
REGIONS = ("midbrain", "hippocampi", "basal_ganglia", "centrum_semiovale")
SIDES = ("right", "left")
KEPT = ("icc", "spearman", "mean_absolute_error", "dice", "sensitivity_at_1_5_fp", "auc")
KEY = ("phantom", "part_of", "arm", "cases", "draw", "steps", "who", "target", "name")
DRAWS = 2000
CHEST = {"scanner": "sharp", "voxel_mm": 5.0, "height_mm": 66.0}
FRAME = {"size": [20, 28, 12], "region": "crop", "margin": 0.05, "learning_rate": 0.003, "augmentation": 0.0, "keep_map": False}
"""A region at about its own resolution. Turning and scaling smooth the noise, which is half of what tells a hole."""
SMALL = {"encoder_settings": {"widths": [8, 16, 32]}}
SMALL_UNET = {"encoder_settings": {"widths": [8, 16], "out_features": 8}}


def _heads(name: str) -> dict[str, Any]:
    return {"heads": {f"score_{side}": name for side in SIDES}}


EMPHYSEMA: Mapping[str, dict[str, Any]] = {
    "gapnet": {"method": "gapnet", "settings": {**_heads("share_interval"), **SMALL}},
    "gapnet_linear": {"method": "gapnet", "settings": {**_heads("linear"), **SMALL}},
    "gapnet_cross_entropy": {"method": "gapnet", "settings": {**_heads("share"), **SMALL}},
    "proportionnet": {"method": "proportionnet", "settings": {**_heads("share_interval"), **SMALL_UNET}},
    "proportionnet_cross_entropy": {"method": "proportionnet", "settings": {**_heads("share"), **SMALL_UNET}},
    "mil": {"method": "mil", "settings": SMALL},
}
COUNTS: Mapping[str, dict[str, Any]] = {
    "gp_unet": {},
    "gp_unet_density": {"pooling": "log_total", "heads": {"read": "poisson"}},
}
FRAMES = {
    "midbrain": [44, 40, 12], "hippocampi": [60, 36, 12], "basal_ganglia": [44, 56, 12], "centrum_semiovale": [48, 64, 12],
}  # fmt: skip
"""As the scans are sampled."""


def emphysema(folder: Path, arm: str, *, cases: list[int], draws: int, steps: int, tune: int, test: int, pool: int) -> list[Row]:
    """Both upper regions, learned together."""
    home = folder / "emphysema"
    drawn(home, "emphysema_ct", n=pool + tune + test, tune=tune, test=test, prevalence=0.6, options=CHEST)
    scopes = {side: {"scope": f"region:{side}_upper"} for side in SIDES}
    if arm == "mil":
        targets = [{"name": f"present_{s}", "type": "class", "columns": f"present_{s}", "classes": ["absent", "present"],
                    "metrics": ["auc"], **scopes[s]} for s in SIDES]  # fmt: skip
    else:
        targets = [{"name": f"score_{s}", "type": "proportion", **scopes[s],
                    "columns": [f"emphysema_{s}_low", f"emphysema_{s}_high"]} for s in SIDES]  # fmt: skip
        targets += [{"name": f"extent_{s}", "type": "proportion", "columns": f"share_{s}", "use": "score",
                     "metrics": ["icc", "spearman"], **scopes[s]} for s in SIDES]  # fmt: skip
    if arm.startswith("proportionnet"):
        targets += [{"name": f"drawn_{s}", "type": "mask", "columns": "emphysema", "classes": ["background", "emphysema"],
                     "use": "score", **scopes[s]} for s in SIDES]  # fmt: skip
    fields = {
        "name": arm, "cases": "cases.csv", "inputs": {"ct": "ct"}, "targets": targets, "patient": "patient",
        "method": EMPHYSEMA[arm]["method"], "settings": {**FRAME, **EMPHYSEMA[arm]["settings"], "steps": steps},
        "baselines": ["class_prior"] if arm == "mil" else ["densitometry"] if arm == "gapnet" else ["training_mean"],
        "split": {"file": "split.csv"}, "vary": {"cases": cases, "seed": list(range(draws))},
    }  # fmt: skip
    rows: list[Row] = []
    for made, key in arms(home, fields, phantom="emphysema_ct", part_of="upper regions", arm=arm, steps=steps):
        rows += estimates(made, key)
        if arm != "mil":
            places = {"model": made, "densitometry": made.inner("baseline", "densitometry")}
            rows += [{**key, "who": who, **row} for who, place in places.items() if place.exists("predictions.jsonl")
                     for side in SIDES for row in presence(place, made, side)]  # fmt: skip
    return rows


def differences(folder: Path, better: str, other: str, *, cases: Sequence[int], steps: int) -> list[Row]:
    """ICC of two arms on the same patients, both regions and all draws averaged: the difference with an interval over patients."""
    found: list[Row] = []
    home = folder / "emphysema"
    pairs: list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]] = []
    runs = [{a.path.name: a for a in RunFolder(home / f"run_{arm}_{steps}").inners("arm")} for arm in (better, other)]
    for name in sorted(set(runs[0]) & set(runs[1])):
        if count_of(name) in cases:
            truths = exact(runs[0][name])
            said = [answered(r[name], "score_{}", truths) for r in runs]
            pairs += [(truths[side], said[0][side], said[1][side]) for side in SIDES]
    if not pairs:
        return found
    patients = len(pairs[0][0])
    rng = np.random.default_rng(0)
    picks = [np.arange(patients), *rng.integers(patients, size=(DRAWS, patients))]
    value = [np.mean([agreement(t[p], a[p]) - agreement(t[p], b[p]) for t, a, b in pairs]) for p in picks]
    low, high = np.percentile(value[1:], [2.5, 97.5])
    return [{"phantom": "emphysema_ct", "part_of": "upper regions", "arm": f"{better} - {other}", "draw": "all",
             "cases": "+".join(map(str, cases)), "steps": steps, "who": "model", "target": "extent", "name": "icc_difference",
             "value": shown(float(value[0])), "low": shown(float(low)), "high": shown(float(high)), "patients": patients,
             **provenance(seed=0)}]  # fmt: skip


def perivascular(
    folder: Path, region: str, arm: str, *, cases: list[int], draws: int, steps: int, tune: int, test: int
) -> list[Row]:
    """One region; learned from the first reader's counts, measured against both readers and the truth."""
    home, again = folder / region, folder / f"{region}_rescan"
    options = {"region": region, "raters": ["first", "second"]}
    drawn(home, "perivascular", n=max(cases) + tune + test, tune=tune, test=test, options=options)
    if not (again / "cases.csv").exists():
        write_phantom("perivascular", again, n=120, seed=32, visits=2, options=options, progress=Terminal())
    scope = {"scope": "region:region"}
    dots = {
        "name": "dots",
        "type": "points",
        "columns": "dots",
        "classes": ["space"],
        "metrics": ["sensitivity_at_1_5_fp"],
        **scope,
    }
    counts = {"type": "count", "metrics": ["icc"], **scope}
    common = {"cases": "cases.csv", "inputs": {"t2": "t2"}, "patient": "patient", "split": {"file": "split.csv"}}
    learned = {
        **common, "name": arm, "method": "gp_unet", "baselines": ["training_mean", "image_statistics"],
        "targets": [
            {"name": "read", "columns": "count_first", **counts},
            {"name": "second", "columns": "count_second", "use": "score", **counts},
            {"name": "true", "columns": "count", "use": "score", **counts},
            {**dots, "use": "score"},
        ],
        "settings": {
            "size": FRAMES[region], "learning_rate": 0.003, "keep_map": False, "steps": steps, **SMALL_UNET, **COUNTS[arm]
        },
        "vary": {"cases": cases, "seed": list(range(draws))},
    }  # fmt: skip
    rows: list[Row] = []
    for made, key in arms(home, learned, phantom="perivascular", part_of=region, arm=arm, steps=steps):
        rows += estimates(made, key)
        rows += [{**key, "who": "model", **row} for row in rescanned(made, again)]
    blobs = {**common, "name": "blobs", "method": "blob_filter", "targets": [dots], "vary": {"cases": cases, "seed": [0]}}
    for made, key in arms(home, blobs, phantom="perivascular", part_of=region, arm="blob_filter", steps=0):
        rows += [row for row in estimates(made, key) if row["who"] == "model"]
    return rows


def drawn(home: Path, phantom: str, *, n: int, tune: int, test: int, **how: Any) -> None:
    """Draw a pool once, and its split: the first cases test, the next tune, all others may be learned from."""
    if not (home / "cases.csv").exists():
        write_phantom(phantom, home, n=n, seed=31, progress=Terminal(), **how)
    with open(home / "cases.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open(home / "split.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "patient", "part", "fold"])
        for i, row in enumerate(rows):
            writer.writerow([row["case"], row["patient"], "test" if i < test else "tune" if i < test + tune else "learn", ""])


def arms(home: Path, fields: dict[str, Any], *, phantom: str, part_of: str, arm: str, steps: int) -> list[tuple[RunFolder, Row]]:
    """Train every size and draw, open its test cases once; return each with the key of its rows."""
    where = provenance(seed=0)
    study = write_study(Study.model_validate(fields), home / f"{arm}.yaml")
    made = run(study, out=home / f"run_{arm}_{steps}", progress=Terminal())
    found: list[tuple[RunFolder, Row]] = []
    for inner in made.inners("arm"):
        if not inner.openings():
            evaluate(inner, test=True, progress=Terminal())
        draw = inner.path.name.rsplit("seed=", 1)[1]
        key = {"phantom": phantom, "part_of": part_of, "arm": arm, "cases": count_of(inner.path.name), "draw": draw, "steps": steps}
        found.append((inner, {**key, **where}))
    return found


def count_of(name: str) -> int:
    """Cases an arm learned from, of its name: cases=50_seed=0."""
    return int(name.split("cases=", 1)[1].split("_")[0].split(" ")[0])


def estimates(arm: RunFolder, key: Row) -> list[Row]:
    """Rows of what `evaluate` measured on the test cases."""
    return [
        {**key, "who": e.who, "target": e.target, "name": e.name, "value": shown(e.value), "low": shown(e.ci95[0]),
         "high": shown(e.ci95[1]), "patients": e.patients}
        for e in arm.estimates()
        if e.group == "all" and e.part == "test" and e.name in KEPT
    ]  # fmt: skip


def exact(arm: RunFolder) -> dict[str, NDArray[np.float64]]:
    """Exact share of each side, test cases in the order of the split."""
    _, cases = open_run(arm)
    keys = read_split(arm).keys("test")
    return {side: np.array([_value(cases[key].labels[f"extent_{side}"]) for key in keys]) for side in SIDES}


def answered(place: RunFolder, name: str, sides: Mapping[str, Any], arm: RunFolder | None = None) -> dict[str, NDArray[np.float64]]:
    """Answers of a model or baseline to each side, test cases in the order of the split."""
    said = {p.case: p.answers for p in place.predictions()}
    keys = read_split(arm or place).keys("test")
    return {side: np.array([_value(said[key][name.format(side)]) for key in keys]) for side in sides}


def presence(place: RunFolder, arm: RunFolder, side: str) -> list[Row]:
    """Is there anything at all? AUC of the answered share, DeLong's interval: one scan a patient."""
    _, cases = open_run(arm)
    labels = [cases[key].labels[f"score_{side}"] for key in read_split(arm).keys("test")]
    there = np.array([isinstance(label, Amount) and label.high > 0 for label in labels])
    scores = answered(place, "score_{}", {side: None}, arm)[side]
    low, high = delong(scores, there).ends
    value = float(auc_covariance(scores, there).aucs[0])
    return [{"target": f"score_{side}", "name": "presence_auc", "value": shown(value), "low": shown(low), "high": shown(high),
             "patients": len(scores)}]  # fmt: skip


def rescanned(arm: RunFolder, again: Path) -> list[Row]:
    """ICC of the counts answered to two scans of each person, and of the first reader's."""
    out = arm.path / "rescan"
    if not (out / "cases.csv").exists():
        predict(arm.path, again / "cases.csv", out=out)
    rows: list[Row] = []
    with open(out / "cases.csv", newline="", encoding="utf-8") as file:
        said = {row["case"]: float(row["predicted_read"]) for row in csv.DictReader(file)}
    with open(again / "cases.csv", newline="", encoding="utf-8") as file:
        scans = list(csv.DictReader(file))
    read = {row["case"]: float(row["count_first"]) for row in scans}
    for name, numbers in (("scan_rescan_icc", said), ("reader_rescan_icc", read)):
        patients: dict[str, list[float]] = {}
        for row in scans:
            patients.setdefault(row["patient"], []).append(numbers[row["case"]])
        table = np.array(list(patients.values()))
        low, high = intraclass_interval(table).ends
        rows.append({"target": "read", "name": name, "value": shown(intraclass_correlation(table)), "low": shown(low),
                     "high": shown(high), "patients": len(table)})  # fmt: skip
    return rows


def agreement(truth: NDArray[np.float64], answer: NDArray[np.float64]) -> float:
    """ICC(A,1) of answers with the truth."""
    return intraclass_correlation(np.stack([truth, answer], axis=1))


def _value(label: object) -> float:
    return label.value if isinstance(label, Amount) else math.nan


def main() -> None:
    """Draw, train, measure; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("phantom", choices=["emphysema", "perivascular"])
    parser.add_argument("--cases", type=int, nargs="+")
    parser.add_argument("--arms", nargs="+", choices=[*EMPHYSEMA, *COUNTS])
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--regions", nargs="+", default=list(REGIONS), choices=REGIONS)
    parser.add_argument("--tune", type=int, default=30)
    parser.add_argument("--test", type=int, default=300)
    parser.add_argument("--pool", type=int, help="cases that may be learned from; default: the largest of --cases")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "weak_labels")
    parser.add_argument("--short", action="store_true", help="50 cases (counts: 100), 1 draw, 100 steps, 100 tested")
    asked = parser.parse_args()
    sizes = {"tune": 30 if asked.short else asked.tune, "test": 100 if asked.short else asked.test}
    draws = 1 if asked.short else asked.draws
    if asked.phantom == "emphysema":
        cases, steps = asked.cases or ([50] if asked.short else [50, 100, 300]), asked.steps or (100 if asked.short else 300)
        for arm in asked.arms or EMPHYSEMA:
            rows = emphysema(asked.folder, arm, cases=cases, draws=draws, steps=steps, pool=asked.pool or max(cases), **sizes)
            print(add_rows("weak_labels", rows, key=KEY))
        few = [count for count in cases if count <= 100]
        print(add_rows("weak_labels", differences(asked.folder, "proportionnet", "gapnet", cases=few, steps=steps), key=KEY))
        return
    cases, steps = asked.cases or [100 if asked.short else 400], asked.steps or (100 if asked.short else 400)
    for region in asked.regions:
        for arm in asked.arms or COUNTS:
            rows = perivascular(asked.folder, region, arm, cases=cases, draws=draws, steps=steps, **sizes)
            print(add_rows("weak_labels", rows, key=KEY))


if __name__ == "__main__":
    main()
