"""Tracers of report text: as the truth, and as what is read.

As a truth, two of three reports are the same sentence and the others share no word with it: the most common text is right in two
thirds. As an input, each sentence affirms or denies one finding, so that who reads it makes no mistake.
"""

from pathlib import Path

import numpy as np

from isocenter.core.case import Case, CaseList
from isocenter.core.scores import Scores
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


SAID = {
    "cardiomegaly": ("The heart is mildly enlarged.", "The heart is not enlarged."),
    "pleural_effusion": ("There is a small pleural effusion on the left.", "No pleural effusion."),
    "nodule": ("A nodule is seen in the right upper lobe.", "There is no nodule, and the lungs are clear."),
}
"""Finding -> the sentence that affirms it, the sentence that denies it."""
STRATA = {"none": (0, 0, 0), "heart": (1, 0, 0), "pleura": (0, 1, 1), "all": (1, 1, 1)}
"""By stratum: which of SAID are there."""


def reports(rng: np.random.Generator, *, each: int = 6) -> tuple[Study, CaseList]:
    """Reports whose sentences stand in random order; each : patients of each of the four strata."""
    names = tuple(SAID)
    cases = []
    for person in people(rng, list(STRATA), [each] * len(STRATA)):
        there = STRATA[person.stratum]
        sentences = [SAID[name][1 - present] for name, present in zip(names, there, strict=True)]
        cases.append(
            Case(
                key=person.key,
                patient=person.key,
                inputs={"report": " ".join(rng.permutation(sentences).tolist())},
                labels={"findings": Scores(p=np.array(there, float), names=names)},
                covariates=person.covariates,
            )
        )
    study = Study(
        name="tracer_reports",
        cases=Path("cases.csv"),
        inputs={"report": "report"},
        units={"report": "text"},
        targets=(Target(name="findings", type="multilabel", columns=names, classes=names),),
        covariates=("stratum", "age", "sex"),
        split=SPLIT,
    )
    return study, CaseList(cases)
