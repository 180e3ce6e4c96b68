"""Pixel average precision: against scikit-learn, in the region alone, and what a mask without a map gives."""

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case.pixel_average_precision import METRIC

NAMES = ("background", "lesion")
GRID = plain_grid((6, 5))
TARGET = Target(name="spot", type="mask", columns="spot", classes=NAMES)


def measured(truth, p=None, region=None):
    extras = {} if p is None else {"spot:probability": held_image(p[None].astype(np.float32), GRID, channels=("lesion",))}
    answer = held_mask(truth, GRID, NAMES)
    where = None if region is None else held_mask(region.astype(np.uint8), GRID, ("outside", "inside"))
    pair = Pair(case="a", target=TARGET, truth=held_mask(truth, GRID, NAMES), answer=answer, region=where, extras=extras)
    return {m.name: m.value for m in METRIC(pair)}


@pytest.fixture
def drawn():
    rng = np.random.default_rng(0)
    return (rng.random(GRID.shape) < 0.3).astype(np.uint8), rng.random(GRID.shape).astype(np.float32)


def test_it_is_scikit_learns(drawn):
    truth, p = drawn
    assert measured(truth, p)["pixel_average_precision"] == pytest.approx(average_precision_score(truth.ravel(), p.ravel()))


def test_only_the_region_counts(drawn):
    truth, p = drawn
    region = np.arange(30).reshape(6, 5) % 2 == 0
    theirs = average_precision_score(truth[region], p[region])
    assert measured(truth, p, region)["pixel_average_precision_lesion"] == pytest.approx(theirs)


def test_without_a_map_or_a_lesion_nothing_is_measured(drawn):
    truth, p = drawn
    assert math.isnan(measured(truth)["pixel_average_precision"])
    assert math.isnan(measured(np.zeros_like(truth), p)["pixel_average_precision"])
