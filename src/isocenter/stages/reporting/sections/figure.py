"""Figures in the page: a grid of drawings with titles and captions.

In:   drawings. Out: markup.
"""

from collections.abc import Sequence

from isocenter.figures.evidence import Drawing
from isocenter.figures.markup import Html, element, picture


def figures(drawings: Sequence[Drawing], *, vector: bool = True, kind: str = "grid") -> Html | None:
    """Return the drawings side by side where the page is wide enough; None when there are none."""
    if not drawings:
        return None
    return element("div", [one_figure(d, vector=vector) for d in drawings], class_=kind)


def one_figure(drawing: Drawing, *, vector: bool) -> Html:
    """Return one drawing with its title above and its caption below."""
    return element(
        "figure",
        element("h4", drawing.title),
        element("div", picture(drawing.figure, text=f"{drawing.title}. {drawing.caption}", vector=vector), class_="paper"),
        element("figcaption", drawing.caption),
        class_="wide" if drawing.wide else None,
    )
