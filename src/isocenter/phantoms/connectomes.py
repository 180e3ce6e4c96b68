"""Connectomes: who is wired with whom, around a mean of modules, with a site's own way of scanning and a planted weakness.

In:   seeds, a grade, options (scanner, disease, effect, edges, regions …).
Out:  PhantomCase: a graph of regions; who is ill, and the graph of the edges that disease weakens.
Not:  no image, no fiber; no claim of realism beyond its row in docs/explanation/phantom_validity.md.

Regions lie in two alike halves of a ball; their signals go together the more, the nearer they lie, within a module, and with their
twin on the other side. A person adds a few patterns of one's own. Correlations are as uncertain as a scan of so many volumes leaves
them, and a site (the option `scanner`) adds its own pattern. Binary graphs keep the strongest fifth, as public sets do.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError, unknown
from isocenter.core.graph import Graph
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by

Floats = NDArray[np.float64]
HEALTH = ("healthy", "ill")
SEXES = ("F", "M")
EDGES = ("binary", "correlation")
HEAD, MODULES, SITE = 0xC0, 0xC1, 0xC2
"""First numbers of the generators of what all persons share."""

CONNECTOME: dict[str, Any] = {
    "regions": {"test": 40, "benchmark": 116},
    "ball_mm": 70.0,
    "aside_mm": 12.0,  # of the middle plane
    "modules": 7,
    "within": 0.4,  # Fisher's z, of two regions of a module
    "nearness": 0.5, "reach_mm": 25.0,  # of two at one place; falls by e each reach
    "twin": 0.7,  # of a region and its twin on the other side
    "whole": 0.12,  # of any two: the signal of the whole brain
    "patterns": 2, "pattern_spread": 0.26,  # of a person
    "scanners": {"north": 120, "south": 180, "east": 150, "west": 240, "island": 160, "coast": 200},  # a site each: volumes
    "held_scanner": "coast",
    "independent": 0.42,  # share of the volumes that are new samples
    "site_spread": 0.045, "site_patterns": 3,
    "density": 0.2,
    "weakened": 0.05,  # share of the edges between the two modules concerned and within them
    "effect": 0.17,  # Fisher's z that disease takes from them
    "age_years": [7.0, 40.0], "share_male": 0.5, "share_disease": 0.5, "age_effect": 0.004,  # z a year, on far edges
    "raters": {},
}  # fmt: skip


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one person's connectome; see PHANTOM.options."""
    p, count = parameters, int(options["regions"] or parameters["regions"][grade])
    if count < 8 or count % 2:
        raise PlanError(f"expected an even number of 8 regions or more, got {count}.")
    if options["edges"] not in EDGES:
        raise PlanError(unknown("kind of edges", str(options["edges"]), EDGES))
    people, fate = seeds.rng("demographics"), seeds.rng("disease")
    age = float(people.uniform(*p["age_years"])) if options["age"] is None else float(options["age"])
    sex = options["sex"] or SEXES[int(people.random() < p["share_male"])]
    ill = bool(fate.random() < p["share_disease"] if options["disease"] is None else options["disease"])
    places, module = _regions(p, count)
    weak = weakened_edges(p, module)
    z = _mean(p, places, module) + _own(p, count, seeds.rng("anatomy")) + p["age_effect"] * (age - 20.0) * _far(p, places)
    if ill:
        taken = p["effect"] if options["effect"] is None else float(options["effect"])
        z[weak[:, 0], weak[:, 1]] -= taken
        z[weak[:, 1], weak[:, 0]] -= taken
    site, scan = _site(p, seeds, options)
    seen = _measured(z, int(p["independent"] * p["scanners"][site]), scan) + _pattern(p, count, site)
    graph = _graph(p, np.tanh(seen), places, binary=options["edges"] == "binary")
    truths: dict[str, Value] = {
        "disease": Scores(p=np.eye(2)[int(ill)], names=HEALTH),
        "weakened": Graph(nodes=places, edges=weak, weight=np.ones(len(weak)), world=places),
        "age": Amount(value=age, unit="a"),
        "sex": Scores(p=np.eye(2)[SEXES.index(sex)], names=SEXES),
    }
    return PhantomCase(
        patient=seeds.patient,
        inputs={"connectome": graph},
        truths=truths,
        covariates={"age": round(age, 1), "sex": sex, "scanner": site, "ill": float(ill)},
        clean={},
        acquisition={"scanner": site, "volumes": float(p["scanners"][site])},
        raters=read_by(p, seeds, truths, options["raters"]),
    )


def weakened_edges(p: Mapping[str, Any], module: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the edges (E, 2) that disease weakens: the same in everyone, of the first two modules."""
    concerned = np.flatnonzero(module < 2)
    first, second = np.triu_indices(len(concerned), k=1)
    pairs = np.stack([concerned[first], concerned[second]], axis=1)
    total = len(module) * (len(module) - 1) // 2
    chosen = np.random.default_rng(MODULES).permutation(len(pairs))[: max(1, round(p["weakened"] * total))]
    return np.asarray(pairs[np.sort(chosen)], np.intp)


def _regions(p: Mapping[str, Any], count: int) -> tuple[Floats, NDArray[np.intp]]:
    """Return where regions lie (N, 3), in mm, left and right in turn, and the module of each: the same in everyone."""
    rng = np.random.default_rng([HEAD, count])
    half = rng.normal(size=(count // 2, 3))
    half *= p["ball_mm"] * rng.random((count // 2, 1)) ** (1 / 3) / np.linalg.norm(half, axis=1, keepdims=True)
    half[:, 0] = p["aside_mm"] + np.abs(half[:, 0])
    middles = half[rng.permutation(count // 2)[: p["modules"]]]
    nearest = np.linalg.norm(half[:, None] - middles[None], axis=2).argmin(axis=1)
    places = np.repeat(half, 2, axis=0)
    places[::2, 0] *= -1
    return places, np.repeat(nearest, 2).astype(np.intp)


def _mean(p: Mapping[str, Any], places: Floats, module: NDArray[np.intp]) -> Floats:
    """Return Fisher's z of every two regions in the mean person, (N, N)."""
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    z = p["whole"] + p["within"] * (module[:, None] == module[None]) + p["nearness"] * np.exp(-apart / p["reach_mm"])
    left = np.arange(0, len(places), 2)
    z[left, left + 1] += p["twin"]
    z[left + 1, left] += p["twin"]
    np.fill_diagonal(z, 0.0)
    return np.asarray(z)


def _far(p: Mapping[str, Any], places: Floats) -> Floats:
    """Return 1 for far pairs, 0 for near ones: what age changes."""
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    return np.asarray((apart > 2 * p["reach_mm"]).astype(float))


def _patterns(count: int, spread: float, number: int, rng: np.random.Generator) -> Floats:
    """Return a symmetric pattern (N, N): a few groups of regions that go together more than others do."""
    loads = rng.normal(size=(count, number))
    pattern = loads @ loads.T * spread / np.sqrt(number)
    np.fill_diagonal(pattern, 0.0)
    return np.asarray(pattern)


def _own(p: Mapping[str, Any], count: int, rng: np.random.Generator) -> Floats:
    return _patterns(count, p["pattern_spread"], p["patterns"], rng)


def _pattern(p: Mapping[str, Any], count: int, site: str) -> Floats:
    """Return what a site adds to everyone it scans."""
    rng = np.random.default_rng([SITE, count, *site.encode()])
    return _patterns(count, p["site_spread"], p["site_patterns"], rng)


def _site(p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any]) -> tuple[str, np.random.Generator]:
    """Draw the site; the one kept for test is drawn only when the nuisance is "test"."""
    rng = seeds.rng("acquisition")
    drawn = str(rng.choice([name for name in p["scanners"] if name != p["held_scanner"]]))
    name = str(options["scanner"] or (drawn if options["nuisance"] == "learn" else p["held_scanner"]))
    return name, rng


def _measured(z: Floats, samples: int, rng: np.random.Generator) -> Floats:
    """Return z as so many independent samples show it: Fisher's z has a deviation of 1 / sqrt(n - 3)."""
    noise = np.triu(rng.normal(size=z.shape), k=1) / np.sqrt(max(samples - 3, 1))
    return np.asarray(z + noise + noise.T)


def _graph(p: Mapping[str, Any], r: Floats, places: Floats, *, binary: bool) -> Graph:
    """Return the graph of correlations: the strongest share of them, each 1; or all of them."""
    first, second = np.triu_indices(len(r), k=1)
    strength = r[first, second]
    if binary:
        kept = np.sort(np.argsort(-strength, kind="stable")[: round(p["density"] * len(strength))])
        first, second, strength = first[kept], second[kept], np.ones(len(kept))
    adjacency = np.zeros_like(r)
    adjacency[first, second] = adjacency[second, first] = strength
    return Graph(nodes=adjacency, edges=np.stack([first, second], axis=1).astype(np.intp), weight=strength, world=places)


PHANTOM = Phantom(
    name="connectomes",
    shows="Functional connectomes of several sites, binary or weighted; disease weakens edges that are known.",
    cite="Fisher 1921 (z of a correlation); Power et al., Neuron 2011; 72:665-678 (modules); own proportions after abide_graphs",
    version="1",
    parameters=CONNECTOME,
    inputs=("connectome",),
    targets=(
        truth_target("disease", "class", classes=HEALTH),
        truth_target("weakened", "graph"),
        truth_target("age", "value", unit="a"),
        truth_target("sex", "class", classes=SEXES),
    ),
    drawer=draw,
    options={
        "edges": "binary", "regions": None, "effect": None, "scanner": None, "nuisance": "learn", "disease": None, "age": None,
        "sex": None, "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("north", "south"), "sex": ("F", "M")},
)  # fmt: skip
