"""From scores to bytes."""

import numpy as np
import torch

from isocenter.learning.inference.sliding_window import Slab
from isocenter.learning.inference.to_labels import both, labels_into, probabilities_into, regions_into


def slabs(scores: torch.Tensor, axis: int) -> list[Slab]:
    """(K, *S) cut into rows of two along an axis."""
    parts = scores.split(2, dim=axis + 1)
    return [Slab(axis=axis, first=2 * i, scores=part.clone()) for i, part in enumerate(parts)]


def test_the_highest_score_names_the_class_along_any_axis() -> None:
    scores = torch.randn(4, 5, 6, 7)
    for axis in range(3):
        labels = np.zeros((5, 6, 7), np.uint8)
        for slab in slabs(scores, axis):
            labels_into(labels)(slab)
        assert (labels == scores.argmax(0).numpy()).all()


def test_probabilities_are_bytes_that_sum_to_255() -> None:
    scores = torch.randn(3, 8, 9)
    probabilities, labels = np.zeros((3, 8, 9), np.uint8), np.zeros((8, 9), np.uint8)
    for slab in slabs(scores, 1):
        both(labels_into(labels), probabilities_into(probabilities))(slab)
    assert np.abs(probabilities / 255 - scores.softmax(0).numpy()).max() <= 0.5 / 255 + 1e-6
    assert (labels == scores.argmax(0).numpy()).all()


def test_overlapping_regions_are_cut_at_one_half() -> None:
    scores = torch.randn(2, 4, 6)
    regions, probabilities = np.zeros((2, 4, 6), bool), np.zeros((2, 4, 6), np.uint8)
    for slab in slabs(scores, 0):
        both(regions_into(regions), probabilities_into(probabilities, overlapping=True))(slab)
    assert (regions == (scores.sigmoid() > 0.5).numpy()).all()
    assert np.abs(probabilities / 255 - scores.sigmoid().numpy()).max() <= 0.5 / 255 + 1e-6
