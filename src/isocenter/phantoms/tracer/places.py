"""Tracers whose truth is a set of places: points in a volume, boxes in a picture.

Every case has one to four of them, so that finding nothing has sensitivity 0 in every case.
"""

from pathlib import Path

import numpy as np

from isocenter.core.case import Case, CaseList
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.phantoms.tracer.people import SPLIT, flat_grid, noise, people, solid_grid


def points(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """One to four cells at random places of one slice of a volume, in millimetres; the label speaks of that slice only."""
    grid = solid_grid()
    cases = []
    for person in people(rng, ["all"], [24]):
        n = 1 + person.number % 4
        level = int(rng.integers(0, grid.shape[2]))
        index = np.column_stack([*(rng.integers(0, size, n) for size in grid.shape[:2]), np.full(n, level)])
        truth = Points(world=grid.to_world(index), kind=np.zeros(n, np.intp), score=np.full(n, np.nan), names=("cell",))
        cases.append(
            Case(
                key=person.key,
                patient=person.key,
                inputs={"stack": noise(rng, grid)},
                labels={"cells": truth},
                covariates=person.covariates | {"level": float(level)},
            )
        )
    target = Target(name="cells", type="points", columns=("cells",), classes=("cell",), scope="slice:level")
    return _study("points", "stack", target), CaseList(cases)


def boxes(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """One to four boxes of 4 × 3 pixels, of two kinds."""
    grid = flat_grid((24, 20))
    names = ("opacity", "device")
    cases = []
    for person in people(rng, ["all"], [24]):
        n = 1 + person.number % 4
        center = np.column_stack([rng.integers(3, size - 3, n) for size in grid.shape]).astype(float)
        truth = Points(
            world=center,
            kind=np.arange(n, dtype=np.intp) % 2,
            score=np.full(n, np.nan),
            names=names,
            extent=np.tile([4.0, 3.0], (n, 1)),
        )
        cases.append(
            Case(
                key=person.key,
                patient=person.key,
                inputs={"film": noise(rng, grid)},
                labels={"findings": truth},
                covariates=person.covariates,
            )
        )
    return _study("boxes", "film", Target(name="findings", type="boxes", columns=("findings",), classes=names)), CaseList(cases)


def _study(kind: str, shown: str, target: Target) -> Study:
    return Study(
        name=f"tracer_{kind}",
        cases=Path("cases.csv"),
        inputs={shown: shown},
        targets=(target,),
        covariates=("stratum", "age", "sex"),
        split=SPLIT,
    )
