"""Tracers whose truth has a grid: a mask, an image.

mask  : two nested shapes told apart by intensity alone, so that a threshold reaches Dice 1 and the empty mask 0. Shows two raters,
        a second view that every third case lacks, and a label confined to a region.
image : the input plus 2, so that handing on the input errs by 2 everywhere.
"""

from pathlib import Path

import numpy as np

from isocenter.core.case import Case, CaseList
from isocenter.core.image import Image, held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Study, Target
from isocenter.core.value import Input
from isocenter.phantoms.tracer.people import SPLIT, flat_grid, people, solid_grid

OFFSET = 2.0
"""Target minus input of the image tracer."""


def mask(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """A body of 100-140 on a ground of 0-60, with a core of 190-230; the second reader misses its first column."""
    grid = flat_grid((24, 20))
    classes = ("background", "body", "core")
    seen = np.zeros(grid.shape, np.uint8)
    seen[1:-1, 1:-1] = 1
    view = held_mask(seen, grid, ("outside", "inside"))
    cases = []
    for person in people(rng, ["all"], [24]):
        x, y = (int(n) for n in rng.integers(3, 7, 2))
        w, h = (int(n) for n in rng.integers(8, 12, 2))
        labels = np.zeros(grid.shape, np.uint8)
        labels[x : x + w, y : y + h] = 1
        labels[x + 2 : x + w - 2, y + 2 : y + h - 2] = 2
        plain = np.choose(labels, [rng.integers(lo, hi, grid.shape) for lo, hi in ((0, 60), (100, 140), (190, 230))]).astype(
            np.uint8
        )
        second = labels.copy()
        second[x] = 0
        inputs: dict[str, Input] = {"plain": held_image(plain[None], grid)}
        if person.number % 3:
            inputs["contrast"] = held_image(255 - plain[None], grid)
        truth = held_mask(labels, grid, classes)
        cases.append(
            Case(
                key=person.key,
                patient=person.key,
                inputs=inputs,
                labels={"parts": truth, "parts@first": truth, "parts@second": held_mask(second, grid, classes)},
                covariates=person.covariates,
                regions={"view": view},
            )
        )
    target = Target(name="parts", type="mask", columns=("parts",), classes=classes, raters=("first", "second"), scope="region:view")
    study = Study(
        name="tracer_mask",
        cases=Path("cases.csv"),
        inputs={"plain": "plain", "contrast": "contrast"},
        targets=(target,),
        covariates=("stratum", "age", "sex"),
        method="empty_mask",
        split=SPLIT,
    )
    return study, CaseList(cases)


def image(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """Volumes of whole numbers, and the same plus 2."""
    grid = solid_grid()
    cases = []
    for person in people(rng, ["all"], [24]):
        low = rng.integers(0, 100, (1, *grid.shape)).astype(np.float32)
        target: Image = held_image(low + np.float32(OFFSET), grid)
        cases.append(
            Case(
                key=person.key,
                patient=person.key,
                inputs={"low": held_image(low, grid)},
                labels={"high": target},
                covariates=person.covariates,
            )
        )
    study = Study(
        name="tracer_image",
        cases=Path("cases.csv"),
        inputs={"low": "low"},
        targets=(Target(name="high", type="image", columns=("high",)),),
        covariates=("stratum", "age", "sex"),
        split=SPLIT,
    )
    return study, CaseList(cases)
