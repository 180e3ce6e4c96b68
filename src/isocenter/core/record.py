"""Record: what every noun made of arrays and numbers is.

Out: frozen, keyword-only dataclasses, compared by identity (arrays have no truth value).
Not: not for what strangers write; study files are pydantic models (study.py).
"""

from dataclasses import dataclass, field
from typing import dataclass_transform


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False, field_specifiers=(field,))
class Record:
    """A frozen, keyword-only dataclass, compared by identity. Subclassing it is all there is to do."""

    def __init_subclass__(cls) -> None:
        """Turn the subclass into a dataclass, keeping a `__repr__` of its own."""
        dataclass(frozen=True, kw_only=True, eq=False, repr="__repr__" not in cls.__dict__)(cls)
