"""What is drawn of an attribution and of associations: strong places in color, every number in the table."""

import numpy as np

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.figures.associations import draw_associations
from isocenter.figures.cases.attribution import ExplainedCase, draw_attribution
from isocenter.figures.style import to_png
from isocenter.metrics.association import Slope


def row(shape=(12, 9), **changes):
    grid = plain_grid(shape)
    values = np.zeros((1, *shape), np.float32)
    values[(0, *(n // 3 for n in shape))] = 2.0
    values[(0, *(n - 1 for n in shape))] = -1.0
    image = held_image(np.random.default_rng(0).random((1, *shape)), grid)
    plain = {"title": "a", "image": image, "map": held_image(values, grid), "deletion": (2, 1, 0), "insertion": (0, 1, 2)}
    return ExplainedCase(**{**plain, **changes})


def test_a_place_for_is_orange_and_one_against_blue_the_rest_is_clear():
    figure = draw_attribution([row()])
    painted = figure.axes[1].images[-1].get_array()
    strong, weak = painted[3, 4], painted[8, 11]  # (rows, columns) of (X, Y)
    assert strong[3] > weak[3] > 0
    assert strong[0] > strong[2]
    assert weak[2] > weak[0]
    assert painted[0, 0, 3] == 0


def test_the_slice_with_the_strongest_place_is_shown():
    painted = draw_attribution([row((12, 9, 6))]).axes[1].images[-1].get_array()
    assert painted[..., 3].max() > 0


def test_a_case_without_image_or_curves_is_drawn_and_a_map_of_nothing_too():
    empty = held_image(np.zeros((1, 12, 9), np.float32), plain_grid((12, 9)))
    assert len(to_png(draw_attribution([row(image=None, deletion=(), insertion=()), row(map=empty)]))) > 1000


def test_maps_of_one_scale_can_be_compared():
    faint, own = (draw_attribution([row(top=top)]).axes[1].images[-1].get_array() for top in (20.0, 0.0))
    assert faint[..., 3].max() < 0.2 * own[..., 3].max()


def test_without_curves_there_is_no_column_for_them():
    assert len(draw_attribution([row(deletion=(), insertion=())]).axes) == 2


def test_every_slope_stands_in_the_table():
    def slope(name, value):
        return Slope(name=name, value=value, ci95=(value - 0.1, value + 0.1), p=0.01, patients=20, cases=20)

    figure = draw_associations({"automatic": [slope("age", 0.5), slope("sex=m", -0.25)], "truth": [slope("age", 0.4)]})
    (table,) = figure.axes[1].tables
    words = [cell.get_text().get_text() for cell in table.get_celld().values()]
    assert "+0.50 (+0.40 to +0.60)" in words
    assert "-0.25 (-0.35 to -0.15)" in words
    assert "" in words  # what was not measured says nothing
    assert len(to_png(figure)) > 1000
