"""The head: shares sum to one inside, age widens the fluid, distances are those of geometry."""

import numpy as np
import pytest

from isocenter.phantoms.brain.head import ball_distance, draw_head, step, tissue_shares, tube_distance
from isocenter.phantoms.brain.settings import BRAIN


def slab(z=14.0, step_mm=2.0):
    x, y = np.meshgrid(np.arange(-80, 80, step_mm), np.arange(-98, 98, step_mm), indexing="ij")
    return np.stack([x, y, np.full_like(x, z)]).astype(np.float32)


def head(age, seed=3):
    return draw_head(BRAIN, np.random.default_rng(seed), age)


def test_shares_sum_to_one_inside_and_to_zero_outside():
    total = sum(tissue_shares(head(60), slab(), 1.0).values())
    assert np.abs(total[40, 49] - 1) < 1e-5
    assert total[0].max() == 0
    assert total.min() >= 0
    assert total.max() < 1 + 1e-5
    inside = total > 0.999
    assert 0.3 < inside.mean() < 0.8


def test_age_widens_ventricles_and_sulci_of_the_same_person():
    young, old = (tissue_shares(head(age), slab(), 1.0)["csf"] for age in (35, 85))
    middle = np.hypot(*slab()[:2]) < 40
    assert old[middle].sum() > 1.4 * young[middle].sum()  # ventricles
    assert old[~middle].sum() > 1.2 * young[~middle].sum()  # sulci


def test_the_cortex_is_a_ribbon_of_about_its_thickness():
    """Along a line inward from the top of a gyrus: fluid, then gray, then white."""
    held = head(50)
    order = {name: share.sum() for name, share in tissue_shares(held, slab(), 1.0).items()}
    assert 0.4 < order["gray"] / order["white"] < 2.0


def test_the_distance_from_a_straight_tube_is_that_from_its_axis_less_the_radius():
    points = np.array([[0.0, 5.0, 0.0], [0.0, 0.0, 0.0], [0.0, 3.0, 14.0]], np.float32)
    found = tube_distance(points, ((0, 0, 0, 2.0), (0, 0, 10, 2.0)))
    np.testing.assert_allclose(found, [-2.0, np.hypot(5, 0) - 2.0, 2.0], atol=1e-5)


def test_the_distance_from_a_ball_is_exact():
    points = np.array([[0.0, 9.0], [0.0, 0.0], [7.0, 0.0]], np.float32)
    np.testing.assert_allclose(ball_distance(points, (0, 0, 0), (4, 4, 4)), [3.0, 5.0], atol=1e-5)


@pytest.mark.parametrize(("distance", "share"), [(-1.0, 0.0), (0.0, 0.5), (0.25, 0.75), (3.0, 1.0)])
def test_a_border_is_a_ramp_of_its_width(distance, share):
    assert float(step(np.array([distance]), 1.0)[0]) == share
