"""A grid of cases: pictures and texts side by side, four in a row."""

import numpy as np

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.figures.cases.grid import Tile, draw_grid
from isocenter.figures.style import to_png


def picture(value: int) -> Tile:
    return Tile(title=f"case {value}", image=held_image(np.full((1, 12, 10), value, np.uint8), plain_grid((12, 10))))


def test_pictures_and_texts_stand_four_in_a_row():
    figure = draw_grid([picture(1), Tile(title="case 2", text="No effusion. " * 20), *(picture(i) for i in range(3, 7))])
    assert len(figure.axes) == 8
    assert [bool(axes.images) for axes in figure.axes] == [True, False, True, True, True, True, False, False]
    assert "No effusion" in figure.axes[1].texts[0].get_text()
    assert to_png(figure)[:4] == b"\x89PNG"


def test_one_case_alone_is_drawn_alone():
    assert len(draw_grid([picture(1)]).axes) == 1
