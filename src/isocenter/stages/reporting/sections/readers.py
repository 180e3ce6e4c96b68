"""Readers beside the model: what each calls, a row a reader, their mean, the model and the difference.

In:   Contents; readers.json of the run. Out: markup.
Not:  no statistics (stages/readers.py).
"""

from isocenter.core.estimate import Estimate
from isocenter.core.study import Target
from isocenter.figures.estimates_table import value_cell, whole
from isocenter.figures.markup import Html, element, table
from isocenter.figures.words import number, who_in_words
from isocenter.stages.readers import KAPPA, READERS
from isocenter.stages.reporting.contents import Contents

HEADS = {"f1": "F1", "sensitivity": "Sensitivity", "specificity": "Specificity"}
WORDS = {"model - mean of readers": "model minus mean of readers"}


def readers(contents: Contents) -> Html | None:
    """Return the section, or None where nobody read the cases beside the truth."""
    if not contents.home.exists(READERS):
        return None
    held = contents.home.estimates(READERS)
    shown = [(t, [e for e in held if e.target == t.name and e.part == contents.part]) for t in contents.study.targets]
    shown = [(target, found) for target, found in shown if found]
    if not shown:
        return None
    return element(
        "section",
        element("h2", "Readers beside the model"),
        [[_lead(target), [_table(target, g, found) for g in dict.fromkeys(e.group for e in found)]] for target, found in shown],
        id="readers",
    )


def _lead(target: Target) -> Html:
    judged = (
        f"{target.name}: every reader and the model are judged by the same truth, which is none of theirs."
        if target.readers
        else f"{target.name}: for want of a truth beside them, each reader is judged by every other one in turn, and the scores "
        "are averaged; the model by all of them."
    )
    at = "at the threshold of the decisions" if target.operate is not None else "at a probability of 0.5"
    return element("p", f"{judged} The model calls {at}.", class_="lead")


def _table(target: Target, finding: str, found: list[Estimate]) -> Html:
    mine = [e for e in found if e.group == finding]
    rows = []
    for who in dict.fromkeys(e.who for e in mine if e.name != KAPPA):
        cells = {e.name: e for e in mine if e.who == who}
        first = next(iter(cells.values()))
        counts = (whole(first.patients), whole(first.cases))
        rows.append([element("b", WORDS.get(who, who_in_words(who))), *(value_cell(cells.get(name)) for name in HEADS), *counts])
    kappa = next((e for e in mine if e.name == KAPPA), None)
    agree = "" if kappa is None else f"; readers agree with a Fleiss' kappa of {number(kappa.value)}{_ends(kappa)}"
    return table(["Who", *HEADS.values(), "Patients", "Cases"], rows, caption=f"{target.name}: {finding}{agree}", kind="small")


def _ends(e: Estimate) -> str:
    low, high = e.ci95
    return f" ({number(low)} to {number(high)})" if low == low else ""
