"""What a metric says it measures is what it measures: of every kind of target, of every registered metric."""

import contextlib
from typing import get_args

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.errors import IsocenterError
from isocenter.core.graph import Graph
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.core.task import Pair
from isocenter.core.value import SCORES, Kind, Value
from isocenter.metrics.registry import kinds_of, per_case, per_cohort

KINDS: tuple[Kind, ...] = get_args(Kind)
METRICS = (*per_case().names(), *per_cohort().names())
OF_HU = ("bone_dice", "laa_950_bias")
"""They measure images in HU alone, which those below are not."""
GRID = plain_grid((32, 32))
CASES = 12


def value_of(kind: Kind, rng: np.random.Generator) -> Value:
    """A value of a kind, of random content: a truth or an answer."""
    made: dict[str, Value] = {}
    if kind == "mask":
        made[kind] = held_mask(rng.integers(0, 2, (32, 32)).astype(np.uint8), GRID, ("background", "organ"))
    elif kind in ("points", "boxes"):
        made[kind] = Points(
            world=rng.uniform(2, 14, (3, 2)), kind=np.zeros(3, np.intp), score=rng.uniform(0.5, 1, 3), names=("cell",),
            extent=rng.uniform(2, 5, (3, 2)) if kind == "boxes" else None,
        )  # fmt: skip
    elif kind in ("count", "proportion", "value"):
        made[kind] = Amount(value=float(rng.uniform()), unit="1", low=0.0, high=1.0)
    elif kind in ("class", "multilabel", "ordinal"):
        p = np.eye(3)[rng.integers(3)] if kind != "multilabel" else rng.integers(0, 2, 3).astype(float)
        made[kind] = Scores(names=("a", "b", "c"), p=p)
    elif kind == "survival":
        made[kind] = Survival(days=np.array([float(rng.integers(1, 99))]), alive=np.array([0.5]))
    elif kind == "image":
        made[kind] = held_image(rng.uniform(0, 255, (1, 32, 32)).astype(np.float32), GRID)
    elif kind == "graph":
        made[kind] = Graph(nodes=np.zeros((3, 1)), edges=np.array([[0, 1], [1, 2], [0, 2]]), weight=rng.uniform(size=3))
    else:
        made[kind] = "no finding " + str(rng.integers(3))
    return made[kind]


def pair(kind: Kind, seed: int = 0) -> Pair:
    rng = np.random.default_rng(seed)
    classes = {"mask": ("background", "organ"), "points": ("cell",), "boxes": ("cell",)}.get(kind, ())
    classes = ("a", "b", "c") if kind in SCORES else classes
    columns = ("days", "event") if kind == "survival" else ("organ",)
    target = Target(name="organ", type=kind, columns=columns, classes=classes)
    return Pair(case="a", target=target, truth=value_of(kind, rng), answer=value_of(kind, rng))


@pytest.mark.parametrize("name", [name for name in per_case().names() if name not in OF_HU])
def test_a_metric_of_one_case_measures_the_kinds_it_names_and_no_other(name: str):
    measured = set()
    for kind in KINDS:
        with contextlib.suppress(IsocenterError, AttributeError):  # it cannot read a value of this kind
            if per_case().get(name)(pair(kind)):
                measured.add(kind)
    assert measured == set(kinds_of(name))


@pytest.mark.parametrize("name", per_cohort().names())
def test_a_metric_of_many_cases_measures_the_kinds_it_names(name: str):
    for kind in kinds_of(name):
        pairs = [pair(kind, seed) for seed in range(CASES)]
        found = per_cohort().get(name).function([p.truth for p in pairs], [p.answer for p in pairs], np.ones((2, CASES)))
        assert np.asarray(found).shape == (2,)


def test_every_kind_has_a_metric():
    assert {kind for name in METRICS for kind in kinds_of(name)} == set(KINDS)
