"""Estimates as a table: one row a quantity, one column for each who, the interval under the value.

In:   estimates of one part. Out: markup, for the report and for notebooks.
"""

import math
from collections.abc import Sequence

from isocenter.core.estimate import Estimate
from isocenter.figures.charts.distribution import families, lone_classes
from isocenter.figures.markup import Cell, Html, element, table
from isocenter.figures.words import metric_in_words, number, unit_in_words, who_in_words

_CLASSES = 16
"""Rows of the primary metric above which its classes are left to the full table."""


def telling(estimates: Sequence[Estimate], primary: str) -> list[Estimate]:
    """Return the primary metric with its classes, and of the others the mean alone."""
    kept: list[Estimate] = []
    for target in dict.fromkeys(e.target for e in estimates):
        mine = [e for e in estimates if e.target == target]
        for head, names in families([e.name for e in mine]).items():
            kept += [e for e in mine if e.name in (names if head == primary and len(names) <= _CLASSES else [head])]
    return kept


def without_lone_classes(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Leave out a class that is its metric's only one: its row would repeat the mean's."""
    repeated = {(t, n) for t in {e.target for e in estimates} for n in lone_classes([e.name for e in estimates if e.target == t])}
    return [e for e in estimates if (e.target, e.name) not in repeated]


def estimates_table(estimates: Sequence[Estimate], primary: str) -> Html:
    """Return the table; the primary metric and its classes come first."""
    whos = sorted({e.who for e in estimates}, key=lambda w: (w != "model", not w.startswith("rater"), w))
    targets = list(dict.fromkeys(e.target for e in estimates))
    rows: list[list[object]] = []
    for target in targets:
        mine = [e for e in estimates if e.target == target]
        groups = families([e.name for e in mine])
        for head in sorted(groups, key=lambda h: (h != primary, h)):
            for name in groups[head]:
                found = {e.who: e for e in mine if e.name == name}
                rows.append(_row(found, whos, name, head=name == head, target=target if len(targets) > 1 else ""))
    heads = [who_in_words(w)[0].upper() + who_in_words(w)[1:] for w in whos]
    return table(
        ["Quantity", *heads, "Patients", "Cases", "Not measured"],
        rows,
        caption="Value, and below it its 95 % interval",
        kind="estimates",
    )


def whole(n: int) -> Cell:
    """Return a whole number, right-aligned."""
    return Cell(str(n), sort=float(n), numeric=True)


def value_cell(estimate: Estimate | None) -> Cell:
    """Return the value with its interval's ends in small type below; empty where there is no estimate."""
    if estimate is None:
        return Cell("", numeric=True)
    low, high = estimate.ci95
    ends = f"{number(low, like=estimate.value)} – {number(high, like=estimate.value)}".replace("-", "−")
    below = element("small", ends, title=estimate.interval) if math.isfinite(low) else None
    return Cell([element("b", number(estimate.value).replace("-", "−")), below], numeric=True)


def _row(found: dict[str, Estimate], whos: Sequence[str], name: str, *, head: bool, target: str) -> list[object]:
    first = found.get("model") or next(iter(found.values()))
    unit = unit_in_words(first.unit)
    label = metric_in_words(name) + (f" ({unit})" if unit else "")
    words = element("span", label, element("small", f" {target}") if target else None, class_="head" if head else "sub")
    counts = (whole(first.patients), whole(first.cases), whole(first.excluded))
    return [Cell(words), *(value_cell(found.get(who)) for who in whos), *counts]
