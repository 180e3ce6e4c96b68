"""Every metric of a case keeps the contract: measurements with names, units and methods; another kind is not measured."""

import math

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.graph import Graph
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.measurement import Measurement
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.core.task import Pair
from isocenter.metrics.registry import per_case

from ..pairs import mask_pair

NAMES = per_case().names()
NO_PERFECTION = {"psnr", "pixel_auc", "pixel_average_precision", "edge_correlation", "noise_frequency"}
"""Infinite, or needing something beside the answer, when the answer is the truth."""
LOWER = {
    "hd95",
    "hd95_monai",
    "mean_surface_distance",
    "volume_error",
    "image_error",
    "edge_error",
    "absolute_error",
    "signed_error",
}
LOWER |= {"brier", "laa_950_bias", "betti_error", "landmark_error", "box_wall_distance", "box_center_distance"}
LOWER |= {"invented_structures", "erased_structures"}


def of_kind(kind):
    """A truth of each kind."""
    rng = np.random.default_rng(0)
    grid = plain_grid((12, 11))
    shape = np.zeros((12, 11), int)
    shape[2:9, 3:8] = 1
    return {
        "mask": mask_pair(shape, shape).truth,
        "points": Points(world=rng.random((4, 2)) * 50, kind=np.zeros(4, int), score=np.full(4, np.nan), names=("cell",)),
        "boxes": Points(
            world=rng.random((4, 2)) * 50,
            kind=np.zeros(4, int),
            score=np.full(4, np.nan),
            names=("a",),
            extent=np.full((4, 2), 3.0),
        ),
        "value": Amount(value=3.0, unit="mm"),
        "class": Scores(p=np.array([0.0, 1.0, 0.0]), names=("a", "b", "c")),
        "survival": Survival(days=np.array([30.0]), alive=np.array([0.0])),
        "image": held_image(1000 * rng.random((1, 12, 11)), grid, unit="HU"),
        "graph": Graph(nodes=np.zeros((4, 1)), edges=np.array([[0, 1], [1, 2], [2, 3]]), weight=np.array([0.5, 1.0, 0.2])),
        "text": "No effusion. Heart of normal size.",
    }[kind]


def pair_of(kind):
    value = of_kind(kind)
    classes = ("background", "lung") if kind == "mask" else ("a", "b", "c") if kind == "class" else ()
    columns = ("t", "e") if kind == "survival" else ("t",)
    return Pair(case="k", target=Target(name="t", type=kind, columns=columns, classes=classes), truth=value, answer=value)


KINDS = ("mask", "points", "boxes", "value", "class", "survival", "image", "graph", "text")


@pytest.mark.parametrize("name", NAMES)
def test_a_metric_measures_its_kind_and_nothing_of_others(name):
    measured = {kind: per_case().get(name)(pair_of(kind)) for kind in KINDS}
    mine = {kind for kind, found in measured.items() if found}
    assert mine
    assert len(mine) == 1 or mine == {"points", "boxes"}


@pytest.mark.parametrize("name", NAMES)
def test_every_measurement_bears_case_unit_and_method(name):
    for kind in KINDS:
        found = per_case().get(name)(pair_of(kind))
        assert all(isinstance(m, Measurement) and m.case == "k" and m.unit and m.method for m in found)
        assert len({m.name for m in found}) == len(found)
        if found:
            assert any(m.name.startswith(name) for m in found)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in NO_PERFECTION and n not in {"volume", "compactness"}])
def test_the_truth_is_the_best_answer(name):
    best = 0.0 if name in LOWER else 1.0
    for kind in KINDS:
        for m in per_case().get(name)(pair_of(kind)):
            if m.name == name:
                assert m.value == pytest.approx(best)


@pytest.mark.parametrize("name", NAMES)
def test_a_mask_of_nothing_against_nothing_is_nan_not_a_number(name):
    nothing = np.zeros((12, 11), int)
    for m in per_case().get(name)(mask_pair(nothing, nothing)):
        if "volume" not in m.name and "false_lesions" not in m.name and not name.startswith("foreground_rand"):
            assert math.isnan(m.value), m.name
