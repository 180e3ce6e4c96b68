"""Perivascular readers: how far two simulated readers' counts agree, and the wander of their thresholds that plants it.

The published inter-observer ICC was 0.75 midbrain, 0.82 hippocampi, 0.62 basal ganglia, 0.80 centrum semiovale (Dubost et al.,
NeuroImage 2019). Persons are drawn without images; each reader reads each person once, the first reader twice. ICC is absolute
agreement of single readings, ICC(A,1) of McGraw & Wong 1996.

    python benchmarks/perivascular_readers.py [--cases 1500] [--short] [--solve] [--save]

--solve prints the wander that gives the published ICC on the persons of one seed, a start for spaces_settings.py, which was
settled on three seeds; without it the agreement that the phantom's own settings give is measured on persons of a seed that had no
part in that, with a bootstrap interval.
"""

import argparse

import numpy as np

from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.brain.readers import Chance, draw_chance, read_spaces
from isocenter.phantoms.brain.spaces import Space
from isocenter.phantoms.cohort import seeds_of
from isocenter.phantoms.perivascular import draw_person
from isocenter.phantoms.phantom import Seeds
from provenance import add_rows, provenance

PUBLISHED = {"midbrain": 0.75, "hippocampi": 0.82, "basal_ganglia": 0.62, "centrum_semiovale": 0.80}
SOLVE_SEED, MEASURE_SEED, REPEATS = 30, 33, 6
People = list[tuple[Seeds, dict[str, np.ndarray]]]
P = PHANTOMS.get("perivascular").parameters


def icc(a: np.ndarray, b: np.ndarray) -> float:
    """Return ICC(A,1) of two readings (N,)."""
    x = np.stack([a, b], 1).astype(float)
    n, k = x.shape
    rows, columns, mean = x.mean(1), x.mean(0), x.mean()
    between = k * ((rows - mean) ** 2).sum() / (n - 1)
    raters = n * ((columns - mean) ** 2).sum() / (k - 1)
    rest = ((x - rows[:, None] - columns[None] + mean) ** 2).sum() / ((n - 1) * (k - 1))
    return float((between - rest) / (between + (k - 1) * rest + k * (raters - rest) / n))


def in_slice(spaces: tuple[Space, ...], region: str, rng: np.random.Generator) -> np.ndarray:
    """Tell which spaces' center lines pass the labelled slice, (N,); it lies at the region's middle, give or take half a slice."""
    held = P["regions"][region]
    thick = held["voxel_mm"][2]
    bottom = held["center_mm"][2] - thick / 2 + rng.uniform(-0.5, 0.5) * thick
    return np.array([s.line[:, 2].max() >= bottom and s.line[:, 2].min() <= bottom + thick for s in spaces], bool)


def persons(region: str, n: int, seed: int) -> People:
    """Return each person's seeds and, by scope, the diameters of the spaces there."""
    out = []
    for index in range(n):
        seeds = seeds_of(seed, index)
        spaces = draw_person(P, seeds, region).spaces
        diameters = np.array([s.diameter_mm for s in spaces])
        shown = in_slice(spaces, region, seeds.rng("pose")) if spaces else np.zeros(0, bool)
        out.append((seeds, {"count": diameters, "slice_count": diameters[shown]}))
    return out


def chances(people: People, scope: str, rater: str, repeat: int = 0) -> list[Chance]:
    """Return what chance brings to one reader's readings; another repeat is another cohort of readers of the same persons."""
    reader = P["raters"][rater]
    return [
        draw_chance(
            P["readers"],
            reader,
            len(held[scope]),
            Seeds(anatomy=s.anatomy + repeat, demographics=s.demographics, acquisition=s.acquisition),
        )
        for s, held in people
    ]


def readings(people: People, scope: str, rater: str, wander: float, chance: list[Chance]) -> np.ndarray:
    """Return one reader's counts (N,)."""
    reader = P["raters"][rater]
    return np.array(
        [read_spaces(P["readers"], reader, wander, held[scope], c).count for (_, held), c in zip(people, chance, strict=True)]
    )


def solve(people: People, scope: str, wanted: float) -> float:
    """Return the wander (mm) at which the first and the second reader agree as wanted, by bisection on the mean of REPEATS."""
    held = [tuple(chances(people, scope, rater, k) for rater in ("first", "second")) for k in range(REPEATS)]
    low, high = 0.0, 6.0
    for _ in range(9):
        middle = (low + high) / 2
        agreed = [icc(readings(people, scope, "first", middle, a), readings(people, scope, "second", middle, b)) for a, b in held]
        low, high = (middle, high) if np.mean(agreed) > wanted else (low, middle)
    return (low + high) / 2


def interval(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of ICC over persons (one case each)."""
    rng = np.random.default_rng(MEASURE_SEED)
    draws = [icc(a[pick], b[pick]) for pick in rng.integers(len(a), size=(1000, len(a)))]
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def main() -> None:
    """Solve, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1500)
    parser.add_argument("--short", action="store_true", help="200 persons a region")
    parser.add_argument("--solve", action="store_true")
    parser.add_argument("--save", action="store_true")
    args = parser.parse_args()
    n = 200 if args.short else args.cases
    rows: list[dict[str, object]] = []
    for region, wanted in PUBLISHED.items():
        people = persons(region, n, SOLVE_SEED if args.solve else MEASURE_SEED)
        for scope in ("count", "slice_count"):
            if args.solve:
                print(f"{scope:<12}{region:<20}wander_mm {solve(people, scope, wanted):.3f}", flush=True)
                continue
            wander = P["readers"]["wander_mm"][scope][region]
            read = {rater: readings(people, scope, rater, wander, chances(people, scope, rater)) for rater in P["raters"]}
            truth = np.array([len(held[scope]) for _, held in people])
            pairs = {
                "inter_observer": (read["first"], read["second"]),
                "intra_observer": (read["first"], read["first_again"]),
                "first_against_truth": (read["first"], truth),
                "second_against_truth": (read["second"], truth),
            }
            spread = (
                f"{truth.mean():.2f} (SD {truth.std(ddof=1):.2f}, median {np.median(truth):.0f}, none {np.mean(truth == 0):.0%})"
            )
            for what, (a, b) in pairs.items():
                low, high = interval(a, b)
                value, bias = f"{icc(a, b):.3f}", f"{(b - a).mean():+.2f}"
                published = f"{wanted:.2f}" if what == "inter_observer" else ""
                row = {"scope": scope, "region": region, "what": what, "icc": value, "low": f"{low:.3f}", "high": f"{high:.3f}"}
                rows.append(row | {"bias": bias, "published": published, "persons": n, "truth": spread})
                print(
                    f"{scope:<12}{region:<20}{what:<22}{value} [{low:.3f}, {high:.3f}] {published:<6}bias {bias}  {spread}",
                    flush=True,
                )
    if args.save and rows:
        facts = {"phantom": "perivascular", "hash": PHANTOMS.get("perivascular").hash, **provenance(seed=MEASURE_SEED)}
        add_rows("perivascular_readers", [row | facts for row in rows], key=("scope", "region", "what"))


if __name__ == "__main__":
    main()
