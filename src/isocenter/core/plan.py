"""Plan, Setting and Cost: every choice with its reason and where it came from, and what it takes."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from isocenter.core.errors import PlanError, SettingError, unknown
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
    types = get_type_hints(kind)
    known = [*(f.name for f in dataclasses.fields(kind)), *beside]
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise SettingError(unknown(f"setting of method {method}", name, known))
        if name not in types:
            found[name] = frozen(value)
            continue
        try:
            found[name] = TypeAdapter(types[name]).validate_python(frozen(value))
        except ValidationError as error:
            why = error.errors()[0]["msg"].lower()
            raise SettingError(
                f"expected for the setting {name} of method {method} a value of type {_words(types[name])}, got {value!r} ({why})."
                + (f" Write a list as [{value}]." if isinstance(value, str) and "tuple" in _words(types[name]) else "")
            ) from None
    return found


def _words(kind: Any) -> str:
    """Name a type as it stands in a config: "tuple[int, ...]", "float"."""
    return kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)


def frozen(value: Any) -> Any:
    """Lists (as JSON gives them) become tuples, all the way down."""
    return tuple(frozen(v) for v in value) if isinstance(value, list | tuple) else value
