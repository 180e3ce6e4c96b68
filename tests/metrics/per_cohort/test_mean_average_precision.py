"""Mean average precision of boxes, worked out by hand."""

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.core.points import Points
from isocenter.metrics.per_cohort.mean_average_precision import METRIC

NAMES = ("cell", "dust")


def boxes(*rows, side=10.0):
    """Rows of (place along a line, kind, score)."""
    table = np.array(rows, float).reshape(-1, 3)
    world = np.stack([table[:, 0], np.zeros(len(table))], axis=1)
    return Points(
        world=world, kind=table[:, 1].astype(np.intp), score=table[:, 2], names=NAMES, extent=np.full((len(table), 2), side)
    )


def value(truths, answers, weights=None):
    given = np.ones((1, len(truths))) if weights is None else np.asarray(weights, float)
    return METRIC.function(truths, answers, given)


def test_the_area_is_that_of_the_falling_precision():
    # right, wrong, right, missed: precision 1 at recall 1/3, 2/3 at 2/3 -> 1/3 * 1 + 1/3 * 2/3 = 5/9
    truth = boxes((0, 0, np.nan), (100, 0, np.nan), (200, 0, np.nan))
    answer = boxes((1, 0, 0.9), (50, 0, 0.8), (101, 0, 0.7))
    assert value([truth], [answer])[0] == pytest.approx(5 / 9)


def test_a_second_box_on_the_same_object_is_wrong():
    truth = boxes((0, 0, np.nan), (100, 0, np.nan))
    answer = boxes((0, 0, 0.9), (1, 0, 0.8), (100, 0, 0.7))
    assert value([truth], [answer])[0] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_kinds_are_averaged_and_one_that_never_occurs_is_left_out():
    truth = boxes((0, 0, np.nan), (100, 1, np.nan))
    assert value([truth], [boxes((0, 0, 0.9), (100, 0, 0.8))])[0] == pytest.approx(0.5)  # the dust is missed
    assert value([boxes((0, 0, np.nan))], [boxes((0, 0, 0.9), (50, 1, 0.9))])[0] == 1.0
    assert np.isnan(value([boxes()], [boxes((0, 0, 0.9))])[0])


def test_a_box_that_overlaps_less_than_half_is_wrong():
    truth = boxes((0, 0, np.nan))
    assert value([truth], [boxes((3.3, 0, 0.9))])[0] == 1.0  # IoU 6.7 / 13.3
    assert value([truth], [boxes((3.4, 0, 0.9))])[0] == 0.0


def test_images_are_pooled_and_a_weight_of_two_is_the_image_twice():
    truths = [boxes((0, 0, np.nan)), boxes((0, 0, np.nan))]
    answers = [boxes((0, 0, 0.6)), boxes((40, 0, 0.9))]
    weighted = value(truths, answers, [[1, 1], [2, 1], [0, 1]])
    assert weighted[0] == pytest.approx(value(truths, answers)[0]) == pytest.approx(0.5 * 0.5)
    assert weighted[1] == pytest.approx(value([truths[0], *truths], [answers[0], *answers])[0])
    assert weighted[2] == 0.0


def test_what_has_no_boxes_is_refused():
    points = Points(world=np.zeros((1, 2)), kind=np.zeros(1, np.intp), score=np.zeros(1), names=NAMES)
    with pytest.raises(StudyError, match="expected boxes"):
        value([points], [points])
