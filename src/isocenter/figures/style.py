"""The look of every figure: colors told apart by everyone, quiet axes, type that matches the page.

In:   a drawing function. Out: a decorator that gives it the style, an empty Figure, and the Figure as PNG, SVG or data URI.
Not:  no pyplot and no global state: a user's notebook keeps its own backend and style.

Reference: Okabe & Ito, Color Universal Design, 2008 (the qualitative palette).
"""

import base64
import io
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

P = ParamSpec("P")
R = TypeVar("R")

INK = "#1d2733"
MUTED = "#5b6673"
FAINT = "#d9dee4"
CLASSES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5195", "#8A8F98")
"""Classes in charts, in order; after the eighth they repeat."""
TRUTH = "#56B4E9"
MODEL = "#FFB000"
RATER = "#00D1A0"
"""Contours on pictures: bright on gray, on fundus orange and on stained tissue, each with a dark edge."""

_STYLE = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 9.0,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": "#aab3bd",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "grid.color": "#e8ebef",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "isocenter",
    "image.interpolation": "nearest",
}


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function in our style, leaving matplotlib's settings as they were."""

    @wraps(draw)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with rc_context(_STYLE):  # type: ignore[arg-type]
            return draw(*args, **kwargs)

    return inside


def sheet(width_in: float, height_in: float) -> Figure:
    """Return an empty figure, not known to pyplot, with a layout that keeps labels inside."""
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def unit_square(width_in: float, *, x: str, y: str) -> tuple[Figure, Axes]:
    """Return a figure whose axes run from 0 to 1 both ways, with their labels and a dashed diagonal."""
    figure = sheet(width_in, width_in * 0.95)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="#aab3bd", linewidth=1, linestyle=(0, (4, 3)))
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel=x, ylabel=y)
    quiet(axes, grid="both")
    return figure, axes


def color_of_class(index: int) -> str:
    """Return the color of one class in charts."""
    return CLASSES[index % len(CLASSES)]


def color_of_contour(who: str) -> str:
    """Return the color of one person's or model's outline on a picture: "truth", "model", "baseline:…" or "rater:…"."""
    if who == "truth":
        return TRUTH
    return RATER if who.startswith("rater:") else MODEL


def color_of_who(who: str) -> str:
    """Return the color of a model, baseline or rater in charts: blue, gray, green."""
    if who.startswith("baseline:"):
        return "#8A8F98"
    return "#009E73" if who.startswith("rater:") else "#0072B2"


def quiet(axes: Axes, *, grid: str = "") -> None:
    """Take the ticks' strokes away; grid: "x", "y" or "both" draws faint lines."""
    axes.tick_params(length=0)
    if grid in ("x", "y", "both"):
        axes.grid(True, axis=grid)  # type: ignore[arg-type]


def to_png(figure: Figure, *, dpi: int = 180) -> bytes:
    """Return the figure as PNG."""
    sink = io.BytesIO()
    with rc_context(_STYLE):  # type: ignore[arg-type]
        figure.savefig(sink, format="png", dpi=dpi)
    return sink.getvalue()


def to_svg(figure: Figure) -> bytes:
    """Return the figure as SVG whose text is drawn in the reader's own system font, as the page around it is."""
    sink = io.BytesIO()
    with rc_context(_STYLE):  # type: ignore[arg-type]
        figure.savefig(sink, format="svg", metadata={"Date": None})
    text = sink.getvalue().decode("utf-8")
    return text.replace("'DejaVu Sans'", "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif").encode("utf-8")


def to_webp(figure: Figure, *, dpi: int = 180) -> bytes:
    """Return the figure as WebP, a tenth of a photograph's PNG, for pages that hold many."""
    sink = io.BytesIO()
    with rc_context(_STYLE):  # type: ignore[arg-type]
        figure.savefig(sink, format="webp", dpi=dpi, pil_kwargs={"quality": 90, "method": 5})
    return sink.getvalue()


def to_data_uri(figure: Figure, *, vector: bool) -> str:
    """Return the figure as a data URI: SVG for charts (vector), WebP for pictures."""
    data, kind = (to_svg(figure), "svg+xml") if vector else (to_webp(figure), "webp")
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
