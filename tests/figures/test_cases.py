"""Single cases are drawn: untransposed, in true proportions, on the slice where most is to be seen."""

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image as Pillow

from isocenter.core.errors import GeometryError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.figures.cases.best_median_worst import Shown, choose, draw_best_median_worst
from isocenter.figures.cases.case import draw_case
from isocenter.figures.cases.outlines import is_thin, window_around
from isocenter.figures.cases.picture import picture_of
from isocenter.figures.cases.side_by_side import draw_side_by_side
from isocenter.figures.cases.three_panels import draw_three_panels
from isocenter.figures.orient import View, middle
from isocenter.figures.slices import of_case
from isocenter.figures.style import to_png
from tests.figures import scenes

SCENES = {"photo": scenes.photo, "thick slices": scenes.scan, "threads": scenes.threads}


def pixels(figure: Figure) -> np.ndarray:
    """The figure as (rows, columns, 3)."""
    return np.asarray(Pillow.open(io.BytesIO(to_png(figure, dpi=100))).convert("RGB")).astype(int)


def draw_with(name: str, image, mask) -> Figure:
    """The figures that show a picture."""
    if name == "case":
        return draw_case(image, mask, {})
    if name == "three panels":
        return draw_three_panels(image, mask)
    if name == "side by side":
        return draw_side_by_side({"Input": image})
    return draw_best_median_worst([Shown(title="a", image=image, truth=mask, answers={})])


@pytest.mark.parametrize("name", ["case", "three panels", "side by side", "best median worst"])
def test_a_wide_color_picture_is_drawn_wide_with_red_on_the_left(name):
    flag = scenes.flag()
    figure = draw_with(name, flag, held_mask(np.zeros((60, 20), np.uint8), flag.grid, scenes.NAMES))
    shown = pixels(figure)
    red, green, blue = (np.argwhere((np.abs(shown - color).sum(axis=2)) < 30) for color in np.eye(3) * 255)
    first = red[:, 0].min()  # the topmost row that shows the picture; its first run of each color, from the left
    runs = [_first_run(part[part[:, 0] == first, 1]) for part in (red, green, blue)]
    assert runs[0][0] < runs[0][1] <= runs[1][0] + 3 < runs[1][1] <= runs[2][0] + 3
    tall = _first_run(red[red[:, 1] == runs[0][0] + 2, 0])
    assert runs[0][1] - runs[0][0] == pytest.approx(tall[1] - tall[0], abs=4)  # a third is 20 by 20 samples: square on paper


def _first_run(places: np.ndarray) -> tuple[int, int]:
    """Start and end of the first unbroken run of numbers."""
    places = np.unique(places)
    gaps = np.flatnonzero(np.diff(places) > 1)
    return int(places[0]), int(places[gaps[0]] if len(gaps) else places[-1]) + 1


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
def test_every_kind_of_case_is_drawn(scene):
    image, truth, answer = scene()
    for figure in (
        draw_case(image, truth, {"model": answer}),
        draw_case(image, truth, {"model": answer, "rater:second": truth}),
        draw_case(None, truth, {"model": answer}),
        draw_case(image, None, {"model": answer}),
        draw_three_panels(image, answer),
        draw_best_median_worst([Shown(title="best", image=image, truth=truth, answers={"model": answer})]),
    ):
        assert pixels(figure).std() > 5


def test_empty_masks_are_drawn_without_outlines():
    image, truth, _ = scenes.scan()
    assert pixels(draw_case(image, scenes.empty(truth), {"model": scenes.empty(truth)})).std() > 5


def test_thick_slices_are_stretched_to_true_proportions():
    image, _, _ = scenes.scan((1.0, 1.0, 4.0))
    coronal = picture_of(image, middle(image.grid, "coronal"))
    assert coronal.samples.shape == (8, 40)
    assert coronal.aspect == pytest.approx(4.0)


def test_the_slice_with_most_marked_is_chosen():
    image, truth, _ = scenes.scan()
    view = of_case(image, (truth,))
    assert (view.plane, view.index) == ("axial", 4)


def test_the_middle_slice_stands_in_where_nothing_is_marked():
    image, truth, _ = scenes.scan()
    assert of_case(image, (scenes.empty(truth),)).index == 4
    assert of_case(image, ()).index == 4


def test_lines_are_thin_and_blocks_are_not():
    assert is_thin(scenes.threads()[1], View(plane="picture"))
    assert not is_thin(scenes.photo()[1], View(plane="picture"))


def test_a_small_structure_gets_a_closer_look_and_a_large_one_none():
    _, truth, _ = scenes.photo()
    grid = plain_grid((90, 60))
    small = np.zeros(grid.shape, np.uint8)
    small[10:14, 40:44] = 1
    speck = held_mask(small, grid, truth.names)
    top, bottom, first, last = window_around({"truth": speck}, View(plane="picture"))
    assert 0 < top <= 40 < 43 <= bottom
    assert first <= 10 < 13 <= last < 60
    assert window_around({"truth": truth}, View(plane="picture")) is None
    assert pixels(draw_case(None, speck, {})).std() > 5


def test_masks_of_another_shape_than_the_image_are_refused():
    image, _, _ = scenes.photo()
    with pytest.raises(GeometryError, match="one shape"):
        draw_case(image, scenes.threads()[1], {})
    with pytest.raises(GeometryError, match="got neither"):
        draw_case(None, None, {})


def test_best_median_and_worst_follow_the_metric():
    values = {"a": 0.9, "b": 0.5, "c": 0.7, "d": float("nan")}
    assert choose(values) == {"best": "a", "median": "c", "worst": "b"}
    assert choose(values, lower_is_better=True) == {"best": "b", "median": "c", "worst": "a"}
    assert choose({"a": 0.9}) == {"only": "a"}
    assert choose({"a": 0.9, "b": 0.8}) == {"best": "a", "worst": "b"}
    assert choose({"a": float("nan")}) == {}


def test_what_is_compared_is_shown_in_one_window():
    grid = plain_grid((12, 10))
    truth = np.linspace(0, 100, 120, dtype=np.float32).reshape(1, 12, 10)
    images = {"Truth": held_image(truth, grid), "Answer": held_image(truth + 50, grid)}
    apart, together = (draw_side_by_side(images, compared=names) for names in ((), ("Truth", "Answer")))
    shown = [[axes.images[0].get_array().mean() for axes in figure.axes] for figure in (apart, together)]
    assert abs(shown[0][0] - shown[0][1]) < 0.02
    assert shown[1][1] > shown[1][0] + 0.2
