"""Comparison: two answers to the same cases, the effect first."""

from isocenter.core.record import Record


class Comparison(Record):
    """How much better one is than the other on the same cases."""

    name: str
    """The quantity compared."""
    first: str
    """"model"."""
    second: str
    """"baseline:<method>", "rater:<name>" or another run."""
    effect: float
    """Mean of first minus second."""
    ci95: tuple[float, float]
    p: float
    """Two-sided; NaN below 10 patients."""
    test: str
    unit: str
    patients: int
    target: str = ""
