"""Tracers whose truth is a number: a count, a proportion given as an interval, a value.

Half of the patients have one number and half another, in every part of the split: the training mean lies midway, and errs by half
the gap in every case.
"""

from pathlib import Path

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.case import Case, CaseList
from isocenter.core.image import held_image
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.core.value import Input
from isocenter.phantoms.tracer.people import SPLIT, flat_grid, noise, people

COUNTS = {"few": 10, "many": 20}
SHARES = {"low": (0.1, 0.3), "high": (0.5, 0.7)}
VALUES = {"small": 40.0, "large": 50.0}


def count(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """Bright pixels on a dark ground, 10 or 20 of them. Their places are a target that is scored and never learned."""
    grid = flat_grid((24, 20))
    cases = []
    for person in people(rng, list(COUNTS), [12, 12]):
        n = COUNTS[person.stratum]
        ground = rng.integers(0, 100, grid.shape).astype(np.uint8)
        places = rng.permutation(ground.size)[:n]
        ground.reshape(-1)[places] = 255
        index = np.column_stack(np.unravel_index(places, grid.shape))
        dots = Points(world=grid.to_world(index), kind=np.zeros(n, np.intp), score=np.full(n, np.nan), names=("dot",))
        cases.append(
            Case(
                key=person.key,
                patient=person.key,
                inputs={"field": held_image(ground[None], grid)},
                labels={"cells": Amount(value=float(n), unit="1"), "dots": dots},
                covariates=person.covariates,
            )
        )
    targets = (
        Target(name="cells", type="count", columns=("cells",)),
        Target(name="dots", type="points", columns=("dots",), classes=("dot",), use="score"),
    )
    return _study("count", {"field": "field"}, targets), CaseList(cases)


def proportion(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """A share known as an interval only: 0.1 to 0.3, or 0.5 to 0.7."""
    grid = flat_grid()
    cases = []
    for person in people(rng, list(SHARES), [12, 12]):
        low, high = SHARES[person.stratum]
        cases.append(
            Case(
                key=person.key,
                patient=person.key,
                inputs={"slide": noise(rng, grid)},
                labels={"tumor": Amount(value=(low + high) / 2, unit="1", low=low, high=high)},
                covariates=person.covariates,
            )
        )
    target = Target(name="tumor", type="proportion", columns=("tumor_low", "tumor_high"))
    return _study("proportion", {"slide": "slide"}, (target,)), CaseList(cases)


def value(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """A volume of 40 or 50 mL that holds for the patient, with two visits each; every second visit lacks the stress view."""
    grid = flat_grid()
    cases = []
    for person in people(rng, list(VALUES), [12, 12]):
        for visit in (1, 2):
            inputs: dict[str, Input] = {"rest": noise(rng, grid)}
            if visit == 1:
                inputs["stress"] = noise(rng, grid)
            cases.append(
                Case(
                    key=f"{person.key}v{visit}",
                    patient=person.key,
                    inputs=inputs,
                    labels={"volume": Amount(value=VALUES[person.stratum], unit="mL")},
                    covariates=person.covariates,
                )
            )
    target = Target(name="volume", type="value", columns=("volume",), unit="mL", per="patient")
    return _study("value", {"rest": "rest", "stress": "stress"}, (target,)), CaseList(cases)


def _study(kind: str, inputs: dict[str, str], targets: tuple[Target, ...]) -> Study:
    return Study(
        name=f"tracer_{kind}",
        cases=Path("cases.csv"),
        inputs=inputs,
        targets=targets,
        covariates=("stratum", "age", "sex"),
        split=SPLIT,
    )
