"""Finding: what check and audit return."""

from typing import Literal

from isocenter.core.estimate import Estimate
from isocenter.core.record import Record


class Finding(Record):
    """expected, got, do; the evidence, and a figure in the run folder."""

    code: str
    severity: Literal["note", "warning", "failure"]
    expected: str
    got: str
    do: str
    cases: tuple[str, ...] = ()
    evidence: tuple[Estimate, ...] = ()
    figure: str | None = None
