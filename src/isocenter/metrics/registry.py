"""The two folders of metrics: what one case gives, and what only many cases give.

Out:  `per_case()` and `per_cohort()`: list names without importing, get one by name; `name_of` and `number_of`, a name without its
      number, and the number; `ranks`; `kinds_of`, the kinds of target a metric measures, MEASURES of its file.
"""

import re
from collections.abc import Callable
from importlib import import_module
from typing import cast

from isocenter.core.errors import SettingError, UnknownName
from isocenter.core.registry import Registry
from isocenter.core.task import CaseMetric, CohortMetric
from isocenter.core.value import Kind

AT = re.compile(r"(\w+)_at\((.*)\)")
"""A metric at another radius, IoU or tolerance than its own: "point_f1_at(8)"."""


class CaseMetrics(Registry[CaseMetric]):
    """The metrics of one case; those whose file has a function `<name>_at` also with a number."""

    def get(self, name: str) -> CaseMetric:
        """Import one metric. UnknownName, with "did you mean"; SettingError for what is no number above 0."""
        asked = AT.fullmatch(name)
        if asked is None:
            return super().get(name)
        super().get(asked[1])  # so that a wrong name is told as any other
        make = getattr(import_module(f"{self.package}.{asked[1]}"), f"{asked[1]}_at", None)
        if make is None:
            raise UnknownName(self.what, name, self.names())
        return cast(Callable[[float], CaseMetric], make)(_number(asked[2], name))


def per_case() -> CaseMetrics:
    """Return the metrics of one case, by name ("dice", "point_f1_at(8)")."""
    return CaseMetrics("metric", "isocenter.metrics.per_case", "METRIC")


def per_cohort() -> Registry[CohortMetric]:
    """Return the metrics of many cases, by name ("auc")."""
    return Registry("cohort metric", "isocenter.metrics.per_cohort", "METRIC")


def ranks(name: str) -> bool:
    """Tell whether a metric of a cohort needs scores that rank the cases: a yes or no has no place beside them."""
    return name in per_cohort().names() and per_cohort().get(name).within_folds


def kinds_of(name: str) -> tuple[Kind, ...]:
    """Return the kinds of target a metric measures. UnknownName, with "did you mean"."""
    single, cohort = per_case().names(), per_cohort().names()
    plain = name_of(name)
    if plain not in (*single, *cohort):
        raise UnknownName("metric", name, [*single, *cohort])
    folder = per_case() if plain in single else per_cohort()
    return cast(tuple[Kind, ...], import_module(f"{folder.package}.{plain}").MEASURES)


def name_of(name: str) -> str:
    """Return a metric's name without its number: "point_f1" of "point_f1_at(8)"."""
    asked = AT.fullmatch(name)
    return name if asked is None else asked[1]


def number_of(name: str) -> float:
    """Return the number a metric is asked for with: 8 of "point_f1_at(8)". SettingError for what is no number above 0."""
    asked = AT.fullmatch(name)
    return _number(asked[2] if asked is not None else "", name)


def _number(written: str, name: str) -> float:
    try:
        number = float(written)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise SettingError(f"expected a number above 0 in the metric {name}, got {written!r}. Write {name_of(name)}_at(8), say.")
    return number
