"""Image, mask, masked image: what a mask keeps and what it takes away.

In:   an image and a mask on its grid. Out: a figure of three panels.
Not:  no masking of files (predict --masked).
"""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.figures.cases.outlines import foreground, regions_of
from isocenter.figures.cases.picture import panel_size, picture_of, show
from isocenter.figures.orient import Picture, View
from isocenter.figures.slices import of_case
from isocenter.figures.style import color_of_class, sheet, styled


@styled
def draw_three_panels(image: Image, mask: Mask, *, view: View | None = None, channel: int = 0, width_in: float = 6.6) -> Figure:
    """Return the image, its mask in the classes' colors, and the image with everything outside the mask removed (black)."""
    chosen = view or of_case(image, (mask,))
    picture = picture_of(image, chosen, channel=channel)
    width, height = panel_size(picture, width_in=width_in / 3, most_in=3.2)
    figure = sheet(3 * width + 0.16, height + 0.6)
    axes = figure.subplots(1, 3)
    painted = np.zeros((*picture.samples.shape[:2], 3))
    handles: list[Patch] = []
    for name, region in regions_of(mask, chosen).items():
        hue = color_of_class(mask.names.index(name) - 1)
        painted[region] = to_rgb(hue)
        handles.append(Patch(facecolor=hue, label=name.replace("_", " ")))
    inside = foreground(mask, chosen)
    kept = np.where(inside[..., None] if picture.samples.ndim == 3 else inside, picture.samples, 0.0)
    for place, samples, title in zip(axes, (picture.samples, painted, kept), ("Image", "Mask", "Masked image"), strict=True):
        like = Picture(
            samples=samples, row_step=picture.row_step, column_step=picture.column_step, unit=picture.unit, letters=picture.letters
        )
        show(place, like, title=title, scale=title == "Image")
    if handles:
        shown = handles[:8]
        figure.legend(handles=shown, loc="outside lower center", ncols=min(len(shown), 4), handlelength=1.0, columnspacing=1.2)
    return figure
