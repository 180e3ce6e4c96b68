"""The scene of a chest: a breath moves air, not tissue."""

import numpy as np
import pytest

from isocenter.phantoms.phantom import Seeds
from isocenter.phantoms.thorax.body import draw_body, draw_stance, place, to_box
from isocenter.phantoms.thorax.emphysema import Disease
from isocenter.phantoms.thorax.scene import build_scene
from isocenter.phantoms.thorax.settings import THORAX
from isocenter.phantoms.thorax.tree import grow_trees
from isocenter.phantoms.tomograph.box import Box

WHOLE = Box(shape=(48, 36, 50), spacing_mm=(6.0, 6.0, 6.0))
SEEDS = Seeds(anatomy=1, demographics=2, pose=3)
NONE = Disease(main=None, other=None, right=0.0, left=0.0)


def breathe(inspiration, disease=NONE, generations=3, parameters=THORAX):
    """The whole lungs at one inspiration."""
    body = draw_body(THORAX, SEEDS, sex="F", age=60.0)
    stance = draw_stance(THORAX, SEEDS.rng("pose"), inspiration=inspiration)
    trees = grow_trees(THORAX, np.random.default_rng(0), generations=generations, airway_generations=generations)
    seeds = np.random.SeedSequence(1), np.random.SeedSequence(2)
    return build_scene(parameters, WHOLE, 1, body, stance, trees, disease, seeds)


def test_a_breath_changes_volume_and_density_and_keeps_the_mass():
    out, full = breathe(0.7, generations=0), breathe(1.1, generations=0)
    volume = full.lungs.sum() / out.lungs.sum()
    assert volume == pytest.approx(1.1 / 0.7, rel=0.02)
    assert full.parenchyma.sum() / out.parenchyma.sum() == pytest.approx(1.0, abs=0.02)


def test_emphysema_takes_mass_away():
    ill = breathe(1.0, Disease(main="panlobular", other=None, right=0.4, left=0.0))
    well = breathe(1.0)
    assert ill.parenchyma.sum() < 0.95 * well.parenchyma.sum()
    np.testing.assert_array_equal(ill.lungs, well.lungs)


def test_lungs_are_denser_behind():
    scene = breathe(1.0, generations=0, parameters={**THORAX, "mosaic_hu": [0.0, 0.0]})
    half = WHOLE.shape[1] // 2
    front, back = (
        scene.hu[:, part][scene.lungs[:, part] & (scene.hu[:, part] < -700)] for part in (slice(half, None), slice(half))
    )
    assert back.mean() > front.mean() + 5


def test_lungs_are_of_human_size():
    litres = breathe(1.0).lungs.sum() * 6**3 / 1e6
    assert 3.0 < litres < 7.5


def test_trees_stay_as_they_are_when_generations_are_added():
    few, more = (grow_trees(THORAX, np.random.default_rng(0), generations=n, airway_generations=n) for n in (2, 4))
    assert len(more.vessels) == 2 * 6 * 2 * (2**4 - 1)
    ends = {tuple(s.end) for s in more.vessels}
    assert all(tuple(s.end) in ends for s in few.vessels)


def test_points_come_back_from_reference_coordinates():
    body, stance = draw_body(THORAX, SEEDS, sex=None, age=None), draw_stance(THORAX, SEEDS.rng("pose"), inspiration=None)
    x, y, z = (np.broadcast_to(a, WHOLE.shape) for a in place(WHOLE, body, stance, 100.0))
    index = (5, 20, 31)
    back = to_box(np.array([[x[index], y[index], z[index]]]), body, stance, 100.0)[0]
    np.testing.assert_allclose(back, [WHOLE.centers(k)[i] for k, i in enumerate(index)], atol=1e-3)
