"""Two sections on one another: side by side, as a checkerboard, overlaid, and where the bend changes areas.

In:   coarse pictures of both on one grid, hematoxylin of both, the bend's Jacobian determinant, landmarks.
Out:  a figure.
Not:  no registration.
"""

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.figures.style import sheet, styled

SQUARES = 8
"""Of the checkerboard, along the longer side."""
_STRETCH = 2.0


class DrawnPair(Record):
    """What is drawn of one pair."""

    fixed: NDArray[np.uint8]
    """(3, X, Y)."""
    moved: NDArray[np.uint8]
    """(3, X, Y), on the fixed one's grid."""
    fixed_dye: NDArray[np.float32]
    """(X, Y) in [0, 1]."""
    moved_dye: NDArray[np.float32]
    jacobian: NDArray[np.float64] | None
    """(X, Y); None where there is no bend."""
    um: float
    fixed_landmarks: NDArray[np.float64]
    """(N, 2) um."""
    carried_landmarks: NDArray[np.float64]
    """(N, 2) um: the moving section's, carried to the fixed one."""


def checkerboard(first: NDArray[np.uint8], second: NDArray[np.uint8], squares: int = SQUARES) -> NDArray[np.uint8]:
    """Return squares of one picture (3, X, Y) and of another by turns."""
    side = max(1, int(np.ceil(max(first.shape[1:]) / squares)))
    x, y = np.meshgrid(*(np.arange(n) // side for n in first.shape[1:]), indexing="ij")
    return np.where((x + y) % 2 == 0, first, second)


def overlay(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return two densities (X, Y) as one picture (3, X, Y): only the first = green, only the second = magenta, both = black."""
    a, b = (np.clip(dye, 0, 1) for dye in (first, second))
    return np.rint(255 * (1 - np.stack([a, b, a]))).astype(np.uint8)


@styled
def draw_pair(pair: DrawnPair, *, width_in: float = 9.6) -> Figure:
    """Return six panels: fixed, moved, checkerboard, overlay, Jacobian, landmarks."""
    shape = pair.fixed.shape[1:]
    figure = sheet(width_in, 2 * width_in / 3 * shape[1] / shape[0] + 0.6)
    axes = figure.subplots(2, 3)
    extent = (0.0, shape[0] * pair.um / 1000, shape[1] * pair.um / 1000, 0.0)  # mm
    pictures = (
        ("Fixed", pair.fixed),
        ("Moved", pair.moved),
        ("Checkerboard", checkerboard(pair.fixed, pair.moved)),
        ("Overlay", overlay(pair.fixed_dye, pair.moved_dye)),
    )
    for panel, (title, picture) in zip(axes.flat, pictures, strict=False):
        panel.imshow(picture.transpose(2, 1, 0), extent=extent)
        panel.set_title(title)
    bend, marks = axes[1, 1], axes[1, 2]
    bend.set_title("Area factor of the bend" if pair.jacobian is not None else "No bend")
    if pair.jacobian is not None:
        log = np.log2(np.clip(pair.jacobian, 1e-3, None))
        shown = bend.imshow(log.T, extent=extent, cmap="PuOr", vmin=-np.log2(_STRETCH), vmax=np.log2(_STRETCH))
        bar = figure.colorbar(shown, ax=bend, shrink=0.7, ticks=[-1, 0, 1])
        bar.ax.set_yticklabels(["½", "1", "2"])
    marks.imshow(pair.fixed.transpose(2, 1, 0), extent=extent, alpha=0.5)
    marks.set_title("Landmarks: fixed ○, carried +" if len(pair.fixed_landmarks) else "No landmarks given")
    for places, sign, color in ((pair.fixed_landmarks, "o", "#0072B2"), (pair.carried_landmarks, "+", "#D55E00")):
        fill = {"markerfacecolor": "none"} if sign == "o" else {}
        marks.plot(*(places.T / 1000), sign, color=color, markersize=6, **fill)
    for panel in axes.flat:
        panel.set(xlim=extent[:2], ylim=extent[2:])
        panel.tick_params(length=0, labelsize=7)
    axes[0, 0].set_ylabel("mm")
    return figure
