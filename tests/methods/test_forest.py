"""The forest as arrays."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from isocenter.methods._forest import Forest, forest_of


@pytest.mark.parametrize("classes", [2, 4])
def test_walking_the_arrays_equals_scikit_learn(classes, rng):
    samples = rng.normal(size=(2000, 7)).astype(np.float32)
    labels = (samples[:, 0] * 3 + samples[:, 1] ** 2 + rng.normal(size=2000)).astype(int) % classes
    trees = RandomForestClassifier(10, max_depth=9, random_state=0).fit(samples, labels)
    new = rng.normal(size=(3000, 7)).astype(np.float32)
    np.testing.assert_allclose(forest_of(trees).predict(new), trees.predict_proba(new), atol=1e-6)


def test_a_regressor_is_walked_too(rng):
    samples = rng.normal(size=(500, 4)).astype(np.float32)
    trees = RandomForestRegressor(10, min_samples_leaf=3, random_state=0).fit(samples, samples[:, 0] * 7 - 3)
    new = rng.normal(size=(300, 4)).astype(np.float32)
    np.testing.assert_allclose(forest_of(trees).predict(new)[:, 0], trees.predict(new), rtol=1e-5)


def test_the_arrays_alone_make_the_forest_again(rng):
    samples = rng.normal(size=(500, 3)).astype(np.float32)
    forest = forest_of(RandomForestClassifier(5, random_state=0).fit(samples, samples[:, 0] > 0))
    np.testing.assert_array_equal(Forest(**forest.arrays()).predict(samples), forest.predict(samples))


def test_no_samples_give_no_answers(rng):
    samples = rng.normal(size=(50, 3)).astype(np.float32)
    forest = forest_of(RandomForestClassifier(5, random_state=0).fit(samples, samples[:, 0] > 0))
    assert forest.predict(np.empty((0, 3), np.float32)).shape == (0, 2)
