"""The plan: every setting with its reason and where it came from.

In:   Contents. Out: markup.
"""

from collections.abc import Sequence
from typing import Any

from isocenter.core.plan import Cost, Setting
from isocenter.figures.markup import Cell, Html, element, table
from isocenter.stages.reporting.contents import Contents

_ORIGINS = {
    "fixed": "The same for every study.",
    "rule": "Follows from the fingerprint by a rule.",
    "measured": "Was tried or timed on this machine.",
    "user": "Was set by the user.",
}


def plan(contents: Contents) -> Html | None:
    """Return the section, or None before a plan was made."""
    made = contents.plan
    if made is None:
        return None
    facts = [("Method", made.method), ("Seed", str(made.seed))]
    if made.steps:
        facts.append(("Steps", f"{made.steps:,}".replace(",", "\u202f")))
    time = f"{made.minutes:.3g} min" if made.minutes >= 1 else f"{made.minutes * 60:.2g} s"
    facts += [("Planned time", time), ("Planned memory", f"{made.gigabytes:.1f} GB")]
    chosen = [s for s in made.settings if s.origin != "fixed"]
    fixed = [s for s in made.settings if s.origin == "fixed"]
    fold = f" Each fold has a plan of its own; this is fold {contents.fold}'s." if contents.fold else ""
    return element(
        "section",
        element("h2", "Plan"),
        element(
            "p",
            "Every setting with its reason, made before training from the cases learned from and the budget alone." + fold,
            class_="lead",
        ),
        element("dl", [[element("div", element("dt", k), element("dd", v))] for k, v in facts], class_="facts"),
        _costs(made.costs) if made.costs else None,
        _settings(chosen, "Settings chosen for this study") if chosen else None,
        element(
            "details",
            element("summary", f"Settings that are the same for every study ({len(fixed)})"),
            _settings(fixed, "Fixed settings"),
            class_="more",
            open=not chosen,
        )
        if fixed
        else None,
        element(
            "p",
            [[element("span", name, class_=f"badge {name}"), f" {words} "] for name, words in _ORIGINS.items()],
            class_="muted note legend",
        ),
        id="plan",
    )


def _costs(costs: Sequence[Cost]) -> Html:
    """What training and prediction take, as counted before either began."""
    rows = [[c.name, Cell(f"{c.value:.4g}" + ("" if c.unit == "1" else f" {c.unit}"), numeric=True), c.how] for c in costs]
    return table(["What", "How much", "Counted as"], rows, caption="What it takes, by formula", kind="plan")


def _settings(settings: Sequence[Setting], caption: str) -> Html:
    rows = [
        [
            Cell(element("code", s.name), sort=s.name),
            Cell(element("span", shown(s.value), class_="value")),
            Cell(element("span", s.origin, class_=f"badge {s.origin}", title=_ORIGINS[s.origin]), sort=s.origin),
            s.reason,
        ]
        for s in settings
    ]
    return table(["Setting", "Value", "Origin", "Reason"], rows, caption=caption, kind="plan")


def shown(value: Any) -> str:
    """Return a setting's value for a reader: 1e-3, 40 × 56 × 40, yes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        if not value:
            return "–"
        inner = [shown(v) for v in value]
        if all(isinstance(v, int | float) and not isinstance(v, bool) for v in value):
            return (" × " if len(inner) <= 3 else ", ").join(inner)
        return "; ".join(f"({v})" if isinstance(part, list | tuple) else v for part, v in zip(value, inner, strict=True))
    if isinstance(value, dict):
        return ", ".join(f"{k}: {shown(v)}" for k, v in value.items())
    return str(value)
