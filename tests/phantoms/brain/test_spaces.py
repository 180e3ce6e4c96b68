"""Tubes: volumes by formula, and placement that keeps them apart."""

import numpy as np
import pytest

from isocenter.phantoms.brain.head import draw_head
from isocenter.phantoms.brain.regions import REGIONS
from isocenter.phantoms.brain.spaces import BEADS, Space, fill_tube, how_many, place_mimics, place_spaces
from isocenter.phantoms.brain.spaces_settings import PERIVASCULAR

HEAD = draw_head(PERIVASCULAR, np.random.default_rng(2), 65.0)


def grid(voxel_mm, size=24):
    x = (np.arange(size) + 0.5 - size / 2) * voxel_mm
    return np.stack(np.meshgrid(x, x, x, indexing="ij")).astype(np.float32)


@pytest.mark.parametrize("diameter", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("tilt", [0.0, 0.4])
def test_a_straight_tube_has_the_volume_of_its_capsule(diameter, tilt):
    way = np.array([np.sin(tilt), 0.0, np.cos(tilt)])
    line = np.linspace(-4, 4, BEADS)[:, None] * way + 0.13
    window, share = fill_tube(grid(0.75), (0.75,) * 3, Space(line=line, diameter_mm=diameter))
    radius = diameter / 2
    assert share.sum() * 0.75**3 == pytest.approx(np.pi * radius**2 * 8 + 4 / 3 * np.pi * radius**3, rel=0.06)
    assert len(window) == 3


def test_a_tube_off_the_grid_fills_nothing():
    assert fill_tube(grid(1.0), (1.0,) * 3, Space(line=np.full((BEADS, 3), 99.0), diameter_mm=1.0)) is None


@pytest.mark.parametrize("region", REGIONS)
def test_placed_spaces_keep_their_distance_along_an_axis(region):
    held = place_spaces(PERIVASCULAR, HEAD, region, 12, np.random.default_rng(1))
    assert len(held) >= 4
    apart = 2 * np.asarray(PERIVASCULAR["regions"][region]["voxel_mm"])
    for i, one in enumerate(held):
        for other in held[:i]:
            gap = np.abs(one.line[:, None] - other.line[None]) - (one.diameter_mm + other.diameter_mm) / 2
            assert ((gap / apart).max(-1) >= 1).all()


def test_diameters_stay_in_their_range():
    held = place_spaces(PERIVASCULAR, HEAD, "basal_ganglia", 15, np.random.default_rng(1))
    assert all(1.0 <= space.diameter_mm <= 3.0 for space in held)


def test_mimics_keep_clear_of_spaces_and_come_with_disease():
    spaces = place_spaces(PERIVASCULAR, HEAD, "basal_ganglia", 5, np.random.default_rng(1))
    number = {}
    for ill in (False, True):
        drawn = [place_mimics(PERIVASCULAR, HEAD, "basal_ganglia", ill, spaces, np.random.default_rng(k)) for k in range(25)]
        number[ill] = sum(len(d) for d in drawn)
        for mimic in (m for d in drawn for m in d):
            far = min(np.linalg.norm(s.line - mimic.center, axis=1).min() - s.diameter_mm / 2 for s in spaces)
            assert far > mimic.diameter_mm / 2
    assert number[True] > 1.5 * number[False]


def test_no_one_has_more_than_the_most():
    rng = np.random.default_rng(0)
    drawn = [how_many({**PERIVASCULAR, "most": 5}, "centrum_semiovale", 90.0, True, rng) for _ in range(50)]
    assert max(drawn) == 5
