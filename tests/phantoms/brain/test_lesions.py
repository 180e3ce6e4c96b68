"""Lesions: which a diagnosis brings, that look-alikes share places, that volumes follow from radii."""

from collections import Counter

import numpy as np
import pytest

from isocenter.phantoms.brain.head import draw_head
from isocenter.phantoms.brain.lesions import Lesion, Places, draw_lesions, fill
from isocenter.phantoms.brain.settings import BRAIN
from isocenter.phantoms.brain.waves import draw_waves

BROUGHT = {
    "stroke": {"stroke"}, "tumor": {"edema", "core"}, "swelling": {"edema", "core"},
    "vascular": {"scar", "wml"}, "inflammatory": {"plaque", "wet"},
}  # fmt: skip
HEAD = draw_head(BRAIN, np.random.default_rng(1), 40.0)


def lesions(diagnosis, seed=0, age=31.0, slice_only=True):
    rng = np.random.default_rng(seed)
    return draw_lesions(BRAIN, Places(HEAD, 20.0, 1.0, rng), rng, diagnosis, age, slice_only=slice_only)


@pytest.mark.parametrize(("diagnosis", "kinds"), BROUGHT.items())
def test_a_diagnosis_brings_its_kinds(diagnosis, kinds):
    assert kinds <= {lesion.kind for lesion in lesions(diagnosis)}


@pytest.mark.parametrize("pair", [("tumor", "swelling"), ("vascular", "inflammatory")])
def test_look_alikes_lie_in_the_same_places(pair):
    for seed in range(4):
        first, second = (lesions(name, seed) for name in pair)
        np.testing.assert_array_equal([x.center for x in first], [x.center for x in second])
        assert [x.radius_mm for x in first] == [x.radius_mm for x in second]


def test_white_matter_lesions_come_with_age():
    young, old = (sum(len(lesions("healthy", seed, age, slice_only=False)) for seed in range(12)) for age in (35.0, 75.0))
    assert old > 3 * young


def test_lesions_lie_in_white_matter_and_apart():
    held = lesions("vascular", 3, 80.0)
    for i, one in enumerate(held):
        for other in held[:i]:
            assert np.linalg.norm(one.center - other.center) > one.radius_mm + other.radius_mm


def test_a_lesion_in_white_matter_has_the_volume_of_its_ball():
    x = np.arange(-10, 10, 0.5)
    points = np.stack(np.meshgrid(x, x, x, indexing="ij")).astype(np.float32)
    waves = draw_waves(np.random.default_rng(0), (10.0, 20.0), 8)
    ball = Lesion(kind="wml", center=np.zeros(3), radius_mm=6.0, border=waves, wobble=0.0)
    shares = {name: np.full(points.shape[1:], float(name == "white"), np.float32) for name in ("white", "gray", "deep", "csf")}
    filled = fill([ball], shares, points, 0.5)
    assert filled["wml"].sum() * 0.5**3 == pytest.approx(4 / 3 * np.pi * 6**3, rel=0.01)


def test_a_core_takes_the_place_of_the_edema_around_it():
    x = np.arange(-20, 20, 1.0)
    points = np.stack(np.meshgrid(x, x, x, indexing="ij")).astype(np.float32)
    waves = draw_waves(np.random.default_rng(0), (10.0, 20.0), 8)
    held = [Lesion(kind=k, center=np.zeros(3), radius_mm=r, border=waves, wobble=0.0) for k, r in (("edema", 12.0), ("core", 5.0))]
    shares = {name: np.full(points.shape[1:], float(name == "white"), np.float32) for name in ("white", "gray", "deep", "csf")}
    filled = fill(held, shares, points, 1.0)
    assert (filled["edema"] + filled["core"]).max() <= 1 + 1e-6
    assert filled["edema"][20, 20, 20] == 0


def test_kinds_are_counted_by_the_settings():
    number = Counter(x.kind for x in lesions("vascular", 5, 31.0))
    low, high = BRAIN["focal_pairs"]
    assert low <= number["scar"] <= high
