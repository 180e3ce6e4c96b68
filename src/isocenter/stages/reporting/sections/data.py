"""Data: what was in — cases, patients, parts, labels, shapes and spacings.

In:   Contents; numbers of missing labels. Out: markup. Nothing here names a file or a patient.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.figures.markup import Cell, Html, element, table
from isocenter.figures.words import number, unit_in_words
from isocenter.stages.reporting.contents import Contents

_PARTS = {"learn": "Learned from", "tune": "Tuned on", "test": "Kept for the test"}


def data(contents: Contents, lacking: Mapping[str, int]) -> Html:
    """Return the section. lacking : words for what is missing -> number of cases."""
    return element(
        "section",
        element("h2", "Data"),
        _parts(contents),
        _targets(contents),
        element("ul", [element("li", f"{what}: {n} {'case' if n == 1 else 'cases'}") for what, n in lacking.items()])
        if lacking
        else None,
        _fingerprint(contents.fingerprint),
        id="data",
    )


def _parts(contents: Contents) -> Html | None:
    split = contents.split
    if split.empty:
        return None
    rows: list[list[object]] = []
    folds = split["fold"].replace("", None).nunique() if "fold" in split else 0
    for part, words in _PARTS.items():
        mine = split[split["part"] == part]
        if folds and part == "learn" and len(mine):
            words = f"Learned from and tested on in turn ({folds} folds)"
        if len(mine):
            rows.append([words, Cell(str(len(mine)), numeric=True), Cell(str(mine["patient"].nunique()), numeric=True)])
    if len(rows) > 1:
        rows.append(["Together", Cell(str(len(split)), numeric=True), Cell(str(split["patient"].nunique()), numeric=True)])
    return table(["Part", "Cases", "Patients"], rows, caption="Split by patient: nobody is in two parts", kind="small")


def _targets(contents: Contents) -> Html | None:
    study = contents.study
    rows: list[list[object]] = []
    seen = contents.fingerprint.get("targets", {})
    for target in study.targets:
        told = seen.get(target.name, {})
        classes = told.get("classes") or {name: {} for name in target.classes}
        names = list(classes)[1:] if target.type == "mask" else list(classes)
        words = ", ".join(f"{str(name).replace('_', ' ')}{_share(classes[name])}" for name in names[:24]) + (
            " …" if len(names) > 24 else ""
        )
        if not words and "values" in told:
            words = f"mean {number(told['values']['mean'])}, SD {number(told['values']['std'])} {unit_in_words(target.unit)}"
        use = {"learn": "learned", "score": "scored only", "guide": "guides training"}[target.use]
        rows.append([element("b", target.name), target.type, use, words or "–", Cell(str(told.get("cases", "–")), numeric=True)])
    if not rows:
        return None
    return table(
        ["Target", "Type", "Use", "What it holds", "Labeled cases"], rows, caption="Targets, as seen in the cases learned from"
    )


def _share(told: Mapping[str, Any]) -> str:
    if "share" in told:
        percent = 100 * told["share"]
        return f" ({percent:.2g} %)" if percent >= 0.01 else " (below 0.01 %)"
    return f" ({told['cases']})" if "cases" in told else ""


def _fingerprint(fingerprint: Mapping[str, Any]) -> Html | None:
    facts: list[tuple[str, str]] = []
    shapes, spacings = fingerprint.get("shapes") or [], fingerprint.get("spacings") or []
    unit = unit_in_words(str(fingerprint.get("unit", "")))
    if shapes:
        facts.append(("Shape, median", _triple(np.median(_same_length(shapes), axis=0), whole=True)))
        facts.append(("Shape, smallest to largest", _range(_same_length(shapes), whole=True)))
    if spacings and unit != "px":
        facts.append((f"Spacing, median ({unit})", _triple(np.median(_same_length(spacings), axis=0))))
        facts.append((f"Spacing, smallest to largest ({unit})", _range(_same_length(spacings))))
    for name, told in (fingerprint.get("inputs") or {}).items():
        seen = f"{_count(told.get('cases', 0), 'case')}, {_count(told.get('channels', 1), 'channel')}"
        facts.append((f"Input {name}", seen + _in_unit(told.get("unit"))))
    for name, told in (fingerprint.get("intensity") or {}).items():
        if "median" in told:
            ends = f"{_plain(told['p005'])} (0.5 %) to {_plain(told['p995'])} (99.5 %)"
            facts.append((f"Foreground of {name}", f"median {_plain(told['median'])}; {ends}".replace("-", "−")))
    if not facts:
        return None
    return element(
        "div",
        element("h3", "Fingerprint of the cases learned from"),
        element("dl", [element("div", element("dt", k), element("dd", v)) for k, v in facts], class_="facts"),
    )


def _plain(value: float) -> str:
    """A number of the image, without digits that mean nothing."""
    return f"{value:,.0f}".replace(",", "\u202f") if abs(value) >= 1e4 else f"{value:.4g}"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _in_unit(unit: object) -> str:
    return "" if unit in (None, "1", "") else f", in {unit}"


def _same_length(rows: Sequence[Sequence[float]]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The rows of the commonest length (2-D and 3-D images cannot share a median)."""
    lengths = [len(r) for r in rows]
    common = max(set(lengths), key=lengths.count)
    return np.asarray([r for r in rows if len(r) == common], float)


def _triple(values: Sequence[float] | np.ndarray[Any, Any], *, whole: bool = False) -> str:
    return " × ".join(f"{v:.0f}" if whole else f"{v:.3g}" for v in values)


def _range(rows: np.ndarray[Any, Any], *, whole: bool = False) -> str:
    low, high = rows.min(axis=0), rows.max(axis=0)
    if np.allclose(low, high):
        return "all alike"
    return f"{_triple(low, whole=whole)} to {_triple(high, whole=whole)}"
