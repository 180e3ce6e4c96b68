"""Rings and crosses lie where the points are, whichever way the picture is turned."""

import numpy as np
import pytest

from isocenter.core.grid import Grid, plain_grid
from isocenter.core.image import held_image
from isocenter.core.points import Points
from isocenter.figures.cases.points import draw_points


def points(*places, score=1.0):
    return Points(
        world=np.array(places, float),
        kind=np.zeros(len(places), np.intp),
        score=np.full(len(places), score),
        names=("cell",),
    )


def drawn(figure):
    """Columns and rows of rings and crosses in the second panel."""
    return [sorted(zip(*line.get_data(), strict=True)) for line in figure.axes[1].lines]


def test_points_of_a_picture_lie_at_their_column_and_row():
    image = held_image(np.zeros((1, 30, 20)), plain_grid((30, 20)))
    rings, crosses = drawn(draw_points(image, points((5, 2), (25, 18)), {"model": points((6, 2))}))
    assert rings == [(5, 2), (25, 18)]
    assert crosses == [(6, 2)]


def test_what_the_model_doubts_is_not_drawn():
    image = held_image(np.zeros((1, 30, 20)), plain_grid((30, 20)))
    figure = draw_points(image, points((5, 2)), {"model": points((6, 2), score=0.3)})
    assert drawn(figure)[1] == []
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["truth (1)", "model (0)"]


def test_of_a_volume_the_fullest_slice_is_shown():
    affine = np.diag([1.0, 1.0, 1.0, 1.0])
    grid = Grid(shape=(20, 24, 16), affine=tuple(map(tuple, affine)), world="ras_mm")
    image = held_image(np.zeros((1, *grid.shape)), grid)
    world = grid.to_world(np.array([[3, 4, 10], [15, 20, 10], [8, 8, 2]]))
    figure = draw_points(image, points(*world), {"model": points(*world[:1])})
    rings, crosses = drawn(figure)
    assert len(rings) == 2  # the third lies eight slices away
    assert crosses[0] in rings


def test_without_points_the_image_is_drawn():
    image = held_image(np.zeros((1, 30, 20)), plain_grid((30, 20)))
    none = Points(world=np.zeros((0, 2)), kind=np.zeros(0, np.intp), score=np.zeros(0), names=("cell",))
    assert drawn(draw_points(image, none, {"model": none})) == [[], []]


@pytest.mark.parametrize("count", [3, 200])
def test_many_points_have_small_rings(count):
    image = held_image(np.zeros((1, 64, 64)), plain_grid((64, 64)))
    places = np.random.default_rng(0).integers(0, 64, (count, 2))
    size = draw_points(image, points(*places), {}).axes[1].lines[0].get_markersize()
    assert size == (8.0 if count < 50 else 5.5)
