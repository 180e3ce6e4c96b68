"""Coverage of the intervals of cohort numbers: how often each holds the truth, for 10 to 200 patients with 1 to 8 cases each.

Sensitivity (clustered Wilson), AUC (Obuchowski), F1, ICC(A,1) and calibration slope (bootstrap over patients), limits of agreement
(recovered variance), and the share inside 90 % conformal intervals. Cases of one patient correlate (0 or 0.6). Demanded: 92 % from
20 patients on, 90 % at 10; of the conformal intervals 90 +- 3 %.

    python benchmarks/statistics_coverage.py [--runs 400] [--draws 500] [--short] [--save]

Resumable: with --save a row that is in results/statistics_coverage.csv with as many runs is not computed again.
"""

import argparse
import csv
import math
import sys
from collections.abc import Callable

import numpy as np
from scipy.special import expit, ndtr, ndtri

from isocenter.metrics.amount_agreement import intraclass, moments
from isocenter.metrics.calibration import calibration_slope
from isocenter.metrics.conformal import fit_conformal
from isocenter.metrics.decisions import weighted_counts
from isocenter.metrics.estimates.clustered_auc import clustered_auc_interval
from isocenter.metrics.estimates.clustered_share import share_interval
from isocenter.metrics.estimates.patient_bootstrap import patient_bootstrap
from isocenter.metrics.limits_of_agreement import limits_of_agreement
from provenance import RESULTS, add_rows, provenance

SEED = 0
Hold = Callable[[int, float, np.random.Generator, int], float]


def owners(patients: int, rng: np.random.Generator) -> np.ndarray:
    return np.repeat(np.arange(patients), rng.integers(1, 9, patients))


def shared(owner: np.ndarray, correlation: float, rng: np.random.Generator) -> np.ndarray:
    """Normal values of which those of one patient correlate."""
    level = rng.standard_normal(int(owner.max()) + 1)[owner]
    return math.sqrt(correlation) * level + math.sqrt(1 - correlation) * rng.standard_normal(owner.size)


def sensitivity(patients: int, correlation: float, rng: np.random.Generator, _draws: int) -> float:
    owner = owners(patients, rng)
    made = share_interval(shared(owner, correlation, rng) < ndtri(0.85), owner)
    return float(made.low <= 0.85 <= made.high)


def scored(patients: int, correlation: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    owner = owners(patients, rng)
    positive = rng.random(owner.size) < 0.4
    return shared(owner, correlation, rng) + 1.5 * positive, positive, owner


def area(patients: int, correlation: float, rng: np.random.Generator, _draws: int) -> float:
    scores, positive, owner = scored(patients, correlation, rng)
    made = clustered_auc_interval(scores, positive, owner)
    return float(made.low <= ndtr(1.5 / math.sqrt(2)) <= made.high)


def f1(patients: int, correlation: float, rng: np.random.Generator, draws: int) -> float:
    scores, positive, owner = scored(patients, correlation, rng)
    called = scores >= 0.75
    hit, false = 0.4 * ndtr(0.75), 0.6 * ndtr(-0.75)
    truth = 2 * hit / (hit + false + 0.4)
    made = patient_bootstrap(lambda w: weighted_counts(positive, called, w).f1, owner, rng=rng, draws=draws)
    return float(made.low <= truth <= made.high)


def icc(patients: int, correlation: float, rng: np.random.Generator, draws: int) -> float:
    owner = owners(patients, rng)
    truth = shared(owner, correlation, rng)
    answer = truth + 0.3 + 0.6 * shared(owner, correlation, rng)
    # Two fixed raters: variance of the case 1, half of what they differ by is spread over both.
    rows, error = (1 + 1 + 0.36 + 2) / 2, 0.36 / 2
    expected = (rows - error) / (rows + error + 0.3**2)
    made = patient_bootstrap(lambda w: intraclass(moments(truth, answer, w), absolute=True), owner, rng=rng, draws=draws)
    return float(made.low <= expected <= made.high)


def slope(patients: int, correlation: float, rng: np.random.Generator, draws: int) -> float:
    owner = owners(patients, rng)
    x = 1.5 * shared(owner, correlation, rng)
    positive = rng.random(owner.size) < expit(x)
    stated = expit(x / 0.7)  # too sure: the slope is 0.7
    made = patient_bootstrap(lambda w: calibration_slope(stated, positive, w), owner, rng=rng, draws=draws)
    return float(made.low <= 0.7 <= made.high)


def limits(patients: int, correlation: float, rng: np.random.Generator, _draws: int) -> float:
    owner = owners(patients, rng)
    gap = 1.0 + 2.0 * shared(owner, correlation, rng)
    made = limits_of_agreement(np.zeros(gap.size), gap, owner).upper_interval
    return float(made.low <= 1.0 + 2.0 * ndtri(0.975) <= made.high)


def conformal(patients: int, correlation: float, rng: np.random.Generator, _draws: int) -> float:
    owner = owners(patients, rng)
    fitted = fit_conformal(np.exp(0.8 * shared(owner, correlation, rng)), owner)
    new = owners(200, rng)
    hit = np.exp(0.8 * shared(new, correlation, rng)) <= fitted.half_width()
    share = 1 / np.bincount(new)[new]
    return float((hit * share).sum() / share.sum())


QUANTITIES: dict[str, Hold] = {
    "sensitivity 0.85": sensitivity,
    "AUC 0.856": area,
    "F1 0.722": f1,
    "ICC(A,1)": icc,
    "calibration slope 0.7": slope,
    "upper limit of agreement": limits,
    "inside conformal 90 %": conformal,
}


def done(runs: int) -> set[tuple[str, str]]:
    path = RESULTS / "statistics_coverage.csv"
    if not path.exists():
        return set()
    with open(path, newline="", encoding="utf-8") as file:
        return {(row["quantity"], row["design"]) for row in csv.DictReader(file) if int(row["runs"]) >= runs}


def main() -> int:
    """Print the table; exit 1 if an interval falls short of the demand by more than two standard errors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--short", action="store_true", help="100 runs of 300 draws, 10 and 20 patients")
    parser.add_argument("--save", action="store_true", help="write results/statistics_coverage.csv, row by row")
    options = parser.parse_args()
    runs, draws = (100, 300) if options.short else (options.runs, options.draws)
    held = done(runs) if options.save else set()
    short = 0
    print(f"{'':<28}{'patients':>9}{'correlation':>12}{'demanded':>9}{'covered':>9}")
    for name, once in QUANTITIES.items():
        for patients in (10, 20) if options.short else (10, 20, 50, 200):
            for correlation in (0.0, 0.6):
                design = f"{patients} patients, 1-8 cases, correlation {correlation}"
                if (name, design) in held:
                    continue
                rng = np.random.default_rng([SEED, patients, int(10 * correlation), list(QUANTITIES).index(name)])
                values = [once(patients, correlation, rng, draws) for _ in range(runs)]
                covered = float(np.mean(values))
                demand = 0.90 if patients < 20 else 0.92
                if name.startswith("inside"):
                    demand = 0.87
                short += covered < demand - 2 * math.sqrt(demand * (1 - demand) / runs)
                print(f"{name:<28}{patients:>9}{correlation:>12.1f}{demand:>9.2f}{covered:>9.3f}", flush=True)
                if options.save:
                    row = {"quantity": name, "design": design, "demanded": demand, "covered": round(covered, 4)}
                    add_rows(
                        "statistics_coverage",
                        [{**row, "runs": runs, "draws": draws, **provenance(seed=SEED)}],
                        key=("quantity", "design"),
                    )
    return int(short > 0)


if __name__ == "__main__":
    sys.exit(main())
