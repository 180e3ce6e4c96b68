"""Back to the image's own samples, against scipy's interpolation."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from isocenter.learning.inference.sliding_window import Slab
from isocenter.learning.inference.to_grid import GridReceiver


def sent(receiver: GridReceiver, scores: torch.Tensor, axis: int, rows: int) -> None:
    for i, part in enumerate(scores.split(rows, dim=axis + 1)):
        buffer = part.clone()
        receiver(Slab(axis=axis, first=i * rows, scores=buffer))
        buffer.fill_(torch.nan)  # a slab is valid only while the receiver runs


def zoomed(scores: torch.Tensor, shape: tuple[int, ...]) -> np.ndarray:
    factors = [o / i for o, i in zip(shape, scores.shape[1:], strict=True)]
    return np.stack([ndimage.zoom(s.numpy(), factors, order=1, mode="nearest", grid_mode=True) for s in scores])


@pytest.mark.parametrize("rows", [1, 2, 5, 100])
@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("shape", [(6, 7, 8), (12, 9, 20), (3, 7, 5), (13, 2, 8)])
def test_classes_are_those_of_linearly_interpolated_scores(shape: tuple[int, ...], axis: int, rows: int) -> None:
    scores = torch.randn(3, 6, 7, 8, generator=torch.manual_seed(0))
    labels, probabilities = np.full(shape, 99, np.uint8), np.zeros((3, *shape), np.uint8)
    sent(GridReceiver((6, 7, 8), shape, labels=labels, probabilities=probabilities), scores, axis, rows)
    expected = zoomed(scores, shape)
    assert (labels == expected.argmax(0)).mean() > 0.999  # a tie may fall either way
    soft = torch.from_numpy(expected).softmax(0).numpy()
    assert np.abs(probabilities / 255 - soft).max() <= 0.5 / 255 + 1e-4


def test_overlapping_regions_are_written_each_for_itself() -> None:
    scores = torch.randn(2, 6, 7, generator=torch.manual_seed(0))
    labels = np.zeros((2, 9, 14), bool)
    sent(GridReceiver((6, 7), (9, 14), labels=labels, overlapping=True), scores, 0, 2)
    assert (labels == (zoomed(scores, (9, 14)) > 0)).all()
