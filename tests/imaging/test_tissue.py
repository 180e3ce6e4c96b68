"""Tissue is told from glass by what it absorbs."""

import numpy as np

from isocenter.imaging.tissue import optical_density, tissue_mask, white_of


def slide(dark=150, glass=240, noise=3.0):
    inside = np.zeros((60, 50), bool)
    inside[15:45, 10:40] = True
    shades = np.where(inside, np.array([dark + 40, dark - 30, dark + 20])[:, None, None], glass).astype(float)
    return np.clip(shades + np.random.default_rng(0).normal(0, noise, shades.shape), 0, 255).astype(np.uint8), inside


def test_a_piece_of_tissue_is_found_to_its_edge():
    picture, inside = slide()
    found = tissue_mask(picture)
    assert (found & inside).sum() / (found | inside).sum() > 0.88  # a smear of one sample about 30 x 30
    assert not found[:13].any()


def test_dim_glass_is_glass():
    picture, inside = slide(dark=120, glass=215)
    assert abs(tissue_mask(picture).mean() - inside.mean()) < 0.05


def test_an_empty_slide_has_none_and_a_full_one_all():
    glass = np.clip(np.random.default_rng(1).normal(240, 4, (3, 40, 40)), 0, 255).astype(np.uint8)
    assert not tissue_mask(glass).any()
    assert tissue_mask(np.zeros((3, 0, 4), np.uint8)).shape == (0, 4)
    full = np.clip(np.random.default_rng(1).normal(120, 25, (3, 40, 40)), 0, 255).astype(np.uint8)
    assert tissue_mask(full).mean() > 0.99


def test_a_speck_is_dust():
    glass = np.full((3, 40, 40), 240, np.uint8)
    glass[:, 5, 5] = 200
    assert not tissue_mask(glass).any()


def test_density_is_the_logarithm_of_the_light_lost():
    assert np.allclose(optical_density(np.full((3, 2, 2), 24, np.uint8), white=240.0), 1.0)
    assert (optical_density(np.full((3, 2, 2), 250, np.uint8), white=240.0) == 0).all()
    assert (white_of(np.full((3, 4, 4), 30, np.uint8)) == 200).all()
