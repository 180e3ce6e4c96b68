"""Interval coverage: how often our 95 % intervals hold the truth, beside plain BCa, the percentile bootstrap and Student's t.

The design of the protocol: 10 to 200 patients with 1 to 8 cases each, intra-class correlation 0 to 0.6, values skewed like Dice;
and AUC of few positives, with spread alike and not. Demanded: 92 % from 20 patients on, 90 % at 10.

    python benchmarks/interval_coverage.py [--runs 1000] [--draws 1000] [--save]
"""

import argparse
import math
import sys

import numpy as np
from scipy import stats
from scipy.special import ndtri

from isocenter.metrics.estimates.bca import bca_interval, effective_patients
from isocenter.metrics.estimates.delong import auc_covariance, delong
from isocenter.metrics.estimates.resampling import patient_codes
from isocenter.metrics.estimates.simulated_cohort import TRUE_MEAN, Cohort, dice_like_cohort
from provenance import add_rows, provenance

SEED = 0
DESIGN = [(n, m, r) for n in (10, 20, 50, 200) for m in (1, 3, 8) for r in (0.0, 0.3, 0.6)]
FEW = [(5, 15), (10, 10), (10, 40), (20, 180), (60, 60), (120, 120)]


def intervals_of_mean(cohort: Cohort, draws: int, rng: np.random.Generator) -> dict[str, tuple[float, float]]:
    """Return ours and three others, all from the same resamples of patients."""
    codes = patient_codes(cohort.patients)
    total, cases = np.bincount(codes, weights=cohort.values), np.bincount(codes).astype(float)
    count, value = total.size, float(cohort.values.mean())
    times = rng.multinomial(count, np.full(count, 1 / count), size=draws)
    drawn = (times @ total) / (times @ cases)
    left_out = (total.sum() - total) / (cases.sum() - cases)
    error = math.sqrt(count / (count - 1) * ((total - value * cases) ** 2).sum()) / cases.sum()
    half = stats.t.ppf(0.975, count - 1) * error
    return {
        "ours": bca_interval(value, drawn, left_out, effective=effective_patients(codes)).ends,
        "plain BCa": bca_interval(value, drawn, left_out, effective=1e12).ends,
        "percentile": tuple(np.quantile(drawn, [0.025, 0.975])),
        "Student t": (value - half, value + half),
    }


def coverage_of_mean(patients: int, most: int, correlation: float, *, runs: int, draws: int) -> dict[str, float]:
    rng = np.random.default_rng([SEED, patients, most, int(10 * correlation)])
    hits: dict[str, int] = {}
    for _ in range(runs):
        cohort = dice_like_cohort(patients, most_cases=most, correlation=correlation, rng=rng)
        for name, (low, high) in intervals_of_mean(cohort, draws, rng).items():
            hits[name] = hits.get(name, 0) + (low <= TRUE_MEAN <= high)
    return {name: hit / runs for name, hit in hits.items()}


def coverage_of_auc(positives: int, negatives: int, auc: float, spread: float, *, runs: int) -> dict[str, float]:
    """Positives vary `spread` times as much as negatives."""
    rng = np.random.default_rng([SEED, positives, negatives, int(100 * auc), int(10 * spread)])
    positive = np.arange(positives + negatives) < positives
    shift = math.sqrt(1 + spread**2) * ndtri(auc)
    hits = {"ours": 0, "plain DeLong": 0}
    for _ in range(runs):
        noise = rng.standard_normal(positive.size)
        scores = np.where(positive, noise * spread + shift, noise)
        interval, result = delong(scores, positive), auc_covariance(scores, positive)
        half = 1.96 * math.sqrt(result.covariance[0, 0])
        hits["ours"] += interval.low <= auc <= interval.high
        hits["plain DeLong"] += half > 0 and abs(result.aucs[0] - auc) <= half
    return {name: hit / runs for name, hit in hits.items()}


def main() -> int:
    """Print the table; exit 1 if ours falls short anywhere by more than two standard errors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--save", action="store_true", help="write results/interval_coverage.csv")
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    short = 0
    print(f"{'mean of Dice-like values':<44}{'demanded':>9}{'ours':>8}{'BCa':>8}{'pct.':>8}{'t':>8}")
    for patients, most, correlation in DESIGN:
        found = coverage_of_mean(patients, most, correlation, runs=options.runs, draws=options.draws)
        demand = 0.90 if patients < 20 else 0.92
        short += found["ours"] < demand - 2 * math.sqrt(demand * (1 - demand) / options.runs)
        name = f"{patients} patients, 1-{most} cases, correlation {correlation}"
        print(f"{name:<44}{demand:>9.2f}" + "".join(f"{v:>8.3f}" for v in found.values()))
        rows.append({"quantity": "mean", "design": name, "demanded": demand, **found})
    print(f"\n{'AUC, one exam a patient':<44}{'demanded':>9}{'ours':>8}{'DeLong':>8}")
    for (positives, negatives), auc, spread in [(c, a, s) for c in FEW for a in (0.7, 0.9, 0.97) for s in (1.0, 2.0)]:
        found = coverage_of_auc(positives, negatives, auc, spread, runs=options.runs)
        demand = 0.92
        short += found["ours"] < demand - 2 * math.sqrt(demand * (1 - demand) / options.runs)
        name = f"{positives} + {negatives}, AUC {auc}, spread x{spread:g}"
        print(f"{name:<44}{demand:>9.2f}" + "".join(f"{v:>8.3f}" for v in found.values()))
        rows.append({"quantity": "auc", "design": name, "demanded": demand, **found})
    if options.save:
        fixed = {"runs": options.runs, "draws": options.draws, **provenance(seed=SEED)}
        print(f"\nwritten: {add_rows('interval_coverage', [{**row, **fixed} for row in rows], key=('quantity', 'design'))}")
    return int(short > 0)


if __name__ == "__main__":
    sys.exit(main())
