"""Estimate: one quantity of a cohort, with its interval."""

from isocenter.core.record import Record


class Estimate(Record):
    """One quantity of a cohort. `interval` names its kind: patient bootstrap unless the task says DeLong, exact …"""

    name: str
    value: float
    unit: str
    ci95: tuple[float, float]
    """(NaN, NaN) below 10 patients: the points are listed, no interval, no claim."""
    interval: str
    patients: int
    cases: int
    excluded: int
    """Cases left out because the quantity could not be measured."""
    group: str = "all"
    who: str = "model"
    """"model", "baseline:<method>" or "rater:<name>"."""
    part: str = "tune"
    """"tune", "folds" (out of fold) or "test"."""
    target: str = ""
