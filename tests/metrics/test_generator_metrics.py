"""Scores of generators against what their definitions give by hand, or by an independent implementation."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.metrics.neighborhoods import inside
from isocenter.metrics.per_cohort import fid, generator_precision, generator_recall, kid, two_sample_auc
from isocenter.metrics.per_cohort.fid import frechet
from isocenter.metrics.per_cohort.kid import squared_discrepancy
from isocenter.metrics.per_cohort.two_sample_auc import out_of_fold

METRICS = (kid, fid, generator_precision, generator_recall, two_sample_auc)


def images(rng, count, *, bright=0.0):
    return [held_image(rng.random((1, 32, 32)).astype(np.float32) + bright, plain_grid((32, 32))) for _ in range(count)]


def test_the_discrepancy_is_the_unbiased_double_sum(rng):
    real, made = rng.standard_normal((5, 3)), rng.standard_normal((5, 3)) + 1

    def kernel(a, b):
        return (a @ b / 3 + 1) ** 3

    pairs = [(i, j) for i in range(5) for j in range(5) if i != j]
    by_hand = (
        sum(kernel(real[i], real[j]) + kernel(made[i], made[j]) for i, j in pairs) / len(pairs)
        - 2 * sum(kernel(real[i], made[j]) for i in range(5) for j in range(5)) / 25
    )
    assert squared_discrepancy(real, made, np.ones((1, 5)))[0] == pytest.approx(by_hand)


def test_a_resample_is_the_estimate_of_the_images_drawn(rng):
    real, made = rng.standard_normal((6, 3)), rng.standard_normal((6, 3))
    kept = [0, 2, 3, 5]
    weights = np.isin(np.arange(6), kept)[None].astype(float)
    alone = squared_discrepancy(real[kept], made[kept], np.ones((1, 4)))
    np.testing.assert_allclose(squared_discrepancy(real, made, weights), alone)


def test_the_discrepancy_of_one_origin_is_zero_on_average(rng):
    drawn = [
        squared_discrepancy(rng.standard_normal((30, 4)), rng.standard_normal((30, 4)), np.ones((1, 30)))[0] for _ in range(300)
    ]
    assert np.mean(drawn) == pytest.approx(0, abs=3 * np.std(drawn) / np.sqrt(300))


def test_the_frechet_distance_of_gaussians_is_the_closed_form(rng):
    # diagonal covariances: |m - n|² + Σ (sqrt a - sqrt b)²
    real = multivariate_normal([0, 0], np.diag([1, 4])).rvs(40_000, random_state=1)
    made = multivariate_normal([3, 0], np.diag([9, 4])).rvs(40_000, random_state=2)
    assert frechet(real, made, np.ones(len(real))) == pytest.approx(9 + 4, rel=0.03)


def test_the_mean_of_resampled_shares_is_the_share(rng):
    points, of = rng.standard_normal((60, 2)) * 1.5, rng.standard_normal((60, 2))
    weights = rng.multinomial(60, [1 / 60] * 60, size=400).astype(float)
    share = inside(points, of, np.ones((1, 60)))[0]
    assert 0.2 < share < 0.98
    assert inside(points, of, weights).mean() == pytest.approx(share, abs=0.02)


def test_few_images_get_no_frechet_distance(rng):
    assert np.isnan(fid.METRIC.function(images(rng, 20), images(rng, 20), np.ones((1, 20)))[0])


def test_precision_is_lost_by_what_lies_outside_and_recall_by_what_is_left_out(rng):
    real = np.concatenate([rng.normal(0, 0.1, (50, 2)), rng.normal(10, 0.1, (50, 2))])
    one_mode = rng.normal(0, 0.1, (100, 2))
    astray = np.concatenate([rng.normal(0, 0.1, (50, 2)), rng.normal(100, 0.1, (50, 2))])
    ones = np.ones((1, 100))
    assert inside(one_mode, real, ones)[0] > 0.9
    assert inside(real, one_mode, ones)[0] == pytest.approx(0.5, abs=0.1)
    assert inside(astray, real, ones)[0] == pytest.approx(0.5, abs=0.1)
    assert np.isnan(inside(real[:3], real[:3], np.ones((1, 3)))[0])


def test_a_classifier_cannot_tell_one_origin_and_tells_two(rng):
    real, same = rng.standard_normal((200, 5)), rng.standard_normal((200, 5))
    for made, low, high in ((same, 0.35, 0.62), (same + 2, 0.97, 1.0)):
        a, b = out_of_fold(real, made)
        assert low <= (b[:, None] > a[None]).mean() <= high


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.METRIC.name)
def test_each_takes_images_and_resamples(metric, rng):
    weights = rng.multinomial(24, [1 / 24] * 24, size=5).astype(float)
    values = metric.METRIC.function(images(rng, 24), images(rng, 24, bright=0.5), weights)
    assert values.shape == (5,)
    assert np.isfinite(values).all() or metric is fid


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.METRIC.name)
def test_no_image_is_no_number(metric):
    assert np.isnan(metric.METRIC.function([], [], np.ones((2, 0)))).all()
