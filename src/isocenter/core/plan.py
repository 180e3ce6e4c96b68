"""Plan, Setting and Cost: every choice with its reason and where it came from, and what it takes."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar, get_type_hints

from isocenter.core.errors import PlanError, unknown
from isocenter.core.options import fitted, frozen
from isocenter.core.record import Record

T = TypeVar("T")


class Setting(Record):
    """One choice."""

    name: str
    value: Any
    reason: str
    """A sentence made from the numbers the choice came from."""
    origin: Literal["fixed", "rule", "measured", "user"]


class Cost(Record):
    """What something of the plan takes: memory, multiplications."""

    name: str
    """In words: "multiplications a case"."""
    value: float
    unit: str
    """"1" for a pure count, "GB", "samples"."""
    how: str
    """A sentence: what was counted."""


class Plan(Record):
    """Steps, not seconds, end a training: same plan, seed and machine -> same model."""

    method: str
    seed: int
    steps: int
    minutes: float
    gigabytes: float
    sane: bool
    """False: the budget is too small for a useful model, or the cases too few; `warnings` says which."""
    settings: tuple[Setting, ...]
    warnings: tuple[str, ...] = ()
    costs: tuple[Cost, ...] = ()
    """What training and prediction take, by formula; where a method says it."""

    def __getitem__(self, name: str) -> Any:
        """Return the value of one setting."""
        for setting in self.settings:
            if setting.name == name:
                return setting.value
        raise PlanError(unknown("setting", name, [s.name for s in self.settings]))

    def config(self, kind: Callable[..., T]) -> T:
        """Return the settings as the method's own frozen config, which validates them. SettingError, with "did you mean"."""
        return as_config(kind, {s.name: s.value for s in self.settings}, method=self.method)


def as_config(kind: Callable[..., T], values: Mapping[str, Any], *, method: str) -> T:
    """Return plain values, as JSON and YAML hold them, as a frozen config. SettingError, with "did you mean"."""
    return kind(**checked(kind, values, method=method))


def checked(kind: Callable[..., Any], values: Mapping[str, Any], *, method: str, beside: Iterable[str] = ()) -> dict[str, Any]:
    """Return plain values as the fields of a config want them, lists as tuples. SettingError for a name or a type that is wrong.

    beside : names that are settings without being fields of the config; kept as they are
    """
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        return {name: frozen(value) for name, value in values.items()}
    known = [*(f.name for f in dataclasses.fields(kind)), *beside]
    return fitted(values, types=get_type_hints(kind), known=known, of=f"method {method}")
