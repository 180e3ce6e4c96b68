"""Refusal: which cases are too unlike those learned from to be answered, how many were, and what is left without them.

In:   Contents; refusal.json of the run. Out: markup, and a line each for the model card.
Not:  no refusal by a target's class (decisions.py).
"""

import math

from pydantic import TypeAdapter

from isocenter.core.estimate import Estimate
from isocenter.figures.estimates_table import value_cell, whole
from isocenter.figures.markup import Html, element, number_cell, table
from isocenter.figures.words import metric_in_words, number
from isocenter.stages.reporting.contents import Contents
from isocenter.stages.unlike import KEPT, REFUSAL, Line


def refusal(contents: Contents) -> Html | None:
    """Return the section, or None where the study refuses nothing as unlike what was learned from."""
    lines = _lines(contents)
    if not lines:
        return None
    shown = [e for e in contents.own if e.name == "unlike_share" and e.group == "all"]
    whole_of, kept = contents.main(), _kept(contents)
    body = [
        ["Cases refused, share", *_cells(shown[0] if shown else None)],
        [f"{metric_in_words(contents.primary)}, all cases", *_cells(whole_of)],
        [f"{metric_in_words(contents.primary)}, those not refused", *_cells(kept if kept is not None else whole_of)],
    ]
    heads = ["Tuning patients", "Distance", "Share asked for", "Share to expect", "Tuning cases refused"]
    rows = [
        [whole(line.patients), number_cell(line.line), number_cell(line.stated), number_cell(line.expected), whole(line.refused)]
        for _, line in lines
    ]
    several = len(lines) > 1
    return element(
        "section",
        element("h2", "Refused as unlike what was learned from"),
        element(
            "p",
            "A case is refused when its distance from the learning cases, in the network's features and in plain numbers of the "
            "image, is larger than that of all but the stated share of tuning cases; or when channels, spacing or the range of its "
            "numbers are of another kind. New cases that are refused get no answer. The claim above is of all cases.",
            class_="lead",
        ),
        table(
            [*(["Fold"] if several else []), *heads],
            [[*([name] if several else []), *row] for (name, _), row in zip(lines, rows, strict=True)],
            caption="The line, chosen on tuning cases",
            kind="small",
        ),
        table(["Quantity", "Value", "Patients", "Cases"], body, caption="What it does on the cases measured", kind="small"),
        id="refusal",
    )


def refusal_lines(contents: Contents) -> list[str]:
    """Return a line for each line, for the model card."""
    return [
        f"Refuses cases at a distance above {number(line.line)} from those learned from{f', fold {name}' if name else ''}: about "
        f"{100 * line.expected:.2g} % of cases like the {line.patients} tuning patients'"
        for name, line in _lines(contents)
    ]


def _cells(estimate: Estimate | None) -> list[object]:
    if estimate is None or math.isnan(estimate.value):
        return ["–", "–", "–"]
    return [value_cell(estimate), whole(estimate.patients), whole(estimate.cases)]


def _kept(contents: Contents) -> Estimate | None:
    """The claim's number among the cases not refused; None where none was refused."""
    name = contents.target.name if contents.target else ""
    found = (e for e in contents.own if e.group == KEPT and e.who == "model" and e.name == contents.primary)
    return next((e for e in found if e.target in (name, "")), None)


def _lines(contents: Contents) -> list[tuple[str, Line]]:
    """Return the run's line, or that of each fold with the fold's name."""
    if contents.study.refuse is None or contents.study.refuse.unlike is None:
        return []
    places = [("", contents.home), *((f.path.name, f) for f in contents.home.inners("fold"))]
    return [
        (name, TypeAdapter(Line).validate_python(place.read_json(REFUSAL, stage="evaluate")))
        for name, place in places
        if place.exists(REFUSAL)
    ]
