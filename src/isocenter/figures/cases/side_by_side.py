"""Images side by side: input, truth, answer; those that are compared in one window of intensities.

In:   images by title, which of them are compared. Out: a figure of one row.
"""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from isocenter.core.image import Image
from isocenter.figures.cases.picture import panel_size, picture_of, show
from isocenter.figures.orient import first_time, middle
from isocenter.figures.style import sheet, styled
from isocenter.figures.windows import window_of


@styled
def draw_side_by_side(
    images: Mapping[str, Image], *, compared: Sequence[str] = (), width_in: float = 4.8, channel: int = 0
) -> Figure:
    """Return the images in one row, each at its middle plane. At least one image.

    compared : titles of images shown in the window of the first of them, so that what looks alike is alike
    """
    window = None
    if compared:
        first = images[compared[0]]
        window = window_of(first, first_time(first.array(), first.grid)[channel])
    pictures = {
        title: picture_of(image, middle(image.grid), channel=channel, window=window if title in compared else None)
        for title, image in images.items()
    }
    width, height = panel_size(next(iter(pictures.values())), width_in=width_in / len(pictures), most_in=3.2)
    figure = sheet(len(pictures) * width + 0.1, height + 0.35)
    for axes, (title, picture) in zip(figure.subplots(1, len(pictures), squeeze=False)[0], pictures.items(), strict=True):
        show(axes, picture, title=title)
    return figure
