"""A value as JSON and arrays, so that a model can keep answers without pickling.

In:   Amount, Scores, Survival, Points, Graph or text.
Out:  a JSON object and named arrays; and back.
Not:  no masks or images: those belong to files (io) or to models that keep arrays of their own.
"""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import FileError, unknown
from isocenter.core.graph import Graph
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.survival import Survival
from isocenter.core.value import Value

_TYPES: Mapping[str, type[Amount | Scores | Survival | Points | Graph]] = {
    "amount": Amount,
    "scores": Scores,
    "survival": Survival,
    "points": Points,
    "graph": Graph,
}


class Stored(Record):
    """One value, taken apart."""

    text: Mapping[str, Any]
    """JSON: its type and the fields that are no arrays. What is NaN or None is left out, and comes back as the default."""
    arrays: Mapping[str, NDArray[Any]]
    """Its arrays by field."""


def store(value: Value) -> Stored:
    """Take a value apart. FileError for a mask or an image."""
    if isinstance(value, str):
        return Stored(text={"type": "text", "text": value}, arrays={})
    name = type(value).__name__.lower()
    if name not in _TYPES or not dataclasses.is_dataclass(value):
        raise FileError(f"expected an answer that fits into JSON and arrays ({', '.join(_TYPES)}, text), got {name}.")
    text: dict[str, Any] = {"type": name}
    arrays: dict[str, NDArray[Any]] = {}
    for field in dataclasses.fields(value):
        part = getattr(value, field.name)
        if isinstance(part, np.ndarray):
            arrays[field.name] = np.ascontiguousarray(part)
        elif part is not None and not (isinstance(part, float) and math.isnan(part)):
            text[field.name] = list(part) if isinstance(part, tuple) else part
    return Stored(text=text, arrays=arrays)


def restore(stored: Stored) -> Value:
    """Put a value together again. FileError if its type is not known here."""
    text = dict(stored.text)
    name = text.pop("type", None)
    if name == "text":
        return str(text["text"])
    if name not in _TYPES:
        raise FileError(unknown("type of stored answer", str(name), _TYPES))
    fields: dict[str, Any] = {key: tuple(part) if isinstance(part, list) else part for key, part in text.items()}
    fields |= stored.arrays
    return _TYPES[name](**fields)
