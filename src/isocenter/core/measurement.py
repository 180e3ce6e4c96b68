"""Measurement: one quantity of one case."""

from isocenter.core.record import Record


class Measurement(Record):
    """One quantity of one case. NaN = not measurable."""

    case: str
    name: str
    """Stable key, snake_case; also the column name in tables."""
    value: float
    unit: str
    """UCUM code: "%", "mm", "mL", "1"."""
    method: str
    """Definition and citation, as printed in the report."""
    ci95: tuple[float, float] | None = None
