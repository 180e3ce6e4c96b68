"""Plan and Setting: every choice with its reason and where it came from."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from isocenter.core.errors import PlanError, unknown
from isocenter.core.record import Record

T = TypeVar("T")


class Setting(Record):
    """One choice."""

    name: str
    value: Any
    reason: str
    """A sentence made from the numbers the choice came from."""
    origin: Literal["fixed", "rule", "measured", "user"]


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

    def __getitem__(self, name: str) -> Any:
        """Return the value of one setting."""
        for setting in self.settings:
            if setting.name == name:
                return setting.value
        raise PlanError(unknown("setting", name, [s.name for s in self.settings]))

    def config(self, kind: Callable[..., T]) -> T:
        """Return the settings as the method's own frozen config, which validates them. PlanError, with "did you mean"."""
        return as_config(kind, {s.name: s.value for s in self.settings}, method=self.method)


def as_config(kind: Callable[..., T], values: Mapping[str, Any], *, method: str) -> T:
    """Return plain values, as JSON and YAML hold them, as a frozen config. PlanError, with "did you mean"."""
    if dataclasses.is_dataclass(kind):
        known = [f.name for f in dataclasses.fields(kind)]
        for name in values:
            if name not in known:
                raise PlanError(unknown(f"setting of method {method}", name, known))
    return kind(**{n: frozen(v) for n, v in values.items()})


def frozen(value: Any) -> Any:
    """Lists (as JSON gives them) become tuples, all the way down."""
    return tuple(frozen(v) for v in value) if isinstance(value, list | tuple) else value
