"""Tracers whose truth is a set of places: points in a volume, boxes in a picture; structures of which a volume has one each.

points, boxes     : every case has one to four of them, so that finding nothing has sensitivity 0 in every case.
organs, landmarks : half of the patients have them a little to the left of the other half's: the mean place, measured in the image,
                    errs by SHIFT_MM along one of three axes in every case. Scanners put their zero where they like.
"""

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case, CaseList
from isocenter.core.grid import Grid, as_affine
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.phantoms.tracer.people import SPLIT, Person, flat_grid, noise, people, solid_grid

SHIFT_MM = 1.0
"""How far every structure lies from the mean of all, along the first axis."""
ORGANS = ("liver", "spleen")


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


def organs(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """A box of each of two organs, in a volume whose zero lies elsewhere in every case."""
    return _structures(rng, "boxes", "organs", np.array([[3.0, 4.0, 4.0], [4.0, 2.0, 6.0]]))


def landmarks(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """The middles of the same two organs."""
    return _structures(rng, "points", "middles", None)


def _structures(
    rng: np.random.Generator, kind: Literal["boxes", "points"], name: str, extent: NDArray[np.float64] | None
) -> tuple[Study, CaseList]:
    cases = []
    for person in people(rng, ["left", "right"], [12, 12]):
        grid = _elsewhere(rng)
        shift = -SHIFT_MM if person.stratum == "left" else SHIFT_MM
        world = grid.to_world([[4.0, 4.0, 2.0], [8.0, 6.0, 3.0]]) + np.array([shift, 0.0, 0.0])
        truth = Points(world=world, kind=np.arange(2), score=np.full(2, np.nan), names=ORGANS, extent=extent)
        cases.append(_case(person, grid, rng, {name: truth}))
    target = Target(name=name, type=kind, columns=(name,), classes=ORGANS)
    study = _study(name, "scan", target)
    return study.model_copy(update={"task": "organ_localization" if kind == "boxes" else "landmark_localization"}), CaseList(cases)


def _elsewhere(rng: np.random.Generator) -> Grid:
    """Return the grid of a volume that a scanner put anywhere."""
    grid = solid_grid()
    matrix = grid.matrix
    matrix[:3, 3] = rng.integers(-200, 200, 3)
    return Grid(shape=grid.shape, affine=as_affine(matrix), world=grid.world)


def _case(person: Person, grid: Grid, rng: np.random.Generator, labels: dict[str, Value]) -> Case:
    return Case(key=person.key, patient=person.key, inputs={"scan": noise(rng, grid)}, labels=labels, covariates=person.covariates)


def _study(kind: str, shown: str, target: Target) -> Study:
    return Study(
        name=f"tracer_{kind}",
        cases=Path("cases.csv"),
        inputs={shown: shown},
        targets=(target,),
        covariates=("stratum", "age", "sex"),
        split=SPLIT,
    )
