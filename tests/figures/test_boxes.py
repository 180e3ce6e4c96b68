"""Boxes on paper lie where they lie in the image."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import held_image
from isocenter.core.points import Points
from isocenter.figures.cases.boxes import draw_boxes, on_paper
from isocenter.figures.orient import View, upright


def boxes(world, extent, score=np.nan):
    world, extent = np.array(world, float), np.array(extent, float)
    return Points(world=world, kind=np.zeros(len(world), np.intp), score=np.full(len(world), score), names=("a",), extent=extent)


def test_of_a_picture_x_runs_right_and_y_down():
    found = on_paper(boxes([[10, 4]], [[6, 2]]), plain_grid((30, 20)), View(plane="picture"))
    np.testing.assert_allclose(found, [[7, 3, 6, 2]])


@pytest.mark.parametrize("signs", [(-1, -1, 1), (1, 1, 1), (1, -1, -1)])
@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
def test_of_a_volume_it_lies_on_the_bright_samples(signs, plane):
    shape = (12, 14, 10)
    affine = np.diag([2.0 * signs[0], 2.0 * signs[1], 2.0 * signs[2], 1.0])
    grid = Grid(shape=shape, affine=as_affine(affine), world="ras_mm")
    bright = np.zeros(shape, bool)
    bright[2:5, 6:12, 1:3] = True
    index = np.array([[3.0, 8.5, 1.5]])
    made = boxes(grid.to_world(index), [[2 * 2.0, 5 * 2.0, 1 * 2.0]])
    view = View(plane=plane, index={"axial": 2, "coronal": 8, "sagittal": 3}[plane])
    rows, columns = np.nonzero(upright(bright, grid, view).samples)
    ((x, y, width, height),) = on_paper(made, grid, view)
    assert (x, x + width) == pytest.approx((columns.min(), columns.max()))
    assert (y, y + height) == pytest.approx((rows.min(), rows.max()))
    assert len(on_paper(made, grid, View(plane=plane, index=9 if plane != "coronal" else 1))) == 0


def test_boxes_below_a_half_are_left_out(rng):
    image = held_image(rng.random((1, 30, 20)), plain_grid((30, 20)))
    truth, weak, strong = boxes([[10, 4]], [[6, 2]]), boxes([[10, 4]], [[6, 2]], 0.4), boxes([[10, 4]], [[6, 2]], 0.6)
    counts = [
        sum(isinstance(patch, Rectangle) for patch in draw_boxes(image, truth, {"model": answer}).axes[1].patches)
        for answer in (weak, strong)
    ]
    assert counts == [1, 2]
