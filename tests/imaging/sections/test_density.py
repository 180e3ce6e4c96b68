"""Hematoxylin is told from the other dye; pale tissue counts beside dark DAB; an empty glass has no piece."""

import numpy as np
import pytest

from isocenter.imaging.sections.density import DAB, EOSIN, dye_densities, piece_mask, registered_channel

from .pair import SIDE, UM, pair, stained


@pytest.mark.parametrize(("stain", "second"), [("he", EOSIN), ("hdab", DAB)])
def test_amounts_come_back(stain, second):
    amount = np.zeros((2, 40, 40))
    amount[0, 10:20], amount[1, 15:30] = 0.5, 0.3
    found = dye_densities(stained(amount, second, noise=0), stain)
    np.testing.assert_allclose(found, amount, atol=0.02)


def test_the_channel_is_one_where_it_is_darkest_and_smooth():
    fixed, _, _ = pair()
    found = registered_channel(fixed, "he", "hematoxylin", um=UM)
    assert found.shape == (SIDE, SIDE)
    assert (found.min(), found.max()) == pytest.approx((0, 1), abs=0.05)
    assert registered_channel(fixed, "he", "density", um=UM).max() == pytest.approx(1)


def test_pale_tissue_beside_dark_dab_belongs_to_the_piece():
    amount = np.zeros((2, 60, 60))
    amount[0, 10:50, 10:50], amount[1, 10:50, 10:50] = 0.05, 0.05
    amount[1, 20:30, 20:30] = 1.5
    found = piece_mask(stained(amount, DAB))
    assert found[14:46, 14:46].all()
    assert not found[:6].any()


def test_an_empty_glass_has_no_piece():
    assert not piece_mask(stained(np.zeros((2, 50, 50)), DAB)).any()
