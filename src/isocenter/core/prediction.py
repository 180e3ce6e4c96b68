"""Prediction: the answers to one case."""

import math
from collections.abc import Mapping
from dataclasses import field

from isocenter.core.record import Record
from isocenter.core.value import Value


class Prediction(Record):
    """answers by target; extras by name (map, detections, attention). refused = the reason; then no answers."""

    case: str
    answers: Mapping[str, Value]
    extras: Mapping[str, Value] = field(default_factory=dict)
    refused: str | None = None
    unlike: float = math.nan
    """How far the case lies from those learned from: about 1 for one of them, inf for one of another kind; NaN = not told."""
    because: str = ""
    """Why it is of another kind."""
