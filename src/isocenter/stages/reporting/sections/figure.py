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
    narrow = [d for d in drawings if not d.wide]
    first = narrow[0] if kind == "grid" and len(narrow) % 2 and len(drawings) > 1 else None  # so that no row is left half empty
    return element("div", [one_figure(d, vector=vector, wide=d.wide or d is first) for d in drawings], class_=kind)


def one_figure(drawing: Drawing, *, vector: bool, wide: bool) -> Html:
    """Return one drawing with its title above and its caption below."""
    return element(
        "figure",
        element("h4", drawing.title),
        element("div", picture(drawing.figure, text=f"{drawing.title}. {drawing.caption}".strip(), vector=vector), class_="paper"),
        element("figcaption", drawing.caption) if drawing.caption else None,
        class_="wide" if wide else None,
    )
