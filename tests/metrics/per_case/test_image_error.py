"""Error, PSNR and SSIM of an image."""

import math

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from isocenter.core.errors import GeometryError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case.image_error import METRIC
from isocenter.metrics.per_case.psnr import METRIC as PSNR
from isocenter.metrics.per_case.ssim import METRIC as SSIM

TARGET = Target(name="t2", type="image", columns=("t2",))


def pair(truth, answer, region=None):
    grid = plain_grid(truth.shape[1:])
    inside = None if region is None else held_mask(region.astype(int), grid, ("out", "in"))
    images = [held_image(x, grid, unit="HU") for x in (truth, answer)]
    return Pair(case="a", target=TARGET, truth=images[0], answer=images[1], region=inside)


@pytest.fixture
def images(rng):
    truth = np.cumsum(rng.normal(size=(2, 24, 20)), axis=1)
    return truth, truth + rng.normal(size=truth.shape)


def test_the_error_is_the_mean_absolute_difference_in_the_images_unit(images):
    (measured,) = METRIC(pair(*images))
    assert measured.value == pytest.approx(np.abs(images[1] - images[0]).mean())
    assert measured.unit == "HU"


def test_psnr_and_ssim_equal_scikit_images(images):
    truth, answer = images
    span = np.ptp(truth)
    assert PSNR(pair(truth, answer))[0].value == pytest.approx(peak_signal_noise_ratio(truth, answer, data_range=span))
    maps = [structural_similarity(t, a, data_range=span, full=True)[1].mean() for t, a in zip(truth, answer, strict=True)]
    assert SSIM(pair(truth, answer))[0].value == pytest.approx(np.mean(maps))


def test_only_the_region_counts(images):
    truth, answer = images
    region = np.zeros((24, 20), bool)
    region[:12] = True
    spoiled = answer.copy()
    spoiled[:, 12:] += 1000
    assert METRIC(pair(truth, spoiled, region))[0].value == pytest.approx(np.abs(answer - truth)[:, :12].mean())


def test_nothing_to_compare_is_nan(images):
    truth, _ = images
    flat, unknown = np.zeros_like(truth), np.full_like(truth, np.nan)
    assert math.isnan(PSNR(pair(flat, flat + 1))[0].value)
    assert math.isnan(PSNR(pair(truth, truth))[0].value)  # infinite
    assert math.isnan(SSIM(pair(flat, flat))[0].value)
    assert math.isnan(METRIC(pair(unknown, truth))[0].value)


def test_another_grid_or_kind_is_refused(images):
    with pytest.raises(GeometryError):
        METRIC(Pair(case="a", target=TARGET, truth=pair(*images).truth, answer=pair(images[0][:, :9], images[0][:, :9]).answer))
    with pytest.raises(StudyError):
        METRIC(Pair(case="a", target=TARGET, truth=pair(*images).truth, answer="text"))
