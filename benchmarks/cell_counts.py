"""Counting cells from N pictures: several draws, every counter beside the network, and how much better than the mean each is.

    ISOCENTER_DATA=… python benchmarks/cell_counts.py cells_vgg [--cases 8 16 32 49] [--draws 5] [--minutes 15] [--steps S]

Each draw takes N pictures to learn from, N to tune on, and tests on all others (cells_mbm: 15 and 5; nothing to tune on). cells_vgg
has 100 pictures here: 50 and 50 would leave none to test. Draws by image put pictures of one patient on both sides, as published
work does; --by patient leaves one patient of cells_mbm out at a time; --by donor draws donors of cells_adipocyte until they have N
pictures. A run taken up again does only what is left. The example's own test part is not kept apart here: these are repeated splits
of the development data.

Rows: mean absolute error of each draw, its mean over draws, and the skill 1 - error / error of the mean count.
"""

import argparse
import csv
from pathlib import Path

import numpy as np

from isocenter.core.study import Study
from isocenter.io.study_file import read_study, write_study
from isocenter.metrics.skill import skill
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from provenance import add_rows, provenance

EXAMPLES = Path(__file__).parents[1] / "examples"
KEY = ("study", "cases", "by", "budget", "draw", "who", "target")
PUBLISHED = {"cells_vgg": {32: "2.4"}, "cells_mbm": {15: "8.8"}, "cells_adipocyte": {50: "19.4 (a wider set)"}}
"""Count-ception, Cohen et al. 2017, arXiv:1703.08710."""


def splits(rows: list[dict[str, str]], *, learn: int, tune: int, draws: int, by: str) -> list[dict[str, str]]:
    """Return the part of every case in every draw."""
    if by == "patient":
        patients = sorted({row["patient"] for row in rows})
        return [{row["case"]: "test" if row["patient"] == out else "learn" for row in rows} for out in patients]
    who = "patient" if by == "donor" else "case"
    found = []
    for draw in range(draws):
        left = {"learn": learn, "tune": tune}
        part_of: dict[str, str] = {}
        for one in np.random.default_rng(draw).permutation(list(dict.fromkeys(row[who] for row in rows))).tolist():
            part = next((name for name, number in left.items() if number > 0), "test")
            mine = [row["case"] for row in rows if row[who] == one]
            part_of |= dict.fromkeys(mine, part)
            left[part] = left.get(part, 0) - len(mine)
        if "test" not in part_of.values():
            raise SystemExit(f"expected pictures left to test, got {len(rows)} in all: ask for fewer than {learn} to learn from.")
        found.append(part_of)
    return found


def one_draw(
    name: str, part: dict[str, str], home: Path, *, by: str, minutes: float | None, steps: int | None
) -> dict[tuple[str, str], float]:
    """Run one split; return the mean absolute error by who and target."""
    home.mkdir(parents=True, exist_ok=True)
    source = EXAMPLES / name
    rows = _rows(source / "cases.csv")
    if by == "image":  # as published: pictures of one patient on both sides, which a run refuses unless each is called a patient
        rows = [{**row, "patient": row["case"]} for row in rows]
    with open(home / "cases.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    patient = {row["case"]: row["patient"] for row in rows}
    with open(home / "split.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "patient", "part", "fold"])
        writer.writerows([case, patient[case], part[case], ""] for case in patient)
    settings = {"steps": steps} if steps is not None else {}
    study: Study = read_study(source / "study.yaml").model_copy(update={"settings": settings})
    made = run(write_study(study, home / "study.yaml"), out=home / "run", time_limit=minutes, test=True, progress=Terminal())
    return {
        (e.who, e.target): e.value
        for e in made.estimates()
        if e.name == "mean_absolute_error" and e.part == "test" and e.group == "all"
    }


def measure(name: str, cases: int, asked: argparse.Namespace) -> list[dict[str, object]]:
    """All draws of one size."""
    rows = _rows(EXAMPLES / name / "cases.csv")
    tune = 0 if name == "cells_mbm" else cases
    parts = splits(rows, learn=cases, tune=tune, draws=asked.draws, by=asked.by)
    budget = f"{asked.steps} steps" if asked.steps else f"{asked.minutes:g} min"
    where = provenance(seed=0)
    found = [
        one_draw(
            name,
            part,
            asked.runs / f"{name}_{cases}_{asked.by}_{budget.replace(' ', '')}_{draw}",
            by=asked.by,
            minutes=None if asked.steps else asked.minutes,
            steps=asked.steps,
        )
        for draw, part in enumerate(parts)
    ]
    out: list[dict[str, object]] = []
    for who, target in found[0]:
        errors = np.array([draw[who, target] for draw in found])
        floor = np.array([draw["baseline:mean_count", target] for draw in found])
        common = {"study": name, "cases": cases, "by": asked.by, "budget": budget, "who": who, "target": target, **where}
        out += [{**common, "draw": i, "mean_absolute_error": f"{e:.3f}"} for i, e in enumerate(errors)]
        out.append(
            {
                **common,
                "draw": "all",
                "mean_absolute_error": f"{np.mean(errors):.3f}",
                "spread over draws": f"{np.std(errors, ddof=1):.3f}" if len(errors) > 1 else "",
                "skill": f"{skill(errors, floor, np.ones((1, len(errors))))[0]:.3f}",
                "published": PUBLISHED.get(name, {}).get(cases, "") if who == "model" else "",
            }
        )
    return out


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Measure the sizes asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", choices=["cells_vgg", "cells_mbm", "cells_adipocyte"])
    parser.add_argument("--cases", type=int, nargs="+", default=[32])
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--by", choices=["image", "patient", "donor"], default="image")
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--steps", type=int, help="instead of minutes")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    asked = parser.parse_args()
    for cases in asked.cases:
        print(add_rows("cell_counts", measure(asked.study, cases, asked), key=KEY))


if __name__ == "__main__":
    main()
