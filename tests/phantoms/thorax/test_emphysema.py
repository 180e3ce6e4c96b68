"""Holes on a block of lung: as many as asked for, where their pattern puts them."""

import numpy as np
import pytest
from scipy import ndimage

from isocenter.phantoms.thorax.emphysema import Disease, draw_disease, draw_holes
from isocenter.phantoms.thorax.settings import THORAX
from isocenter.phantoms.tomograph.box import Box

BOX = Box(shape=(24, 24, 24), spacing_mm=(2.0, 2.0, 2.0))
OPTIONS = {"disease": None, "extent": None, "pattern": None}


def holes(pattern, share, other=None, left=0.0):
    """Holes in a slab of lung between two walls 48 mm apart."""
    x, _, z = BOX.finer(2).mesh()
    depth = np.broadcast_to(24 - np.abs(x), BOX.finer(2).shape).astype(np.float32)
    right = np.zeros(BOX.shape, bool)
    right[12:] = True
    region = {"right": right, "left": ~right, "right_side": right, "left_side": ~right}
    disease = Disease(main=pattern, other=other, right=share, left=left)
    free = np.ones(BOX.finer(2).shape, bool)
    return draw_holes(THORAX, BOX, 2, depth, free, region, disease, np.random.SeedSequence(4), z), right, depth


@pytest.mark.parametrize("pattern", ["centrilobular", "paraseptal", "panlobular"])
@pytest.mark.parametrize("share", [0.001, 0.05, 0.5, 1.0])
def test_the_share_of_the_region_is_the_one_asked_for(pattern, share):
    drawn, right, _ = holes(pattern, share)
    assert abs((drawn.labels[right] > 0).mean() - share) <= 1 / right.sum()
    assert not drawn.labels[~right].any()


def test_a_voxel_is_a_hole_when_half_of_it_is():
    drawn, _, _ = holes("centrilobular", 0.2, left=0.4)
    half = BOX.average(drawn.fine.astype(np.float32), 2) >= 0.5
    np.testing.assert_array_equal(half, drawn.labels > 0)


def test_two_patterns_share_the_extent_two_to_one():
    drawn, right, _ = holes("panlobular", 0.3, other="paraseptal")
    counts = np.bincount(drawn.labels[right], minlength=4) / right.sum()
    assert counts[3] == pytest.approx(0.2, abs=0.003)
    assert counts[2] == pytest.approx(0.1, abs=0.003)


def test_paraseptal_holes_lie_under_the_pleura():
    drawn, _, depth = holes("paraseptal", 0.1)
    assert np.percentile(depth[drawn.fine], 90) < 14


def test_centrilobular_holes_are_3_to_10_mm_wide():
    drawn, _, _ = holes("centrilobular", 0.03)
    objects, n = ndimage.label(drawn.fine)
    volume = np.bincount(objects.ravel())[1:]  # 1 mm³ a voxel
    across = (6 * volume[volume > 4] / np.pi) ** (1 / 3)
    assert n >= 5
    assert 3 <= np.median(across) <= 10


def test_panlobular_disease_is_broader_than_centrilobular():
    pieces = [ndimage.label(holes(name, 0.15)[0].fine)[1] for name in ("centrilobular", "panlobular")]
    assert pieces[0] > 2 * pieces[1]


def test_options_fix_disease_and_leave_the_other_draws():
    drawn = [draw_disease(THORAX, np.random.default_rng(5), {**OPTIONS, "disease": True, **more}) for more in ({}, {"extent": 0.4})]
    assert drawn[0].main == drawn[1].main
    assert drawn[1].right == drawn[1].left == 0.4
    assert draw_disease(THORAX, np.random.default_rng(5), {**OPTIONS, "disease": False}).main is None


def test_all_intervals_and_one_sided_disease_are_drawn():
    many = [draw_disease(THORAX, np.random.default_rng(k), {**OPTIONS, "disease": True}) for k in range(300)]
    right = np.array([d.right for d in many])
    assert [(right == 0).any(), ((right > 0) & (right < 0.05)).any(), (right > 0.76).any()] == [True] * 3
    assert all(d.right > 0 or d.left > 0 for d in many)
