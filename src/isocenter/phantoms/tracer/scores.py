"""Tracers whose truth is a class, a set of findings, or a grade.

The constant answer ranks nobody before anybody: AUC 0.5, and a kappa of 0.
"""

from pathlib import Path

import numpy as np

from isocenter.core.case import Case, CaseList
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.phantoms.tracer.people import SPLIT, flat_grid, noise, people

FINDINGS = {"one": (1, 0, 1), "two": (0, 1, 1), "three": (1, 1, 0), "four": (0, 0, np.nan)}
"""By stratum: effusion, nodule, device; the last was not looked for in the fourth."""
GRADES = ("none", "mild", "moderate", "severe")


def one_of(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """Benign or malignant, half and half; each patient shows a bag of three slices. One further patient has no label."""
    grid = flat_grid()
    names = ("benign", "malignant")
    cases = []
    for person in people(rng, [*names, "unknown"], [12, 12, 1]):
        known = person.stratum in names
        label = Scores(p=np.array([float(name == person.stratum) for name in names]), names=names)
        cases.append(
            Case(
                key=person.key,
                patient=person.key,
                inputs={"slices": tuple(noise(rng, grid) for _ in range(3))},
                labels={"tumor": label} if known else {},
                covariates=person.covariates,
            )
        )
    target = Target(name="tumor", type="class", columns=("tumor",), classes=names, per="patient")
    return _study("class", "slices", target), CaseList(cases)


def findings(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """Three findings, each in half (or two thirds) of the patients it was looked for in."""
    grid = flat_grid()
    names = ("effusion", "nodule", "device")
    cases = [
        Case(
            key=person.key,
            patient=person.key,
            inputs={"film": noise(rng, grid)},
            labels={"findings": Scores(p=np.array(FINDINGS[person.stratum], float), names=names)},
            covariates=person.covariates,
        )
        for person in people(rng, list(FINDINGS), [6, 6, 6, 6])
    ]
    return _study("multilabel", "film", Target(name="findings", type="multilabel", columns=names, classes=names)), CaseList(cases)


def grades(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """Four grades, equally frequent."""
    grid = flat_grid()
    cases = [
        Case(
            key=person.key,
            patient=person.key,
            inputs={"film": noise(rng, grid)},
            labels={"grade": Scores(p=np.array([float(name == person.stratum) for name in GRADES]), names=GRADES)},
            covariates=person.covariates,
        )
        for person in people(rng, GRADES, [6, 6, 6, 6])
    ]
    return _study("ordinal", "film", Target(name="grade", type="ordinal", columns=("grade",), classes=GRADES)), CaseList(cases)


def _study(kind: str, shown: str, target: Target) -> Study:
    return Study(
        name=f"tracer_{kind}",
        cases=Path("cases.csv"),
        inputs={shown: shown},
        targets=(target,),
        covariates=("stratum", "age", "sex"),
        groups=("sex",),
        split=SPLIT,
    )
