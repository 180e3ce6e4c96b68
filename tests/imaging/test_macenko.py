"""Dyes that were put in are found, and one lab's slide becomes another's."""

import numpy as np
import pytest

from isocenter.imaging.macenko import concentrations, fit_stains, mean_stains, restain, standard_stains


def unit(*vector):
    return np.array(vector) / np.linalg.norm(vector)


ONE = np.stack([unit(0.65, 0.70, 0.29), unit(0.07, 0.99, 0.11)])
OTHER = np.stack([unit(0.55, 0.75, 0.36), unit(0.20, 0.93, 0.30)])


def amounts(seed=0, n=20000):
    """(N, 2): nuclei with little eosin, stroma with little hematoxylin, and much between."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.gamma(2, 0.15, n) * (rng.random(n) < 0.6), rng.gamma(2, 0.12, n) * (rng.random(n) < 0.9)], axis=1)


def stained(vectors, amount, white=250):
    return np.clip(np.rint(white * 10 ** -(amount @ vectors)), 0, 255).astype(np.uint8).T


@pytest.mark.parametrize("vectors", [ONE, OTHER])
def test_known_dyes_are_recovered(vectors):
    found = fit_stains(stained(vectors, amounts()), white=(250.0,) * 3)
    assert (np.sum(np.asarray(found.vectors) * vectors, axis=1) > np.cos(np.deg2rad(4))).all()


def test_a_slide_restained_is_the_slide_of_the_other_lab():
    amount = amounts()
    here, there = stained(ONE, amount), stained(OTHER, amount * [1.3, 0.8], white=235)
    own, reference = fit_stains(there, white=(235.0,) * 3), fit_stains(here, white=(250.0,) * 3)
    back = restain(there, own, reference)
    assert np.abs(there.astype(int) - here).mean() > 15
    assert np.abs(back.astype(int) - here).mean() < 4


def test_a_slide_restained_like_itself_stays():
    picture = stained(ONE, amounts(1)).reshape(3, 100, 200)
    own = fit_stains(picture, white=(250.0,) * 3)
    assert np.abs(restain(picture, own, own).astype(int) - picture).mean() < 1.5


def test_concentrations_are_what_was_mixed():
    amount = amounts(2, 500)
    assert np.allclose(concentrations(amount @ ONE, ONE), amount, atol=1e-9)


def test_glass_and_one_even_color_tell_no_dyes():
    assert fit_stains(np.full((3, 50, 50), 250, np.uint8)) is None
    assert fit_stains(np.full((3, 50, 50), 120, np.uint8)) is None
    assert fit_stains(np.zeros((3, 0), np.uint8)) is None


def test_the_middle_of_labs_lies_between_them():
    found = [fit_stains(stained(v, amounts()), white=(250.0,) * 3) for v in (ONE, OTHER)]
    middle = np.asarray(mean_stains(found).vectors)
    assert np.allclose(np.linalg.norm(middle, axis=1), 1)
    assert (np.sum(middle * ONE, axis=1) > np.sum(OTHER * ONE, axis=1)).all()


def test_two_laboratories_look_alike_once_both_have_standard_stains():
    rng = np.random.default_rng(0)
    amount = rng.gamma(2.0, 0.25, (2, 64, 64)) * rng.integers(0, 2, (2, 64, 64))

    def stained(dyes, dense):
        vectors = np.asarray(dyes, float)
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        light = 245 * 10.0 ** -np.einsum("kxy,kc->cxy", dense * amount, vectors)
        return np.clip(np.rint(light), 0, 255).astype(np.uint8)

    one = stained([(0.65, 0.70, 0.29), (0.07, 0.99, 0.11)], 1.0)
    other = stained([(0.54, 0.76, 0.37), (0.17, 0.95, 0.27)], 1.4)

    def apart(a, b):
        return float(np.abs(a.astype(float) - b).mean())

    assert apart(standard_stains(one), standard_stains(other)) < 0.4 * apart(one, other)
    blank = np.full((3, 32, 32), 245, np.uint8)
    assert standard_stains(blank) is blank
