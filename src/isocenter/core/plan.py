"""Plan and Setting: every choice with its reason and where it came from."""

import dataclasses
from collections.abc import Callable
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
        values = {s.name: _frozen(s.value) for s in self.settings}
        if dataclasses.is_dataclass(kind):
            known = [f.name for f in dataclasses.fields(kind)]
            for name in values:
                if name not in known:
                    raise PlanError(unknown(f"setting of method {self.method}", name, known))
        return kind(**values)


def _frozen(value: Any) -> Any:
    """Lists (as JSON gives them) become tuples, all the way down."""
    return tuple(_frozen(v) for v in value) if isinstance(value, list | tuple) else value
