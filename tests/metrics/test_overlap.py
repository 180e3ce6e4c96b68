"""Overlap equals MONAI's where both are defined, and is honest where MONAI's is not."""

import math

import numpy as np
import pytest
import torch
from monai.metrics import ConfusionMatrixMetric, DiceMetric, MeanIoU

from isocenter.core.errors import GeometryError, StudyError
from isocenter.metrics.confusion import Counts, confusion_matrix, counts_of_class, counts_of_masks
from isocenter.metrics.overlap import dice, iou, precision, recall, specificity


def random_labels(rng, shape, classes):
    return rng.integers(0, classes, shape)


def one_hot(labels, classes):
    return torch.from_numpy(np.stack([labels == c for c in range(classes)])[None].astype(np.float32))


@pytest.mark.parametrize("shape", [(31, 17), (9, 12, 7)])
@pytest.mark.parametrize("classes", [2, 5])
def test_ratios_equal_monai(shape, classes, rng):
    for _ in range(10):
        truth, answer = random_labels(rng, shape, classes), random_labels(rng, shape, classes)
        matrix = confusion_matrix(truth, answer, classes)
        t, a = one_hot(truth, classes), one_hot(answer, classes)
        theirs = {
            dice: DiceMetric(reduction="none")(a, t)[0],
            iou: MeanIoU(reduction="none")(a, t)[0],
        }
        for name, function in (("precision", precision), ("recall", recall), ("specificity", specificity)):
            metric = ConfusionMatrixMetric(metric_name=name, compute_sample=True, reduction="none")
            metric(a, t)
            theirs[function] = metric.aggregate()[0][0]
        for function, expected in theirs.items():
            ours = [function(counts_of_class(matrix, c)) for c in range(classes)]
            np.testing.assert_allclose(ours, expected.numpy(), atol=1e-6)


def test_a_square_shifted_by_half_overlaps_by_half():
    truth, answer = np.zeros((2, 20, 20), bool)
    truth[0:10, 0:10] = True
    answer[5:15, 0:10] = True
    counts = counts_of_masks(truth, answer)
    assert (counts.tp, counts.fp, counts.fn, counts.tn) == (50, 50, 50, 250)
    assert dice(counts) == 0.5
    assert iou(counts) == pytest.approx(1 / 3)
    assert precision(counts) == recall(counts) == 0.5


def test_one_empty_mask_gives_zero_and_two_give_nan():
    full, empty = np.ones((4, 4), bool), np.zeros((4, 4), bool)
    assert dice(counts_of_masks(full, empty)) == iou(counts_of_masks(full, empty)) == 0.0
    assert dice(counts_of_masks(empty, full)) == 0.0
    assert math.isnan(dice(counts_of_masks(empty, empty)))
    assert math.isnan(iou(counts_of_masks(empty, empty)))


def test_an_answer_that_claims_nothing_has_no_precision_and_zero_recall():
    counts = counts_of_masks(np.ones((4, 4), bool), np.zeros((4, 4), bool))
    assert math.isnan(precision(counts))
    assert recall(counts) == 0.0


def test_what_lies_outside_the_region_changes_nothing(rng):
    truth, answer, region = rng.random((3, 30, 30)) < 0.5
    before = counts_of_masks(truth, answer, region=region)
    after = counts_of_masks(truth ^ ~region, answer, region=region)
    assert (before.tp, before.fp, before.fn, before.tn) == (after.tp, after.fp, after.fn, after.tn)
    matrix = confusion_matrix(truth.astype(int), answer.astype(int), 2, region=region)
    assert matrix.sum() == region.sum()
    assert matrix[1, 1] == before.tp


def test_slabs_add_up_to_the_whole(rng, monkeypatch):
    truth, answer = rng.integers(0, 3, (2, 40, 10, 10))
    whole = confusion_matrix(truth, answer, 3)
    monkeypatch.setattr("isocenter.metrics.confusion._SLAB_VOXELS", 700)
    np.testing.assert_array_equal(confusion_matrix(truth, answer, 3), whole)


def test_swapping_truth_and_answer_swaps_precision_and_recall():
    counts = Counts(tp=3, fp=2, fn=5, tn=1)
    swapped = Counts(tp=3, fp=5, fn=2, tn=1)
    assert precision(counts) == recall(swapped)
    assert dice(counts) == dice(swapped)


def test_an_unnamed_label_is_refused_with_its_value():
    with pytest.raises(StudyError, match="255"):
        confusion_matrix(np.array([[0, 255]]), np.array([[0, 1]]), 2)


def test_masks_of_different_shapes_are_refused():
    with pytest.raises(GeometryError, match="one grid"):
        counts_of_masks(np.ones((2, 3), bool), np.ones((3, 2), bool))
