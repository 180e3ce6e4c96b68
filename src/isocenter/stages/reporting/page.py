"""The page around the sections: one file that loads nothing from anywhere.

In:   a title and sections as markup. Out: the text of an HTML file.
"""

import re
from collections.abc import Sequence
from importlib.resources import files

from isocenter.figures.markup import Html, element, raw

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""Even a mistake of ours cannot fetch anything: the browser refuses."""
_PLACES = {
    "warnings": "Warnings",
    "results": "Results",
    "cases": "Cases",
    "training": "Training",
    "comparison": "Comparison",
    "data": "Data",
    "plan": "Plan",
    "definitions": "Definitions",
    "reproduce": "Reproduce",
}


def page(title: str, opening: Html, sections: Sequence[Html | None], footer: Html) -> str:
    """Return the whole page; sections that are None are left out, and out of the line of links."""
    shown = [section for section in sections if section]
    places = [place for section in shown if (place := _place(section)) in _PLACES]
    links = [element("li", element("a", _PLACES[place], href=f"#{place}")) for place in places]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", raw(_asset("page.css"))),
    )
    body = element(
        "body",
        element("nav", element("ul", links), aria_label="Sections"),
        element("main", opening, shown, footer),
        element("script", raw(_asset("page.js"))),
    )
    return "<!DOCTYPE html>\n" + element("html", head, body, lang="en") + "\n"


def _place(section: Html) -> str:
    """The id of a section's outermost element."""
    found = re.match(r'<section id="([a-z]+)"', section)
    return found.group(1) if found else ""


def _asset(name: str) -> str:
    return files("isocenter.stages.reporting").joinpath(name).read_text(encoding="utf-8")
