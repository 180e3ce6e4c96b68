"""Films of the chest phantom that several benchmarks share, drawn once: a pool to learn from, and one that four readers read.

    python benchmarks/chest_films.py --folder DIR [--learn 340] [--held 360]

The pools have seeds, and so patients, of their own; of the second the first TUNE films are tuned on and the others tested on.
96 px, frontal views as the phantom draws them. `table` joins both, with one column absent/present a finding and a column of each
finding and reader.
"""

import argparse
import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from isocenter.io.answers import write_cases
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.body.disease import FINDINGS
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal

READERS = ("first", "second", "third", "fourth")
SEEDS = {"learn": 61, "held": 62}
TUNE = 60
CLASSES = ("absent", "present")
Row = dict[str, str]


def draw(folder: Path, *, learn: int, held: int) -> None:
    """Draw both pools into folder/learn and folder/held, unless they are there."""
    for pool, n, options in (("learn", learn, {}), ("held", held, {"raters": list(READERS)})):
        if not (folder / pool / "study.yaml").exists():
            home = folder / pool
            write_phantom("chest_xray", home, n=n, seed=SEEDS[pool], target="findings", options=options, progress=Terminal())


def table(folder: Path) -> list[Row]:
    """Return a row a film: case, patient, pool, view, film (a path from folder), FINDING and FINDING_READER."""
    rows = []
    for pool in SEEDS:
        with (folder / pool / "cases.csv").open(newline="", encoding="utf-8") as file:
            drawn = list(csv.DictReader(file))
        for film in drawn:
            row = {"case": f"{pool}_{film['case'][-5:]}", "patient": f"{pool}_{film['patient']}", "pool": pool}
            row |= {"view": film["view"], "film": f"{pool}/{film['film']}"}
            for reader in ("", *(f"_{name}" for name in READERS)):
                said = film.get(f"findings{reader}")
                if said is not None:
                    row |= {f"{name}{reader}": CLASSES[name in said.split(";")] for name in FINDINGS}
            rows.append(row)
    return rows


def write_study_table(home: Path, rows: Sequence[Mapping[str, str]], *, learn: Sequence[str]) -> None:
    """Write cases.csv and split.csv of a study into home: some of the pool to learn from are learned, of the other all are kept.

    rows  : as `table` returns them, their paths made right for home
    learn : cases to learn from
    """
    home.mkdir(parents=True, exist_ok=True)
    held = [row["case"] for row in rows if row["pool"] == "held"]
    part = dict.fromkeys(learn, "learn") | dict.fromkeys(held[:TUNE], "tune") | dict.fromkeys(held[TUNE:], "test")
    kept = [row for row in rows if row["case"] in part]
    write_cases([{name: row.get(name, "") for name in rows[-1]} for row in kept], home / "cases.csv")
    split = [{"case": r["case"], "patient": r["patient"], "part": part[r["case"]], "fold": ""} for r in kept]
    write_cases(split, home / "split.csv")


def shuffled(rows: Sequence[Mapping[str, str]], *, seed: int) -> list[str]:
    """Return the cases of the pool to learn from in an order of the seed."""
    names = [row["case"] for row in rows if row["pool"] == "learn"]
    return [names[i] for i in np.random.default_rng(seed).permutation(len(names))]


def phantom_facts() -> dict[str, str]:
    """Return what every row says of the phantom."""
    return {"phantom": "chest_xray", "hash": PHANTOMS.get("chest_xray").hash}


def main() -> None:
    """Draw the pools."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--learn", type=int, default=340)
    parser.add_argument("--held", type=int, default=360)
    asked = parser.parse_args()
    draw(asked.folder, learn=asked.learn, held=asked.held)
    rows = table(asked.folder)
    held = [row for row in rows if row["pool"] == "held"]
    for name in FINDINGS:
        called = {who: np.mean([row[f"{name}{who}"] == "present" for row in held]) for who in ("", *(f"_{r}" for r in READERS))}
        print(f"{name:<14}" + "  ".join(f"{who.lstrip('_') or 'truth'} {share:.2f}" for who, share in called.items()))


if __name__ == "__main__":
    main()
