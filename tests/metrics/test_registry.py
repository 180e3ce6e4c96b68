"""A metric at another radius than its own is asked for by name and number."""

import numpy as np
import pytest

from isocenter.core.errors import SettingError, UnknownName
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.core.task import Pair
from isocenter.metrics.registry import name_of, per_case
from isocenter.stages.evaluate import measure_of


def points(*places: tuple[float, float]) -> Points:
    return Points(
        world=np.asarray(places, float), kind=np.zeros(len(places), np.intp), score=np.full(len(places), np.nan), names=("cell",)
    )


def pair() -> Pair:
    target = Target(name="cells", type="points", columns="dots", classes=("cell",))
    return Pair(case="a", target=target, truth=points((10, 10)), answer=points((10, 17)))  # 7 apart


@pytest.mark.parametrize(("name", "expected"), [("point_f1", 0.0), ("point_f1_at(8)", 1.0), ("point_f1_at(6.5)", 0.0)])
def test_the_number_is_the_radius(name: str, expected: float):
    assert per_case().get(name)(pair())[0].value == expected


@pytest.mark.parametrize("name", ["point_f1_at()", "point_f1_at(0)", "point_f1_at(wide)", "point_f1_at(-3)"])
def test_what_is_no_number_is_refused(name: str):
    with pytest.raises(SettingError, match="expected a number above 0"):
        per_case().get(name)


@pytest.mark.parametrize("name", ["dice_at(2)", "point_f_at(8)"])
def test_a_metric_without_such_a_number_is_unknown(name: str):
    with pytest.raises(UnknownName):
        per_case().get(name)


def test_a_metric_with_a_number_stands_for_the_one_of_the_task():
    study = Study(
        name="s",
        cases="cases.csv",
        inputs={"picture": "image"},
        targets=[{"name": "cells", "type": "points", "columns": "dots", "classes": ["cell"], "metrics": ["point_f1_at(8)"]}],
    )
    measured = [m for metric in measure_of(study, study.targets[0]).per_case for m in metric(pair())]
    assert [m.value for m in measured if m.name == "point_f1"] == [1.0]
    assert name_of("point_f1_at(8)") == "point_f1"
