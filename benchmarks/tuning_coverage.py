"""How often the interval of a tuning curve holds the expected best, beside a bootstrap of the scores.

    python benchmarks/tuning_coverage.py [--runs 400] [--short]

Scores of n configurations are drawn from a distribution whose expected best of k is known (from 100 000 draws); the interval is
made from each set of scores. Both should hold the truth in 95 % of the sets. Rows go to benchmarks/results/tuning_coverage.csv.
"""

import argparse
import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from isocenter.metrics.tuning_curve import tuning_curve
from provenance import add_rows, provenance

Scores = NDArray[np.float64]
DRAWS = 200
SHAPES: Mapping[str, Callable[[np.random.Generator, tuple[int, ...]], Scores]] = {
    "normal": lambda rng, size: rng.normal(0.8, 0.05, size),
    "crowded_at_the_best": lambda rng, size: 0.9 - 0.4 * rng.beta(1, 3, size),
    "one_in_three_fails": lambda rng, size: np.where(rng.random(size) < 0.3, 0.5, rng.normal(0.8, 0.03, size)),
    "uniform": lambda rng, size: rng.random(size),
    "exponential": lambda rng, size: rng.exponential(0.1, size),
    "one_in_seven_far_better": lambda rng, size: np.where(
        rng.random(size) < 0.15, rng.normal(0.9, 0.02, size), rng.normal(0.7, 0.03, size)
    ),
}
KEY = ("configurations", "scores", "tried", "interval")


def covered(shape: str, n: int, k: int, *, runs: int, rng: np.random.Generator) -> dict[str, tuple[float, float]]:
    """Return by interval how often it held the truth, and its mean width."""
    truth = float(SHAPES[shape](rng, (100_000, k)).max(axis=1).mean())
    ends: dict[str, list[tuple[float, float]]] = {"ours": [], "bootstrap": []}
    sets = np.array([math.comb(rank, k - 1) for rank in range(n)], float)
    weights = sets / sets.sum()  # of the sorted scores, as in expected_best
    for _ in range(runs):
        scores = SHAPES[shape](rng, (n,))
        (point,) = tuning_curve(scores, rng=rng, tried=[k], draws=DRAWS)
        ends["ours"].append(point.interval.ends)
        drawn = np.sort(rng.choice(scores, (DRAWS, n)), axis=1) @ weights
        ends["bootstrap"].append((float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))))
    return {
        name: (float(np.mean([low <= truth <= high for low, high in found])), float(np.mean([high - low for low, high in found])))
        for name, found in ends.items()
    }


def main() -> None:
    """Simulate; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--short", action="store_true", help="40 sets")
    asked = parser.parse_args()
    runs = 40 if asked.short else asked.runs
    where, rng = provenance(seed=0), np.random.default_rng(0)
    rows = [
        {"configurations": n, "scores": shape, "tried": k, "interval": name, "coverage": f"{share:.3f}", "width": f"{width:.4f}",
         "runs": runs, **where}
        for n in (12, 20) for shape in SHAPES for k in (1, n // 4, n // 2, n)
        for name, (share, width) in covered(shape, n, k, runs=runs, rng=rng).items()
    ]  # fmt: skip
    print(add_rows("tuning_coverage", rows, key=KEY))


if __name__ == "__main__":
    main()
