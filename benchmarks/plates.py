"""Doubling times of phantom plates: how far from the truth, and how often the interval holds it.

    python benchmarks/plates.py [--plates 100] [--short]

Counts only, no pictures: each plate has 96 wells at 10 times, doses that slow the cells, slower wells at the edge (left out), and
cells that divide and die one by one. Plates that grow exponentially, and plates that fill up (logistic curves). Rows, by growth, of
the control and of all doses: median and 90 % point of the error of the doubling time, share of plates within 5 %, share of
intervals that hold the truth with Wilson's interval, conditions that were refused a curve; and the error when the edge is kept.
"""

import argparse
import math

import numpy as np
import pandas as pd

from isocenter.metrics.estimates.wilson import wilson
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.plates import count_table
from isocenter.pipelines._plate_growth import grow_plate
from provenance import add_rows, provenance

SEED = 100
KEY = ("growth", "edge", "capacity", "group", "plates")


def measure(growth: str, *, plates: int, edge: str, capacity: str) -> list[dict[str, object]]:
    """Fit plates of one kind; return the rows."""
    table = pd.DataFrame(count_table(PHANTOMS.get("plates"), plates=plates, times=10, seed=SEED, growth=growth))
    table["dose"] = table["dose_um"]
    truth = table.groupby(["plate", "dose"])["doubling_h"].first()
    rng = np.random.default_rng(SEED)
    found = []
    for plate, rows in table.groupby("plate"):
        made = grow_plate(rows, plate=f"{plate:g}", growth="auto", edge=edge, control=None, capacity=capacity, rng=rng)
        for c in made.conditions:
            true = float(truth[plate, c.dose])
            low, high = c.doubling_interval.ends
            found.append(
                {"group": "control" if c.dose == 0 else "doses", "refused": bool(c.refused), "error": abs(c.doubling_h / true - 1),
                 "holds": math.nan if math.isnan(low) else float(low <= true <= high), "width": (high - low) / true}
            )  # fmt: skip
    return [_row(growth, edge, capacity, str(name), plates, part) for name, part in pd.DataFrame(found).groupby("group")]


def _row(growth: str, edge: str, capacity: str, group: str, plates: int, part: pd.DataFrame) -> dict[str, object]:
    fitted = part[~part["refused"]]
    told = fitted["holds"].dropna()
    held = wilson(float(told.sum()), len(told)) if len(told) else None
    return {
        "growth": growth, "edge": edge, "capacity": capacity, "group": group, "plates": plates, "conditions": len(part),
        "refused": int(part["refused"].sum()),
        "median_error": f"{fitted['error'].median():.4f}" if len(fitted) else "",
        "p90_error": f"{fitted['error'].quantile(0.9):.4f}" if len(fitted) else "",
        "within_5_percent": f"{(fitted['error'] <= 0.05).mean():.3f}" if len(fitted) else "",
        "coverage": f"{told.mean():.3f}" if held else "",
        "coverage_ci95": f"{held.low:.3f}-{held.high:.3f}" if held else "",
        "median_width": f"{fitted['width'].median():.3f}" if len(told) else "",
        **provenance(seed=SEED),
    }  # fmt: skip


def main() -> None:
    """Measure both kinds of growth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plates", type=int, default=100)
    parser.add_argument("--short", action="store_true", help="10 plates; nothing is saved")
    asked = parser.parse_args()
    plates = 10 if asked.short else asked.plates
    rows: list[dict[str, object]] = []
    for growth, edge, capacity in (
        ("exponential", "leave_out", "own"),
        ("exponential", "keep", "own"),
        ("logistic", "leave_out", "own"),
        ("logistic", "leave_out", "control"),
    ):
        made = measure(growth, plates=plates, edge=edge, capacity=capacity)
        for row in made:
            print({name: value for name, value in row.items() if name not in ("commit", "versions", "machine", "date", "seed")})
        rows += made
    if not asked.short:
        print(add_rows("plates", rows, key=KEY))


if __name__ == "__main__":
    main()
