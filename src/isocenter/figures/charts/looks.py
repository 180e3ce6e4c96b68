"""Looks: what a model in training made of the same seeds, as training went.

In:   looks (steps, a picture with the images in a row). Out: one row a look, earliest above.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from isocenter.core.image import Image
from isocenter.figures.evidence import Chart, Drawing, Evidence
from isocenter.figures.style import MUTED, sheet, styled

ROWS = 8
"""Looks drawn, the first and the last among them."""


@styled
def draw_looks(looks: Sequence[tuple[int, Image]], *, width_in: float = 4.7) -> Figure:
    """Return one row a look, at least one; pictures are (1 or 3, X, Y) in 8 bits."""
    pictures = [_shown(image) for _, image in looks]
    high = width_in * 0.86 * sum(p.shape[0] / p.shape[1] for p in pictures)
    figure = sheet(width_in, high + 0.06 * len(looks) + 0.1)
    for axes, picture, (step, _) in zip(figure.subplots(len(looks), 1, squeeze=False)[:, 0], pictures, looks, strict=True):
        axes.imshow(picture, interpolation="nearest", aspect="equal")
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.set_ylabel(f"{step:,}".replace(",", "\u202f"), rotation=0, ha="right", va="center", fontsize=7.5, color=MUTED)
    return figure


def _shown(image: Image) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """Return (Y, X, 3)."""
    samples = image.array()
    return np.asarray((samples if len(samples) == 3 else np.repeat(samples[:1], 3, axis=0)).transpose(2, 1, 0), np.uint8)


def _from_evidence(evidence: Evidence) -> Sequence[Drawing]:
    looks = evidence.looks
    if not looks:
        return []
    drawn = [looks[i] for i in sorted({round(i) for i in np.linspace(0, len(looks) - 1, min(ROWS, len(looks)))})]
    return [
        Drawing(
            name="looks",
            title="As training went",
            caption="Synthetic images of the same seeds, one column each, after as many steps as the row says. Look for images "
            "that stop changing, and for columns that become alike.",
            figure=draw_looks(drawn),
        )
    ]


CHART = Chart(section="training", order=2, draw=_from_evidence)
