"""Surface distances equal `surface-distance`'s, and geometry one can do by hand."""

import math
import warnings

import numpy as np
import pytest
from scipy import ndimage

from isocenter.core.errors import GeometryError
from isocenter.metrics.surface_distance import (
    directed_means,
    mean_surface_distance,
    robust_hausdorff,
    surface_dice,
    surface_distances,
)
from isocenter.metrics.surface_elements import element_sizes, neighbour_codes

lookup_tables = pytest.importorskip("surface_distance.lookup_tables")
theirs = pytest.importorskip("surface_distance.metrics")


def random_blobs(rng, ndim):
    """Two related masks, smooth or ragged, sometimes touching the border."""
    shape = tuple(rng.integers(6, 40 if ndim == 2 else 22, ndim))
    base = ndimage.gaussian_filter(rng.normal(size=shape), rng.uniform(0, 2.5))
    other = base + rng.uniform(0, 1) * base.std() * ndimage.gaussian_filter(rng.normal(size=shape), 1.0) / 0.3
    cut = np.quantile(base, rng.uniform(0.3, 0.9))
    truth, answer = base > cut, other > cut
    truth.flat[0] = answer.flat[-1] = True  # never empty
    return truth, answer, tuple(rng.uniform(0.3, 4.0, ndim))


@pytest.mark.parametrize("seed", range(200))
def test_two_hundred_anisotropic_pairs_equal_surface_distance(seed):
    rng = np.random.default_rng(seed)
    truth, answer, spacing = random_blobs(rng, 2 + seed % 2)
    tolerance = rng.uniform(0.0, 4.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls names scipy has moved
        expected = theirs.compute_surface_distances(truth, answer, spacing)
    ours = surface_distances(truth, answer, spacing=spacing)
    assert robust_hausdorff(ours) == pytest.approx(theirs.compute_robust_hausdorff(expected, 95), abs=1e-4)
    assert robust_hausdorff(ours, percent=100) == pytest.approx(theirs.compute_robust_hausdorff(expected, 100), abs=1e-4)
    assert surface_dice(ours, tolerance=tolerance) == pytest.approx(
        theirs.compute_surface_dice_at_tolerance(expected, tolerance), abs=1e-6
    )
    means = theirs.compute_average_surface_distance(expected)
    assert directed_means(ours) == pytest.approx(means, abs=1e-4)
    assert mean_surface_distance(ours) == pytest.approx(np.mean(means), abs=1e-4)


@pytest.mark.parametrize("spacing", [(1, 1, 1), (1, 2, 3), (0.7, 0.3, 2.2), (5, 0.1, 1)])
def test_every_cell_has_the_area_of_surface_distances_table(spacing):
    np.testing.assert_allclose(
        element_sizes(spacing), lookup_tables.create_table_neighbour_code_to_surface_area(spacing), atol=1e-12
    )


@pytest.mark.parametrize("spacing", [(1, 1), (1, 2), (0.7, 0.3)])
def test_every_square_has_the_length_of_surface_distances_table(spacing):
    np.testing.assert_allclose(
        element_sizes(spacing), lookup_tables.create_table_neighbour_code_to_contour_length(spacing), atol=1e-12
    )


def test_a_search_tree_gives_what_a_distance_map_gives(monkeypatch):
    truth, answer, spacing = random_blobs(np.random.default_rng(7), 3)
    mapped = surface_distances(truth, answer, spacing=spacing)
    monkeypatch.setattr("isocenter.metrics.nearest._MAP_SAMPLES", 0)
    searched = surface_distances(truth, answer, spacing=spacing)
    np.testing.assert_allclose(searched.truth_to_answer, mapped.truth_to_answer, atol=1e-9)
    np.testing.assert_allclose(searched.answer_to_truth, mapped.answer_to_truth, atol=1e-9)


def slab(start, stop, shape=(30, 12, 12)):
    mask = np.zeros(shape, bool)
    mask[start:stop, 2:10, 2:10] = True
    return mask


def test_a_face_moved_by_three_samples_of_2_mm_is_6_mm_away():
    found = surface_distances(slab(5, 15), slab(5, 18), spacing=(2.0, 1.0, 1.0))
    assert robust_hausdorff(found, percent=100) == pytest.approx(6.0)


def test_a_rectangle_has_its_perimeter_less_the_cut_corners():
    mask = np.zeros((20, 20), bool)
    mask[4:14, 5:10] = True  # 10 x 5 samples; each corner is cut by a diagonal of half samples
    sizes = element_sizes((1.0, 1.0))[neighbour_codes(mask)]
    assert sizes.sum() == pytest.approx(2 * (9 + 4) + 4 * math.sqrt(0.5))


def test_the_area_of_a_ball_comes_near_4_pi_r2_whatever_the_spacing():
    for spacing in ((1, 1, 1), (1, 1, 2.5)):
        axes = [np.arange(-14, 14.01, s) for s in spacing]
        ball = sum(a**2 for a in np.meshgrid(*axes, indexing="ij")) <= 144
        area = element_sizes(spacing)[neighbour_codes(ball)].sum()
        assert 1.0 < area / (4 * np.pi * 144) < 1.2  # a staircase is longer than the slope


def test_the_same_mask_is_at_distance_zero_with_full_surface_dice():
    same = surface_distances(slab(5, 15), slab(5, 15), spacing=(1, 1, 1))
    assert robust_hausdorff(same) == mean_surface_distance(same) == 0.0
    assert surface_dice(same, tolerance=0.0) == 1.0


def test_surface_dice_rises_with_the_tolerance_to_one():
    found = surface_distances(slab(5, 15), slab(7, 18), spacing=(1, 1, 1))
    steps = [surface_dice(found, tolerance=t) for t in (0, 1, 2, 3, 50)]
    assert steps == sorted(steps)
    assert steps[0] < 1.0
    assert steps[-1] == 1.0


def test_one_empty_mask_is_a_miss_and_two_are_nan():
    full, empty = slab(5, 15), np.zeros((30, 12, 12), bool)
    missed, nothing = surface_distances(full, empty, spacing=(1, 1, 1)), surface_distances(empty, empty, spacing=(1, 1, 1))
    assert missed.missed
    assert robust_hausdorff(missed) == mean_surface_distance(missed) == math.inf
    assert surface_dice(missed, tolerance=3.0) == 0.0
    assert nothing.empty
    assert not nothing.missed
    assert math.isnan(robust_hausdorff(nothing))
    assert math.isnan(mean_surface_distance(nothing))
    assert math.isnan(surface_dice(nothing, tolerance=3.0))


def test_moving_and_flipping_both_masks_changes_nothing(rng):
    truth, answer, spacing = random_blobs(rng, 3)
    pad = lambda m, before: np.pad(m, [(before, 7 - before)] * 3)  # noqa: E731
    first = surface_distances(pad(truth, 2), pad(answer, 2), spacing=spacing)
    moved = surface_distances(pad(truth, 5)[::-1], pad(answer, 5)[::-1], spacing=spacing)
    np.testing.assert_allclose(first.truth_to_answer, moved.truth_to_answer)
    assert first.truth_size.sum() == pytest.approx(moved.truth_size.sum())


def test_distances_scale_with_the_spacing(rng):
    truth, answer, spacing = random_blobs(rng, 2)
    small = surface_distances(truth, answer, spacing=spacing)
    large = surface_distances(truth, answer, spacing=tuple(3 * s for s in spacing))
    assert robust_hausdorff(large) == pytest.approx(3 * robust_hausdorff(small))


def test_shapes_and_axes_must_fit():
    with pytest.raises(GeometryError, match="one shape"):
        surface_distances(np.ones((3, 3), bool), np.ones((3, 4), bool), spacing=(1, 1))
    with pytest.raises(GeometryError, match="two or three axes"):
        element_sizes((1.0,))
