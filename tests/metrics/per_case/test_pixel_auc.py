"""Pixel AUC of a case, inside the region."""

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from isocenter.core.image import held_image
from isocenter.metrics.per_case.pixel_auc import METRIC

from ..pairs import mask_pair, values


def measured(truth, p, *, region=None, two_channels=True, dtype=float):
    pair = mask_pair(truth, truth, names=("background", "vessel"), region=region)
    scaled = p * 255 if dtype is np.uint8 else p
    samples = np.stack([1 - scaled, scaled]) if two_channels else scaled[None]
    map_ = held_image(samples.astype(dtype), pair.truth.grid)
    return values(
        METRIC(mask_pair(truth, truth, names=("background", "vessel"), region=region, extras={"organ:probability": map_}))
    )


def test_it_equals_scikit_learns_inside_the_region(rng):
    truth, p, region = (rng.random((30, 30)) < 0.3).astype(int), rng.random((30, 30)), rng.random((30, 30)) < 0.6
    theirs = roc_auc_score(truth[region], p[region])
    assert measured(truth, p, region=region)["pixel_auc"] == pytest.approx(theirs)
    assert measured(truth, p, region=region, two_channels=False)["pixel_auc_vessel"] == pytest.approx(theirs)
    assert measured(truth, p, region=region, dtype=np.uint8)["pixel_auc"] == pytest.approx(theirs, abs=0.01)


def test_without_a_map_it_is_nan():
    assert math.isnan(values(METRIC(mask_pair([[1, 0]], [[1, 0]])))["pixel_auc"])


def test_levels_of_a_large_map_change_less_than_1e_4(rng, monkeypatch):
    truth, p = (rng.random((60, 60)) < 0.3).astype(int), rng.random((60, 60))
    exact = measured(truth, p)["pixel_auc"]
    monkeypatch.setattr("isocenter.metrics.ranking._MOST_RANKED", 10)
    assert measured(truth, p)["pixel_auc"] == pytest.approx(exact, abs=1e-4)
    assert measured(truth, p)["pixel_auc"] != exact
