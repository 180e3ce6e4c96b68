"""Cases in pictures: best, median and worst, and what the mask keeps.

In:   drawings made by pictures.py. Out: markup.
"""

from collections.abc import Sequence

from isocenter.figures.evidence import Drawing
from isocenter.figures.markup import Html, element
from isocenter.figures.orient import CONVENTION
from isocenter.stages.reporting.sections.figure import figures

_LEADS = {
    1: "The one case there is.",
    2: "The best and the worst.",
    3: "The best, the median and the worst: what an average hides.",
}


def cases(drawings: Sequence[Drawing], panels: Sequence[Drawing], notes: Sequence[str], *, patient_axes: bool) -> Html | None:
    """Return the section, or None when there is no picture to show. notes : what could not be drawn, and why."""
    if not drawings and not panels and not notes:
        return None
    return element(
        "section",
        element("h2", "Cases"),
        element(
            "p",
            _LEADS[min(len(drawings), 3)] + " The image, then what is marked on its most telling slice.",
            class_="lead",
        )
        if drawings
        else None,
        figures(drawings, vector=False, kind="grid cases"),
        figures(panels, vector=False),
        element("p", CONVENTION, class_="muted note") if patient_axes and (drawings or panels) else None,
        [element("p", note, class_="muted note") for note in notes],
        id="cases",
    )
