"""Case and Cases: one row, and the table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import UnknownName
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.core.value import Input, Value


class Case(Record):
    """One row. What is missing is an absent key, never a zero. LAZY: the mappings open headers only."""

    key: str
    """Pseudonymous."""
    patient: str
    inputs: Mapping[str, Input]
    """By input name; a missing view is an absent key."""
    labels: Mapping[str, Value]
    """By target name; further raters as "target@rater"."""
    covariates: Mapping[str, float | str]
    regions: Mapping[str, Mask] = field(default_factory=dict)
    """By mask column: what a label with scope "region:<column>" speaks of."""

    def __repr__(self) -> str:
        """Say key, patient and which inputs, labels and covariates there are; opens nothing."""
        known = ", ".join(f"{name} {value}" for name, value in self.covariates.items())
        return (
            f"Case({self.key}; patient {self.patient}; inputs {', '.join(self.inputs) or 'none'}; "
            f"labels {', '.join(self.labels) or 'none'}{'; ' + known if known else ''})"
        )


class Cases(Sized, Iterable[Case], Protocol):
    """The table. len, column and select open no file; 100,000 rows are a few MB; picklable. LAZY."""

    @property
    def keys(self) -> Sequence[str]:
        """Case keys, in order."""
        ...

    def __getitem__(self, key: str) -> Case:
        """Return one case by key."""
        ...

    def column(self, name: str) -> NDArray[Any]:
        """Return one column of the table ("case", "patient", a covariate, a target's cell), in order."""
        ...

    def select(self, keys: Iterable[str]) -> "Cases":
        """Return the rows with these keys, in this order."""
        ...


class CaseList:
    """Cases that already exist as nouns: phantoms, requests, tests."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self._cases = {case.key: case for case in cases}

    @property
    def keys(self) -> Sequence[str]:
        """Case keys, in order."""
        return tuple(self._cases)

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self._cases)

    def __iter__(self) -> Iterator[Case]:
        """Yield the cases in order."""
        return iter(self._cases.values())

    def __getitem__(self, key: str) -> Case:
        """Return one case. UnknownName if there is none of this key."""
        if key not in self._cases:
            raise UnknownName("case", key, self._cases)
        return self._cases[key]

    def column(self, name: str) -> NDArray[Any]:
        """Return keys ("case"), patients ("patient") or a covariate, in order."""
        if name == "case":
            return np.array(list(self._cases), dtype=object)
        if name == "patient":
            return np.array([case.patient for case in self], dtype=object)
        return np.array([case.covariates.get(name, "") for case in self], dtype=object)

    def select(self, keys: Iterable[str]) -> "CaseList":
        """Return the cases with these keys, in this order."""
        return CaseList([self[key] for key in keys])
