"""Blobs: depth below the surface of a ball and of a stretched, wavy one."""

import numpy as np
import pytest

from isocenter.phantoms.tomograph.blob import Outline, draw_outline
from isocenter.phantoms.tomograph.box import Box

BOX = Box(shape=(40, 40, 40), spacing_mm=(1.0, 1.0, 1.0))
AXES = [BOX.centers(axis) for axis in range(3)]


def test_a_ball_is_as_deep_as_its_radius():
    ball = Outline(axes=((1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0)), lobes=())
    depth = ball.depth_mm((0.5, 0.5, 0.5), 20.0, AXES)
    assert depth[20, 20, 20] == pytest.approx(10.0)
    assert depth[30, 20, 20] == pytest.approx(0.0, abs=1e-5)
    assert (depth > 0).sum() == pytest.approx(np.pi / 6 * 20**3, rel=0.02)


def test_stretch_keeps_the_volume_and_waves_change_the_surface():
    rng = np.random.default_rng(0)
    volumes = [(draw_outline(rng, oblong=0.2, lobed=0.0).depth_mm((0, 0, 0), 20.0, AXES) > 0).sum() for _ in range(5)]
    assert volumes == pytest.approx([np.pi / 6 * 20**3] * 5, rel=0.03)
    smooth, wavy = (draw_outline(np.random.default_rng(3), oblong=0.0, lobed=lobed) for lobed in (0.0, 0.4))
    apart = (smooth.depth_mm((0, 0, 0), 20.0, AXES) > 0) ^ (wavy.depth_mm((0, 0, 0), 20.0, AXES) > 0)
    assert apart.sum() > 100
