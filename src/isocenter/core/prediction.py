"""Prediction: the answers to one case."""

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
