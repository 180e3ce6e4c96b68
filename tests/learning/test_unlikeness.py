"""The distance from the learning cases, on features whose covariance is known."""

import numpy as np
import pytest

from isocenter.core.errors import FileError, StudyError
from isocenter.learning.unlikeness import fit_unlikeness, load_unlikeness


@pytest.fixture(scope="module")
def line():
    """Two features that rise together, a third that never moves."""
    rng = np.random.default_rng(0)
    along = rng.standard_normal(400)
    features = np.stack([along, along + 0.1 * rng.standard_normal(400), np.full(400, 5.0)], axis=1)
    return features, fit_unlikeness(features, (2, 1))


def test_a_learning_case_lies_near_1_and_the_mean_at_0(line):
    features, found = line
    distances = [found.distance(row) for row in features]
    # Of three features one does not move: at most two thirds of a mean square of 1 are left, and shrinkage takes some more.
    assert 0.4 < np.mean(np.square(distances)) < 2 / 3
    assert found.distance(features.mean(axis=0)) == pytest.approx(0.0, abs=1e-3)
    assert found.cases == 400


def test_across_what_goes_together_is_farther_than_along_it(line):
    _, found = line
    assert found.distance(np.array([1.0, -1.0, 5.0])) > 5 * found.distance(np.array([1.0, 1.0, 5.0]))


def test_a_feature_that_never_moved_tells_without_deciding_alone(line):
    _, found = line
    assert found.distance(np.array([0.0, 0.0, 5.02])) < 0.5
    assert found.distance(np.array([0.0, 0.0, 25.0])) > 5.0


def test_what_is_missing_counts_as_the_mean(line):
    _, found = line
    assert found.distance(np.array([np.nan, np.nan, np.nan])) == 0.0


def test_fewer_cases_than_features_have_a_distance():
    rng = np.random.default_rng(1)
    found = fit_unlikeness(rng.standard_normal((10, 60)), (60,))
    assert np.isfinite(found.distance(rng.standard_normal(60)))
    assert found.distance(np.full(60, 8.0)) > found.distance(rng.standard_normal(60))


def test_it_is_read_back_as_written(line, tmp_path):
    features, found = line
    found.save(tmp_path / "seen.safetensors")
    again = load_unlikeness(tmp_path / "seen.safetensors", cases=400)
    assert again.distance(features[3]) == found.distance(features[3])
    (tmp_path / "seen.safetensors").write_bytes(b"damaged")
    with pytest.raises(FileError, match="Train the run again"):
        load_unlikeness(tmp_path / "seen.safetensors", cases=400)


@pytest.mark.parametrize("shape", [(1, 3), (4, 2)])
def test_too_few_cases_or_features_are_refused(shape):
    with pytest.raises(StudyError, match="two cases or more"):
        fit_unlikeness(np.zeros(shape), (3,))
