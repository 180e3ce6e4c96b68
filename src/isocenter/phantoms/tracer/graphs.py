"""Tracer whose truth is a graph.

A ring of six regions whose weights lie 0.1 above or below a common one, half and half: the mean graph errs by 0.1 on every edge.
"""

from pathlib import Path

import numpy as np

from isocenter.core.case import Case, CaseList
from isocenter.core.graph import Graph
from isocenter.core.study import Study, Target
from isocenter.phantoms.tracer.people import SPLIT, flat_grid, noise, people

GAP = 0.1
"""How far every edge lies from the mean."""


def graph(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """Six nodes with one feature, six edges."""
    grid = flat_grid()
    n = 6
    edges = np.sort(np.array([(i, (i + 1) % n) for i in range(n)], np.intp), axis=1)
    common = 0.3 + 0.1 * np.arange(n)
    cases = []
    for person in people(rng, ["weak", "strong"], [12, 12]):
        weight = common + (GAP if person.stratum == "strong" else -GAP)
        cases.append(
            Case(
                key=person.key,
                patient=person.key,
                inputs={"scan": noise(rng, grid)},
                labels={"network": Graph(nodes=np.arange(n, dtype=float)[:, None], edges=edges, weight=weight)},
                covariates=person.covariates,
            )
        )
    study = Study(
        name="tracer_graph",
        cases=Path("cases.csv"),
        inputs={"scan": "scan"},
        targets=(Target(name="network", type="graph", columns=("network",)),),
        covariates=("stratum", "age", "sex"),
        split=SPLIT,
    )
    return study, CaseList(cases)
