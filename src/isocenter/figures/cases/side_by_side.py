"""Images side by side, in one window of intensities: input, truth, answer.

In:   images by title. Out: a figure of one row.
"""

from collections.abc import Mapping

from matplotlib.figure import Figure

from isocenter.core.image import Image
from isocenter.figures.cases.picture import panel_size, picture_of, show
from isocenter.figures.orient import middle
from isocenter.figures.style import sheet, styled


@styled
def draw_side_by_side(images: Mapping[str, Image], *, width_in: float = 4.8, channel: int = 0) -> Figure:
    """Return the images in one row, each at its middle plane. At least one image."""
    pictures = {title: picture_of(image, middle(image.grid), channel=channel) for title, image in images.items()}
    width, height = panel_size(next(iter(pictures.values())), width_in=width_in / len(pictures), most_in=3.2)
    figure = sheet(len(pictures) * width + 0.1, height + 0.35)
    for axes, (title, picture) in zip(figure.subplots(1, len(pictures), squeeze=False)[0], pictures.items(), strict=True):
        show(axes, picture, title=title)
    return figure
