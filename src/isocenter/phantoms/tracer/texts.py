"""Tracer whose truth is a text.

Two of three reports are the same sentence, the others share no word with it: the most common text is right in two thirds.
"""

from pathlib import Path

import numpy as np

from isocenter.core.case import Case, CaseList
from isocenter.core.study import Study, Target
from isocenter.phantoms.tracer.people import SPLIT, flat_grid, noise, people

TEXTS = {"normal": "No acute finding seen today.", "ill": "Nodule in the left upper lobe."}


def text(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """Sixteen normal reports and eight others."""
    grid = flat_grid()
    cases = [
        Case(
            key=person.key,
            patient=person.key,
            inputs={"film": noise(rng, grid)},
            labels={"report": TEXTS[person.stratum]},
            covariates=person.covariates,
        )
        for person in people(rng, list(TEXTS), [16, 8])
    ]
    study = Study(
        name="tracer_text",
        cases=Path("cases.csv"),
        inputs={"film": "film"},
        targets=(Target(name="report", type="text", columns=("report",)),),
        covariates=("stratum", "age", "sex"),
        split=SPLIT,
    )
    return study, CaseList(cases)
