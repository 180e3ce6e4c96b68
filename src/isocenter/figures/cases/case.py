"""One case: the image, and beside it truth and answers outlined.

In:   an image (or none), the truth and the answers as masks on one grid.
Out:  a figure of two panels; the second is a closer look where everything marked is small.
Not:  no file; a slice is chosen where most is to be seen unless a view is given.
"""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from isocenter.core.errors import GeometryError
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.figures.cases.outlines import draw_agreement, draw_outlines, is_thin, window_around
from isocenter.figures.cases.picture import blank, panel_size, picture_of, show
from isocenter.figures.orient import Picture, View, where
from isocenter.figures.slices import of_case
from isocenter.figures.style import MUTED, sheet, styled


@styled
def draw_case(
    image: Image | None,
    truth: Mask | None,
    answers: Mapping[str, Mask],
    *,
    view: View | None = None,
    channel: int = 0,
    width_in: float = 3.4,
) -> Figure:
    """Return the image beside the same slice with truth and answers on it.

    image   : shown in gray within a window fit for it, or in its colors; None draws on black
    truth   : outlined in blue; None when there is none
    answers : by who ("model", "rater:second"); GeometryError when one lies on another grid than the image
    """
    masks = ({"truth": truth} if truth is not None else {}) | dict(answers)
    _one_grid(image, masks)
    chosen = view or of_case(image, tuple(masks.values()))
    picture = _background(image, masks, chosen, channel)
    width, height = panel_size(picture, width_in=width_in / 2, most_in=3.4)
    stacked = height <= 1.05 * width  # a wide picture is shown larger when the two stand one above the other
    if stacked:
        width, height = panel_size(picture, width_in=width_in, most_in=width_in)
    figure = sheet(width + 0.06, 2 * height + 0.85) if stacked else sheet(2 * width + 0.12, height + 0.62)
    left, right = figure.subplots(2, 1) if stacked else figure.subplots(1, 2)
    show(left, picture, title="Image")
    window = window_around(masks, chosen)
    show(right, picture, title="Closer" if window else "Marked", scale=False)
    if window:
        top, bottom, first, last = window
        left.add_patch(
            Rectangle((first, top), last - first, bottom - top, fill=False, edgecolor="white", linewidth=0.9, linestyle=(0, (3, 2)))
        )
    who, answer = next(iter(answers.items()), ("", None))
    if truth is not None and answer is not None and is_thin(truth, chosen):
        handles = draw_agreement(right, truth, answer, chosen, who=who)
    else:
        handles = draw_outlines(right, masks, chosen)
    _square(right, picture, window or (0, picture.samples.shape[0] - 1, 0, picture.samples.shape[1] - 1))
    place = where(chosen, image.grid if image is not None else next(iter(masks.values())).grid)
    if handles:
        figure.legend(handles=handles, loc="outside lower right", ncols=len(handles), handlelength=1.4, columnspacing=1.2)
    if place:
        figure.text(0.005, 0.012, place, fontsize=7.5, color=MUTED, ha="left", va="bottom")
    return figure


def _background(image: Image | None, masks: Mapping[str, Mask], view: View, channel: int) -> Picture:
    if image is not None:
        return picture_of(image, view, channel=channel)
    return blank(next(iter(masks.values())).grid, view)


def _one_grid(image: Image | None, masks: Mapping[str, Mask]) -> None:
    grids = [*([image.grid] if image is not None else []), *(m.grid for m in masks.values())]
    if not grids:
        raise GeometryError("expected an image or a mask to draw, got neither.")
    for grid in grids[1:]:
        if grid.shape != grids[0].shape:
            raise GeometryError(
                f"expected image and masks of one shape to draw, got {grids[0].shape} and {grid.shape}. Put them on one grid first."
            )


def _square(axes: Axes, picture: Picture, window: tuple[int, int, int, int]) -> None:
    """Zoom to a window, widened to the proportions of the whole picture so that the two panels stay alike."""
    top, bottom, first, last = window
    rows, columns = picture.samples.shape[:2]
    height, width = bottom - top + 1, last - first + 1
    share = max(height / rows, width / columns)
    height, width = share * rows, share * columns
    y = min(max((top + bottom) / 2 - height / 2, -0.5), rows - 0.5 - height)
    x = min(max((first + last) / 2 - width / 2, -0.5), columns - 0.5 - width)
    axes.set_xlim(x, x + width)
    axes.set_ylim(y + height, y)
