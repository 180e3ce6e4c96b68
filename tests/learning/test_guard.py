"""An image of another kind is told before any network looks, and an ordinary one is let through."""

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.learning.exam.guard import Guard, fit_guard

RNG = np.random.default_rng(0)
FLAT = plain_grid((30, 20))


def film(low=0, high=255, *, channels=1, alike=False, grid=FLAT, rng=RNG):
    samples = rng.uniform(low, high, (channels, *grid.shape))
    if alike:
        samples[1:] = samples[:1]
    return held_image(samples.astype(np.float32), grid)


@pytest.fixture(scope="module")
def guard():
    rng = np.random.default_rng(1)
    return fit_guard({"film": (film(0, high, rng=rng),)} for high in (120, 180, 255))


def reason(guard, image):
    return guard.reason({"film": (image,)})


def test_what_is_like_the_learning_cases_passes(guard):
    assert reason(guard, film(0, 255)) == ""
    assert reason(guard, film(10, 90)) == ""


def test_a_gray_film_saved_as_a_colored_picture_passes_and_a_photograph_does_not(guard):
    assert reason(guard, film(channels=3, alike=True)) == ""
    assert reason(guard, film(channels=3)) == "film has 3 channels, those learned from had 1"


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (film(0, 4095), "numbers from"),
        (film(-1000, 400), "numbers from"),
        (film(100, 104), "nearly of one value"),
    ],
)
def test_numbers_of_another_range_are_told(guard, image, words):
    assert words in reason(guard, image)


def volume(spacing, world="ras_mm"):
    affine = tuple(tuple(float(v) for v in row) for row in np.diag([*spacing, 1.0]))
    grid = type(FLAT)(shape=(8, 8, 8), affine=affine, world=world)
    return held_image(np.random.default_rng(2).normal(0, 1, (1, 8, 8, 8)).astype(np.float32), grid)


def test_another_spacing_is_told_with_its_axis():
    guard = fit_guard([{"film": (volume((1, 1, 1)),)}, {"film": (volume((1, 1, 2)),)}])
    assert reason(guard, volume((1.5, 0.7, 3.5))) == ""
    assert "5 mm along axis 2, those learned from 1 to 2 mm" in reason(guard, volume((1, 1, 5)))
    assert "measured in px" in reason(guard, volume((1, 1, 1), world="px"))


def test_an_input_never_seen_is_not_judged(guard):
    assert guard.reason({"other": (film(0, 9999),)}) == ""
    assert Guard().reason({"film": (film(),)}) == ""
