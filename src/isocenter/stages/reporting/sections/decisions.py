"""Decisions: which threshold makes them, on whom it was chosen, what was decided; the refused are counted apart.

In:   Contents; thresholds.json and decisions.csv of the run. Out: markup, and a line each for the model card.
Not:  no estimate (they stand among the results, as `decision_…`).
"""

import pandas as pd
from pydantic import TypeAdapter

from isocenter.core.study import Target
from isocenter.figures.estimates_table import whole
from isocenter.figures.markup import Html, element, number_cell, table
from isocenter.figures.words import number, who_in_words
from isocenter.stages.decide import NO_THRESHOLD, words_of
from isocenter.stages.decided import DECISIONS
from isocenter.stages.operate import MODEL, THRESHOLDS, Threshold, operated
from isocenter.stages.reporting.contents import Contents

_TRUTHS = {"1": "positive", "0": "negative", "": "neither, or not assessed"}
_RULES = {
    "sensitivity": "the highest that reaches a sensitivity of {}",
    "specificity": "the lowest that reaches a specificity of {}",
    "youden": "the largest sensitivity + specificity",
    "fixed": "fixed beforehand",
}


def decisions(contents: Contents) -> Html | None:
    """Return the section, or None where no target is acted on."""
    held = _thresholds(contents)
    rows = _decided(contents)
    if not held or rows.empty:
        return None
    refuse = contents.study.refuse
    return element(
        "section",
        element("h2", "Decisions"),
        element("p", _lead(contents), class_="lead"),
        [_impossible(fold, t) for fold, t in held if t.impossible],
        _table_of_thresholds(held),
        element(
            "p",
            f"No decision is made where {refuse.target} is {refuse.class_} with a probability above {refuse.above:g}. "
            "Such cases had no part in choosing the threshold and none in the numbers of the decisions.",
        )
        if refuse is not None and refuse.target
        else None,
        [_counts(rows[rows["target"] == t.name], t) for t, _ in operated(contents.study)],
        id="decisions",
    )


def decision_lines(contents: Contents) -> list[str]:
    """Return one line a threshold."""
    return [f"Decision on {t.target}{fold}: {_in_words(t)}" for fold, t in _thresholds(contents) if t.who == MODEL]


def _in_words(t: Threshold) -> str:
    if t.impossible:
        return f"none is possible: {t.impossible}"
    return f"positive ({', '.join(t.positive)}) from a score of {number(t.threshold)} on; {_rule(t)}; {t.patients} tuning patients"


def _lead(contents: Contents) -> str:
    chosen = [how for _, how in operated(contents.study) if how.rule != "fixed"]
    if contents.part in ("tune", "learn") and chosen:
        return "The cases below are those the threshold was chosen on, so nothing is claimed of it. Open the test part to judge it."
    return "The threshold was set before any of the cases below was looked at. What it is worth stands among the results."


def _impossible(fold: str, t: Threshold) -> Html:
    return element(
        "p",
        element("span", "Warning", class_="badge warning"),
        f" No decision on {t.target}{fold} is possible: {t.impossible}",
    )


def _table_of_thresholds(held: list[tuple[str, Threshold]]) -> Html:
    rows = [
        [
            element("b", f"{t.target}{fold}"),
            who_in_words(t.who),
            ", ".join(t.positive).replace("_", " "),
            _rule(t),
            number_cell(t.threshold),
            whole(t.patients),
            whole(t.positives),
            whole(t.negatives),
            number_cell(t.sensitivity),
            number_cell(t.specificity),
        ]
        for fold, t in held
    ]
    heads = ["Target", "Who", "Called positive", "Rule", "Threshold", "Tuning patients", "Positive cases", "Negative cases"]
    return table(
        [*heads, "Sensitivity there", "Specificity there"], rows, caption="Thresholds, and what they reach on tuning cases"
    )


def _counts(rows: pd.DataFrame, target: Target) -> Html | None:
    """The decisions against the truth, the refused in a column of their own."""
    if rows.empty or target.operate is None:
        return None
    out = rows["refused"] != ""
    made: list[str] = [*words_of(target, target.operate)]
    refused = list(dict.fromkeys(rows.loc[out, "decision"]))
    # A decision and a refusal may be called by one word: they are told apart by the reason.
    made += [NO_THRESHOLD] if (~out & (rows["decision"] == NO_THRESHOLD)).any() else []
    columns = [*(~out & (rows["decision"] == word) for word in made), *(out & (rows["decision"] == word) for word in refused)]
    body = [
        [words, *(whole(int(((rows["truth"] == truth) & column).sum())) for column in columns)]
        for truth, words in _TRUTHS.items()
        if (rows["truth"] == truth).any()
    ]
    heads = ["Truth", *(word.replace("_", " ") for word in made), *(f"refused: {word.replace('_', ' ')}" for word in refused)]
    return table(heads, body, caption=f"Decisions on {target.name}, cases", kind="small")


def _rule(t: Threshold) -> str:
    return _RULES[t.rule].format(number(t.stated))


def _thresholds(contents: Contents) -> list[tuple[str, Threshold]]:
    """Return the run's thresholds, or those of each fold with its name."""
    if not operated(contents.study):
        return []
    places = [("", contents.home), *((f", fold {f.path.name}", f) for f in contents.home.inners("fold"))]
    return [
        (name, held)
        for name, place in places
        if place.exists(THRESHOLDS)
        for held in TypeAdapter(list[Threshold]).validate_python(place.read_json(THRESHOLDS, stage="evaluate"))
    ]


def _decided(contents: Contents) -> pd.DataFrame:
    """Return the model's rows of decisions.csv, of the part the claim is made on; empty where there are none."""
    if not contents.home.exists(DECISIONS):
        return pd.DataFrame()
    rows = pd.read_csv(contents.home.path / DECISIONS, dtype=str, keep_default_na=False)
    who = rows.get("who", MODEL)  # older runs decided with the model alone
    return rows[(rows["part"] == contents.part) & (who == MODEL)]
