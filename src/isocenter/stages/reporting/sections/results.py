"""Results: estimates by metric, class and who; by group; and every case.

In:   Contents and drawn charts. Out: markup.
"""

import math
from collections.abc import Sequence

import pandas as pd

from isocenter.figures.charts.distribution import families, lone_classes
from isocenter.figures.estimates_table import estimates_table, telling, value_cell, whole, without_lone_classes
from isocenter.figures.evidence import Drawing
from isocenter.figures.markup import Cell, Html, element, number_cell, table
from isocenter.figures.words import metric_in_words, number, who_in_words
from isocenter.stages.reporting.contents import Contents
from isocenter.stages.reporting.sections.figure import figures

_COLUMNS = 8
_ROWS = 2000


def results(contents: Contents, drawings: Sequence[Drawing], groups: Sequence[Drawing]) -> Html:
    """Return the section of numbers."""
    together = without_lone_classes([e for e in contents.own if e.group == "all"])
    earlier = without_lone_classes([e for e in contents.estimates if e.part != contents.part and e.group == "all"])
    shown = telling(together, contents.primary)
    return element(
        "section",
        element("h2", "Results"),
        estimates_table(shown, contents.primary),
        element(
            "details",
            element("summary", f"Every quantity of every class ({len({(e.target, e.name) for e in together})})"),
            estimates_table(together, contents.primary),
            class_="more",
        )
        if len(shown) < len(together)
        else None,
        _differences(contents),
        element("details", element("summary", "Other parts"), estimates_table(earlier, contents.primary), class_="more")
        if earlier
        else None,
        figures(drawings),
        _by_group(contents, groups),
        per_case(contents),
        id="results",
    )


def _differences(contents: Contents) -> Html | None:
    """The paired differences: the effect first, p second."""
    if not contents.comparisons:
        return None
    rows = []
    several = len({c.target for c in contents.comparisons}) > 1
    for c in contents.comparisons:
        low, high = c.ci95
        interval = f"{number(low, like=c.effect)} to {number(high, like=c.effect)}".replace("-", "−") if math.isfinite(low) else "–"
        p = "–" if math.isnan(c.p) else "< 0.001" if c.p < 0.001 else f"{c.p:.3f}"
        rows.append(
            [
                f"{who_in_words(c.first)} − {who_in_words(c.second)}",
                f"{metric_in_words(c.name)}, {c.target}" if several else metric_in_words(c.name),
                Cell(number(c.effect).replace("-", "−"), numeric=True),
                Cell(interval, numeric=True),
                Cell(p, numeric=True),
                whole(c.patients),
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
            value_cell(e),
            whole(e.patients),
            whole(e.cases),
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
    cut = f"The first {_ROWS} are shown; measurements.csv holds all." if wide.shape[0] > _ROWS else ""
    count = len(body)
    return element(
        "details",
        element("summary", f"Every case ({count})"),
        element(
            "p",
            "Keys are pseudonyms. A dash: could not be measured. ",
            element("span", "Press a heading to sort. ", class_="screen"),
            cut,
            class_="muted note",
        ),
        table(head, body, caption="Every case", sortable=True, kind="cases"),
        class_="more",
        open=count <= 12,
    )


def _columns(rows: pd.DataFrame, primary: str) -> list[str]:
    groups = families(list(rows["name"]))
    ordered = sorted(groups, key=lambda h: (h != primary, h))
    names = [n for head in ordered[:1] for n in groups[head]] + [n for head in ordered[1:] for n in groups[head][:1]]
    repeated = lone_classes(list(rows["name"]))
    return [n for n in names if n not in repeated][:_COLUMNS]
