"""Results: estimates by metric, class and who; by group; and every case.

In:   Contents and drawn charts. Out: markup.
"""

import math
from collections.abc import Sequence

import pandas as pd

from isocenter.core.estimate import Estimate
from isocenter.figures.charts.distribution import families
from isocenter.figures.evidence import Drawing
from isocenter.figures.markup import Cell, Html, element, number_cell, table
from isocenter.figures.words import metric_in_words, number, unit_in_words, who_in_words
from isocenter.stages.reporting.contents import Contents
from isocenter.stages.reporting.sections.figure import figures

_COLUMNS = 8
_ROWS = 2000


def results(contents: Contents, drawings: Sequence[Drawing], groups: Sequence[Drawing]) -> Html:
    """Return the section of numbers."""
    whole = [e for e in contents.own if e.group == "all"]
    earlier = [e for e in contents.estimates if e.part != contents.part and e.group == "all"]
    return element(
        "section",
        element("h2", "Results"),
        estimates_table(whole, contents.primary),
        _differences(contents),
        element("details", element("summary", "Other parts"), estimates_table(earlier, contents.primary), class_="more")
        if earlier
        else None,
        figures(drawings),
        _by_group(contents, groups),
        per_case(contents),
        id="results",
    )


def estimates_table(estimates: Sequence[Estimate], primary: str) -> Html:
    """Return one row a quantity and one column for each who; the interval under the value."""
    whos = sorted({e.who for e in estimates}, key=lambda w: (w != "model", not w.startswith("rater"), w))
    targets = list(dict.fromkeys(e.target for e in estimates))
    rows: list[list[object]] = []
    for target in targets:
        mine = [e for e in estimates if e.target == target]
        groups = families([e.name for e in mine])
        for head in sorted(groups, key=lambda h: (h != primary, h)):
            for name in groups[head]:
                found = {e.who: e for e in mine if e.name == name}
                first = next(iter(found.values()))
                unit = unit_in_words(first.unit)
                label = metric_in_words(name) + (f" ({unit})" if unit else "")
                rows.append(
                    [
                        Cell(_label(label, head=name == head, target=target if len(targets) > 1 else "")),
                        *(_value(found.get(who)) for who in whos),
                        number_cell_int(first.patients),
                        number_cell_int(first.cases),
                        number_cell_int(first.excluded),
                    ]
                )
    head = ["Quantity", *(who_in_words(w)[0].upper() + who_in_words(w)[1:] for w in whos), "Patients", "Cases", "Not measured"]
    return table(head, rows, caption="Value, and below it its 95 % interval", kind="estimates")


def number_cell_int(n: int) -> Cell:
    """Return a whole number, right-aligned."""
    return Cell(str(n), sort=float(n), numeric=True)


def _label(label: str, *, head: bool, target: str) -> Html:
    return element("span", label, element("small", f" {target}") if target else None, class_="head" if head else "sub")


def _value(estimate: Estimate | None) -> Cell:
    if estimate is None:
        return Cell("", numeric=True)
    return Cell([element("b", number(estimate.value)), interval_words(estimate)], numeric=True)


def interval_words(estimate: Estimate) -> Html | None:
    """Return the interval's ends in small type; None where there is none."""
    low, high = estimate.ci95
    if not math.isfinite(low):
        return None
    ends = f"{number(low, like=estimate.value)} – {number(high, like=estimate.value)}".replace("-", "−")
    return element("small", ends, title=estimate.interval)


def _differences(contents: Contents) -> Html | None:
    """The paired differences: the effect first, p second."""
    if not contents.comparisons:
        return None
    rows = []
    for c in contents.comparisons:
        low, high = c.ci95
        interval = f"{number(low, like=c.effect)} to {number(high, like=c.effect)}".replace("-", "−") if math.isfinite(low) else "–"
        p = "–" if math.isnan(c.p) else "< 0.001" if c.p < 0.001 else f"{c.p:.3f}"
        rows.append(
            [
                f"{who_in_words(c.first)} − {who_in_words(c.second)}",
                metric_in_words(c.name),
                Cell(number(c.effect).replace("-", "−"), numeric=True),
                Cell(interval, numeric=True),
                Cell(p, numeric=True),
                number_cell_int(c.patients),
                c.test,
            ]
        )
    return table(["Difference", "Quantity", "Effect", "95 % interval", "p", "Patients", "Test"], rows, caption="On the same cases")


def _by_group(contents: Contents, drawings: Sequence[Drawing]) -> Html | None:
    own = [e for e in contents.own if e.group != "all" and e.who == "model" and e.name == contents.primary]
    if not own:
        return None
    rows = [
        [
            e.group.replace("=", ": "),
            Cell([element("b", number(e.value)), interval_words(e)], numeric=True),
            number_cell_int(e.patients),
            number_cell_int(e.cases),
        ]
        for e in own
    ]
    return element(
        "div",
        element("h3", "By group"),
        figures(drawings),
        element(
            "details",
            element("summary", "As a table"),
            table(["Group", metric_in_words(contents.primary), "Patients", "Cases"], rows, caption="By group", kind="estimates"),
            class_="more",
        ),
    )


def per_case(contents: Contents) -> Html | None:
    """Return the table of every case, folded away when it is long; keys only."""
    rows = contents.rows
    rows = rows[rows["who"] == "model"]
    if rows.empty:
        return None
    names = _columns(rows, contents.primary)
    wide = rows[rows["name"].isin(names)].pivot_table(
        index=["case", "target"], columns="name", values="value", aggfunc="first", dropna=False
    )
    known = set(zip(rows["case"], rows["target"], strict=True))
    several = rows["target"].nunique() > 1
    body: list[list[object]] = []
    for key, target in wide.index:
        if (key, target) in known and len(body) < _ROWS:
            values = wide.loc[(key, target)]
            body.append(
                [
                    Cell(element("code", key), sort=key),
                    *([target] if several else []),
                    *(number_cell(float(values.get(n, math.nan))) for n in names),
                ]
            )
    head = ["Case", *(["Target"] if several else []), *(metric_in_words(n) for n in names)]
    cut = f" The first {_ROWS} are shown; measurements.csv holds all." if wide.shape[0] > _ROWS else ""
    count = len(body)
    return element(
        "details",
        element("summary", f"Every case ({count})"),
        element("p", "Keys are pseudonyms. A dash: could not be measured. Press a heading to sort." + cut, class_="muted note"),
        table(head, body, caption="Every case", sortable=True, kind="cases"),
        class_="more",
        open=count <= 12,
    )


def _columns(rows: pd.DataFrame, primary: str) -> list[str]:
    groups = families(list(rows["name"]))
    ordered = sorted(groups, key=lambda h: (h != primary, h))
    names = [n for head in ordered[:1] for n in groups[head]] + [n for head in ordered[1:] for n in groups[head][:1]]
    return names[:_COLUMNS]
