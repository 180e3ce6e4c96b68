"""Nodules as shapes: volume, density, where they end."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms.nodules.growth import Nodule, draw_nodules, paint
from isocenter.phantoms.nodules.settings import NODULES
from isocenter.phantoms.tomograph.blob import Outline
from isocenter.phantoms.tomograph.box import Box

BOX = Box(shape=(24, 24, 24), spacing_mm=(2.0, 2.0, 2.0))
OPTIONS = {"nodules": None, "disease": True, "diameter_mm": None}


def sphere(**changes: object) -> Nodule:
    ball = Outline(axes=((1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0)), lobes=())
    fields = {"texture": "solid", "place": "free", "center_mm": (0.0, 0.0, 0.0), "diameter_mm": 20.0, "hu": 40.0, "outline": ball}
    return Nodule(**{**fields, **changes})


def painted(nodule: Nodule, *, lung: float = 1.0) -> tuple[np.ndarray, np.ndarray | None]:
    fine = BOX.finer(2).shape
    hu = np.full(fine, -860.0, np.float32)
    mask = paint(nodule, BOX, 2, hu, np.full(fine, lung, np.float32), np.zeros(fine, np.float32))
    return hu, mask


def test_a_sphere_has_its_volume_and_density() -> None:
    hu, mask = painted(sphere())
    assert mask is not None
    assert mask.sum() * 8 == pytest.approx(np.pi / 6 * 20**3, rel=0.06)
    assert hu[24, 24, 24] == 40.0
    assert hu[0, 0, 0] == -860.0


def test_ground_glass_leaves_denser_tissue_as_it_is() -> None:
    fine = BOX.finer(2).shape
    hu = np.full(fine, 50.0, np.float32)  # a vessel
    paint(sphere(texture="ground_glass", hu=-600.0), BOX, 2, hu, np.ones(fine, np.float32), np.zeros(fine, np.float32))
    assert (hu == 50.0).all()


def test_outside_of_the_lung_nothing_is_painted() -> None:
    hu, mask = painted(sphere(), lung=0.0)
    assert mask is None
    assert (hu == -860.0).all()


def drawn(seed: int, **options: object) -> tuple[Nodule, ...]:
    lungs = np.ones(BOX.shape, bool)
    vessel = np.zeros(BOX.shape, np.float32)
    return draw_nodules(NODULES, np.random.default_rng(seed), {**OPTIONS, **options}, "benchmark", BOX, lungs, vessel)


def test_nodules_keep_apart_and_to_the_sizes_asked_for() -> None:
    for seed in range(20):
        found = drawn(seed, nodules=3, diameter_mm=(4.0, 8.0))
        assert all(4 <= n.diameter_mm <= 8 for n in found)
        for i, a in enumerate(found):
            for b in found[i + 1 :]:
                gap = np.linalg.norm(np.subtract(a.center_mm, b.center_mm)) - (a.diameter_mm + b.diameter_mm) / 2
                assert gap > NODULES["apart_mm"]


def test_none_are_drawn_in_health_and_a_negative_number_is_refused() -> None:
    assert drawn(0, disease=False) == ()
    with pytest.raises(PlanError, match="from 0 on"):
        drawn(0, nodules=-1)


def test_small_nodules_are_the_most_frequent() -> None:
    sizes = [n.diameter_mm for seed in range(200) for n in drawn(seed, nodules=1)]
    assert np.median(sizes) < (NODULES["diameter_mm"]["benchmark"][0] + NODULES["diameter_mm"]["benchmark"][1]) / 2
