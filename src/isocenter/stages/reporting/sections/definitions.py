"""Definitions and citations: what every number means, and whom each method is from.

In:   Contents. Out: markup.
"""

import math

from isocenter.core.errors import IsocenterError
from isocenter.core.method import Card
from isocenter.figures.charts.distribution import families
from isocenter.figures.markup import Html, element
from isocenter.figures.words import metric_in_words
from isocenter.methods.registry import methods_of, task_of
from isocenter.metrics.estimates.skill import NAME
from isocenter.metrics.skill import DEFINITION
from isocenter.stages.reporting.citations import citations_of
from isocenter.stages.reporting.contents import Contents

_INTERVALS = {
    "bootstrap": "Efron, Better bootstrap confidence intervals, J Am Stat Assoc 1987; 82:171-185 (patients are drawn, not cases).",
    "delong": "DeLong, DeLong & Clarke-Pearson, Biometrics 1988; 44:837-845.",
    "wilson": "Wilson, J Am Stat Assoc 1927; 22:209-212.",
    "clopper": "Clopper & Pearson, Biometrika 1934; 26:404-413.",
    "exact": "Clopper & Pearson, Biometrika 1934; 26:404-413.",
}


def definitions(contents: Contents) -> Html:
    """Return the section."""
    return element(
        "section",
        element("h2", "Definitions and sources"),
        element("h3", "Methods"),
        element("ul", [*(_card(card, role) for card, role in cards_of(contents)), *_parts(contents)], class_="sources"),
        element("h3", "Metrics"),
        element(
            "dl",
            [element("div", element("dt", name), element("dd", words)) for name, words in metric_definitions(contents).items()],
            class_="definitions",
        ),
        element("h3", "Intervals"),
        element("ul", [element("li", line) for line in interval_sources(contents)], class_="sources"),
        id="definitions",
    )


def cards_of(contents: Contents) -> list[tuple[Card, str]]:
    """Return the cards of the model's method and of the baselines, with their role."""
    if contents.task is None:
        return []
    methods = methods_of(task_of(contents.study).name)
    names = [(contents.plan.method, "model")] if contents.plan else []
    names += [(e.who.partition(":")[2], "baseline") for e in contents.others() if e.who.startswith("baseline:")]
    found: list[tuple[Card, str]] = []
    for name, role in dict.fromkeys(names):
        try:
            found.append((methods.get(name).card, role))
        except IsocenterError:
            continue
    return found


def metric_definitions(contents: Contents) -> dict[str, str]:
    """Return each metric's definition as the measurement brought it; a metric and its classes share one."""
    found: dict[str, str] = {}
    words = dict(zip(contents.rows["name"], contents.rows["method"], strict=True))
    heads = families(list(words))
    for head in sorted(heads, key=lambda h: (h != contents.primary, h)):
        if words[head]:
            found[metric_in_words(head)] = str(words[head])
    if contents.task is not None:
        estimated = {e.name for e in contents.own}
        for metric in contents.task.per_cohort:
            if metric.name in estimated and metric.cite:
                found[metric_in_words(metric.name)] = metric.cite
    if any(e.name == NAME for e in contents.own):
        found[metric_in_words(NAME)] = DEFINITION
    return found


def interval_sources(contents: Contents) -> list[str]:
    """Return one line for each kind of interval used."""
    lines = ["All intervals are 95 %. Below 10 patients none is given; from 10 to 19 it is rough."]
    kinds = (e.interval.removesuffix("; small n") for e in contents.own if e.interval and math.isfinite(e.ci95[0]))
    for kind in dict.fromkeys(kinds):
        source = next((words for key, words in _INTERVALS.items() if key in kind.lower()), "")
        lines.append(f"{kind[0].upper()}{kind[1:]}{': ' + source if source else '.'}")
    return lines


def _parts(contents: Contents) -> list[Html]:
    """The parts of the plan that have a source of their own."""
    if contents.plan is None:
        return []
    return [
        element(
            "li",
            element("b", f"{c.part} {c.name}".strip().replace("_", " ")),
            f": {c.reference}.",
            f" Differs: {c.differs}." if c.differs else "",
        )
        for c in citations_of(contents.plan)
    ]


def _card(card: Card, role: str) -> Html:
    return element(
        "li",
        element("b", card.name.replace("_", " ")),
        f" ({role}): {card.cite.rstrip('.')}." if card.cite else f" ({role}).",
        f" Differs: {card.differs.rstrip('.')}." if card.differs else "",
    )
