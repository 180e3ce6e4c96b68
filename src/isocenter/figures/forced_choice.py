"""The page on which a reader says which image of each pair is the synthetic one: one file that loads nothing from anywhere.

In:   pairs of pictures as PNG bytes, and the hash of the key.
Out:  the text of an HTML file. It saves answers as predictions: a line a pair.
Not:  which image is which: the page does not know.
"""

import base64
import json
from collections.abc import Sequence
from importlib.resources import files

from isocenter.core.record import Record
from isocenter.figures.markup import Html, element, raw

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_TITLE = "Which image is synthetic?"


class ShownPair(Record):
    """Two pictures side by side."""

    pair: str
    left: bytes
    """PNG."""
    right: bytes


def forced_choice_page(pairs: Sequence[ShownPair], *, commitment: str) -> str:
    """Return the page. commitment: SHA-256 of the sealed key, which every saved answer carries."""
    data = {
        "commitment": commitment,
        "pairs": [{"pair": p.pair, "left": _uri(p.left), "right": _uri(p.right)} for p in pairs],
    }
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", _TITLE),
        element("style", raw(_asset("forced_choice.css"))),
    )
    # "</" would end the script element; nothing here holds it, but a name of a pair might one day.
    stored = element("script", raw(json.dumps(data).replace("</", "<\\/")), type="application/json", id="set")
    body = element(
        "body",
        element("main", _opening(len(pairs)), _pair(len(pairs)), _closing(), _footer(commitment)),
        stored,
        element("script", raw(_asset("forced_choice.js"))),
    )
    return "<!DOCTYPE html>\n" + element("html", head, body, lang="en") + "\n"


def _opening(count: int) -> Html:
    return element(
        "section",
        element("h1", _TITLE),
        element(
            "p",
            f"You will see {count} pairs of images. In each pair one is of a patient and one was made by a model. Choose the one "
            "you take for synthetic; guess where you cannot tell. Nobody is told which answers were right, here or between pairs.",
        ),
        element(
            "p",
            "Keys: ",
            element("kbd", "←"),
            " left, ",
            element("kbd", "→"),
            " right, ",
            element("kbd", "Backspace"),
            " one pair back.",
        ),
        element(
            "form",
            element("input", id="reader", required=True, maxlength=60, placeholder="Your code or name", aria_label="Reader"),
            element("button", "Start", type="submit"),
            id="start",
            class_="row",
        ),
        element("p", "Close the page whenever you like: under the same name it goes on where you stopped.", class_="muted"),
        id="opening",
    )


def _pair(count: int) -> Html:
    sides = [
        element(
            "button",
            element("img", id=side, alt=f"{side} image"),
            f"The {side} one is synthetic",
            id=f"choose-{side}",
            type="button",
        )
        for side in ("left", "right")
    ]
    return element(
        "section",
        element(
            "div",
            element("span", "", id="where"),
            element("progress", id="progress", max=count, value=0, aria_label="Pairs answered"),
            element("button", "Back", id="back", type="button"),
            element("button", "Save answers", type="button", class_="save"),
            class_="row",
        ),
        element("div", *sides, class_="images"),
        id="pair",
        hidden=True,
    )


def _closing() -> Html:
    return element(
        "section",
        element("h1", "Thank you"),
        element("p", "", id="done"),
        element("p", "Save the answers and send the file back."),
        element(
            "div",
            element("button", "Save answers", type="button", class_="save"),
            element("button", "Back", id="again", type="button"),
            class_="row",
        ),
        id="closing",
        hidden=True,
    )


def _footer(commitment: str) -> Html:
    return element(
        "footer",
        element(
            "p", "Half of the images are synthetic; none is for diagnosis. SHA-256 of the sealed key: ", element("code", commitment)
        ),
    )


def _uri(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def _asset(name: str) -> str:
    return files("isocenter.figures").joinpath(name).read_text(encoding="utf-8")
