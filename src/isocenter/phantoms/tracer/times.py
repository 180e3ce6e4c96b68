"""Tracer whose truth is a time to an event.

Half of the patients have the event within the first year, half are still well when their follow-up ends. One curve for everybody
ranks nobody before anybody: concordance 0.5.
"""

from pathlib import Path

import numpy as np

from isocenter.core.case import Case, CaseList
from isocenter.core.study import Study, Target
from isocenter.core.survival import Survival
from isocenter.phantoms.tracer.people import SPLIT, flat_grid, noise, people


def survival(rng: np.random.Generator) -> tuple[Study, CaseList]:
    """Events on day 100 and every 10th after it, censoring from day 400 on."""
    grid = flat_grid()
    cases = []
    for person in people(rng, ["event", "well"], [12, 12]):
        well = person.stratum == "well"
        day = 400.0 + person.number if well else 100.0 + 10.0 * person.number
        label = Survival(days=np.array([day]), alive=np.array([float(well)]), censored=well)
        cases.append(
            Case(
                key=person.key,
                patient=person.key,
                inputs={"film": noise(rng, grid)},
                labels={"death": label},
                covariates=person.covariates,
            )
        )
    study = Study(
        name="tracer_survival",
        cases=Path("cases.csv"),
        inputs={"film": "film"},
        targets=(Target(name="death", type="survival", columns=("days", "died"), unit="d"),),
        covariates=("stratum", "age", "sex"),
        split=SPLIT,
    )
    return study, CaseList(cases)
