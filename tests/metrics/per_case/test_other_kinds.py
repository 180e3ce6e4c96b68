"""Points, boxes, images, graphs and texts: one case measured."""

import math

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.core.graph import Graph
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case import box_f1, edge_error, exact_match, image_error, point_f1, psnr, word_f1

ROW = [(0, 0), (10, 0), (20, 0)]


def places(world, *, extent=None):
    world = np.asarray(world, float).reshape(-1, 2)
    return Points(
        world=world,
        kind=np.zeros(len(world), np.intp),
        score=np.full(len(world), np.nan),
        names=("cell",),
        extent=None if extent is None else np.broadcast_to(np.asarray(extent, float), world.shape),
    )


def measured(metric, truth, answer, *, kind="text", region=None):
    target = Target(name="t", type=kind, columns=("t",))
    pair = Pair(case="a", target=target, truth=truth, answer=answer, region=region)
    return {m.name: m.value for m in metric.METRIC(pair)}


def picture(values, **options):
    return held_image(np.asarray(values, float)[None], plain_grid(np.shape(values)), **options)


@pytest.mark.parametrize("metric", [point_f1, box_f1, image_error, psnr, edge_error])
def test_a_metric_is_silent_on_other_kinds(metric):
    assert measured(metric, "text", "text") == {}


def test_two_of_three_points_and_one_too_many():
    found = measured(point_f1, places(ROW), places([*ROW[:2], (50, 0), (60, 0)]))
    assert found == pytest.approx({"point_f1": 4 / 7, "point_precision": 1 / 2, "point_recall": 2 / 3})


@pytest.mark.parametrize(("shift", "f1"), [(0.5, 1.0), (1.0, 0.0)])
def test_boxes_pair_from_an_overlap_of_one_half(shift, f1):
    """Squares of 2 shifted by 0.5 share 3 / 5 of their union, by 1 a third."""
    found = measured(box_f1, places(ROW, extent=(2, 2)), places(np.add(ROW, (shift, 0)), extent=(2, 2)), kind="boxes")
    assert found == {"box_f1": f1, "box_precision": f1, "box_recall": f1}


def test_an_offset_is_the_image_error_in_its_unit():
    truth = picture([[0.0, 10.0], [20.0, 30.0]], unit="HU")
    pair = Pair(
        case="a",
        target=Target(name="t", type="image", columns=("t",)),
        truth=truth,
        answer=picture(truth.array()[0] - 3, unit="HU"),
    )
    (one,) = image_error.METRIC(pair)
    assert (one.value, one.unit) == (3.0, "HU")


def test_psnr_is_range_over_root_mean_square_error():
    assert measured(psnr, picture([[0.0, 100.0]]), picture([[1.0, 99.0]]))["psnr"] == pytest.approx(40.0)
    assert math.isnan(measured(psnr, picture([[0.0, 100.0]]), picture([[0.0, 100.0]]))["psnr"])


def test_only_the_region_and_what_is_known_counts():
    truth, answer = picture([[0.0, 0.0, np.nan, 0.0]]), picture([[1.0, 9.0, 9.0, 3.0]])
    region = held_mask(np.array([[1, 0, 1, 1]], np.uint8), truth.grid, ("out", "in"))
    assert measured(image_error, truth, answer, region=region) == {"image_error": 2.0}


def test_an_answer_of_another_shape_is_refused():
    with pytest.raises(GeometryError, match=r"case a: expected an answer of shape \(1, 1, 2\)"):
        measured(image_error, picture([[0.0, 1.0]]), picture([[0.0, 1.0, 2.0]]))


def test_a_missing_edge_weighs_nothing_and_direction_does_not_matter():
    truth = Graph(nodes=np.zeros((3, 1)), edges=np.array([(0, 1), (1, 2)]), weight=np.array([1.0, 2.0]))
    answer = Graph(nodes=np.zeros((3, 1)), edges=np.array([(1, 0)]), weight=np.array([1.5]))
    assert measured(edge_error, truth, answer) == {"edge_error": pytest.approx((0.5 + 2.0) / 2)}


def test_graphs_without_edges_are_not_measurable():
    empty = Graph(nodes=np.zeros((3, 1)), edges=np.zeros((0, 2), int), weight=np.zeros(0))
    assert math.isnan(measured(edge_error, empty, empty)["edge_error"])


@pytest.mark.parametrize(
    ("truth", "answer", "f1", "same"),
    [
        ("No nodule.", "no nodule", 1.0, 1.0),
        ("nodule no", "no nodule", 1.0, 0.0),
        ("no nodule", "nodule nodule", 0.5, 0.0),
        ("a b", "c d", 0.0, 0.0),
        ("a", "", 0.0, 0.0),
    ],
)
def test_words_are_counted_as_often_as_they_stand(truth, answer, f1, same):
    assert measured(word_f1, truth, answer) == pytest.approx({"word_f1": f1})
    assert measured(exact_match, truth, answer) == {"exact_match": same}


def test_two_empty_texts_are_not_measurable():
    assert math.isnan(measured(word_f1, "", " .")["word_f1"])
