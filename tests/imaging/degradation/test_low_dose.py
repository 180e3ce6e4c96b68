"""Low dose: noise as photons make it."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError, SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.imaging.degradation.low_dose import DEGRADATION

from .test_degradation import picture


def noise(**options):
    image = picture("HU", side=64, slices=1)
    return (DEGRADATION.apply(image, seed=3, electrons=0.0, **options).array() - image.array())[0, :, :, 0]


def test_noise_grows_with_the_root_of_the_missing_dose():
    half, tenth = noise(dose=0.5).std(), noise(dose=0.1).std()
    assert tenth / half == pytest.approx(np.sqrt((1 / 0.1 - 1) / (1 / 0.5 - 1)), rel=0.05)


def test_a_clean_image_gets_all_the_noise_of_its_dose():
    ratio = noise(dose=0.1, noiseless=True).std() / noise(dose=0.1).std()
    assert ratio == pytest.approx(np.sqrt(1 / 0.1 / (1 / 0.1 - 1)), rel=0.03)


def test_noise_is_strongest_behind_most_tissue_and_leaves_the_mean():
    made = noise(dose=0.1)
    middle, edge = made[27:37, 27:37].std(), made[:6, :6].std()
    assert middle > 1.5 * edge
    assert abs(made.mean()) < 0.1 * made.std()


def test_a_soft_kernel_has_less_and_coarser_noise():
    sharp, soft = noise(dose=0.1), noise(dose=0.1, kernel="soft")
    assert soft.std() < 0.6 * sharp.std()
    alike = [np.corrcoef(n[:-1].ravel(), n[1:].ravel())[0, 1] for n in (sharp, soft)]
    assert alike[1] > alike[0] + 0.2


def test_full_dose_is_the_image_itself():
    assert not noise(dose=1.0).any()


def test_what_cannot_be_projected_is_refused():
    with pytest.raises(GeometryError, match="HU"):
        DEGRADATION.apply(picture("1"), seed=0)
    with pytest.raises(SettingError, match="soft"):
        DEGRADATION.apply(picture("HU"), seed=0, kernel="sofft")
    oblong = held_image(np.zeros((1, 8, 8, 1), np.float32), plain_grid((8, 8, 1), spacing=(1, 2, 1), world="ras_mm"), unit="HU")
    with pytest.raises(GeometryError, match="square pixels"):
        DEGRADATION.apply(oblong, seed=0)


@pytest.mark.parametrize("wrong", [{"views": 0}, {"views": -5}, {"views": 1.5}, {"electrons": -1.0}, {"noiseless": "maybe"}])
def test_a_scanner_that_cannot_be_is_refused(wrong):
    with pytest.raises(SettingError, match=next(iter(wrong))):
        DEGRADATION.apply(picture("HU"), seed=0, **wrong)


def test_more_photons_than_can_be_drawn_are_the_image_itself():
    assert not noise(dose=1 - 1e-14, photons=1e9).any()


def test_slices_of_unlike_sides_keep_their_place():
    grid = plain_grid((40, 24, 1), spacing=(1, 1, 1), world="ras_mm")
    samples = np.full((1, 40, 24, 1), -1000.0, np.float32)
    samples[0, 5:15, 4:12, 0] = 40.0
    worse = DEGRADATION.apply(held_image(samples, grid, unit="HU"), seed=0, photons=1e8, dose=0.5).array()
    assert np.abs(worse - samples).mean() < 5
