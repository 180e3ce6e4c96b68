"""Charts draw what the tables say, and nothing where there is nothing."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from isocenter.core.estimate import Estimate
from isocenter.core.study import Study, Target
from isocenter.figures.charts.calibration import bins_of_equal_mass
from isocenter.figures.charts.confusion import confusion
from isocenter.figures.charts.distribution import families, lone_classes
from isocenter.figures.charts.roc import roc_points
from isocenter.figures.evidence import ANSWER_COLUMNS, Evidence, charts, charts_of
from isocenter.figures.style import to_png, to_svg

STUDY = Study(
    name="drawn",
    cases=Path("cases.csv"),
    inputs={"view": "image"},
    targets=(
        Target(name="tissue", type="mask", columns=("label",), classes=("background", "anterior", "posterior")),
        Target(name="grade", type="ordinal", columns=("grade",), classes=("none", "mild", "severe")),
    ),
)


def estimate(name: str, value: float, *, group: str = "all", who: str = "model", part: str = "test") -> Estimate:
    """An estimate of 24 patients."""
    return Estimate(
        name=name, value=value, unit="1", ci95=(value - 0.02, value + 0.02), interval="patient bootstrap", patients=24, cases=24,
        excluded=0, group=group, who=who, part=part, target="tissue",
    )  # fmt: skip


def evidence(patients: int = 24) -> Evidence:
    """Tables with something for every chart."""
    rng = np.random.default_rng(0)
    measured, answers = [], []
    for n in range(patients):
        case, patient = f"c{n}", f"p{n}"
        for who in ("model", "baseline:threshold"):
            units = {"dice": "1", "dice_anterior": "1", "dice_posterior": "1", "hd95": "mm"}
            measured += [
                [case, patient, "test", "", who, "tissue", m, rng.uniform(0.6, 0.9), unit, ""] for m, unit in units.items()
            ]
        volumes = {"anterior": rng.uniform(1, 2, 2), "posterior": rng.uniform(1, 2, 2)}
        answers += [[case, patient, "tissue", "volume", part, *both, "mL"] for part, both in volumes.items()]
        p = rng.dirichlet([1, 1, 1])
        grades = enumerate(("none", "mild", "severe"))
        answers += [[case, patient, "grade", "probability", grade, float(n % 3 == k), p[k], "1"] for k, grade in grades]
    columns = ["case", "patient", "part", "fold", "who", "target", "name", "value", "unit", "method"]
    steps = np.arange(1, 101)
    log = pd.DataFrame(
        {
            "step": steps,
            "minutes": steps / 20,
            "loss": np.exp(-steps / 30),
            "tune_dice": np.where(steps % 20 == 0, steps / 120, np.nan),
        }
    )
    return Evidence(
        study=STUDY,
        part="test",
        primary="dice",
        measurements=pd.DataFrame(measured, columns=columns),
        estimates=[estimate("dice", 0.8), estimate("dice", 0.82, group="sex=F"), estimate("dice", 0.78, group="sex=M")],
        log=log,
        answers=pd.DataFrame(answers, columns=ANSWER_COLUMNS),
        inner=[("arm one", [estimate("dice", 0.8)]), ("arm two", [estimate("dice", 0.7)])],
    )


@pytest.mark.parametrize("name", charts().names())
def test_every_chart_draws_from_full_tables(name):
    drawings = charts().get(name).draw(evidence())
    assert drawings
    for drawing in drawings:
        assert drawing.title
        assert drawing.caption.endswith(".")
        assert to_png(drawing.figure, dpi=50).startswith(b"\x89PNG")
        assert b"<svg" in to_svg(drawing.figure)


@pytest.mark.parametrize("name", charts().names())
def test_every_chart_draws_nothing_from_empty_tables(name):
    full = evidence()
    nothing = Evidence(study=STUDY, part="test", primary="dice", measurements=full.measurements.iloc[:0])
    assert charts().get(name).draw(nothing) == []


@pytest.mark.parametrize("name", charts().names())
def test_every_chart_bears_one_patient(name):
    for drawing in charts().get(name).draw(evidence(patients=1)):
        assert to_svg(drawing.figure)


def test_every_chart_has_a_section_the_report_shows():
    shown = [chart for section in ("results", "groups", "training", "arms") for chart in charts_of(section)]
    assert len(shown) == len(charts().names())


def test_charts_are_the_same_twice():
    chart = charts().get("distribution")
    assert to_svg(chart.draw(evidence())[0].figure) == to_svg(chart.draw(evidence())[0].figure)


def test_a_perfect_ranking_has_the_roc_corner():
    curve = roc_points(np.array([0, 0, 1, 1.0]), np.array([0.1, 0.2, 0.8, 0.9]))
    assert [0.0, 1.0] in curve.tolist()


def test_equal_scores_are_one_diagonal_step_of_the_roc():
    curve = roc_points(np.array([0, 1, 0, 1.0]), np.full(4, 0.5))
    assert curve.tolist() == [[0, 0], [1, 1]]


def test_one_class_alone_has_no_roc():
    assert len(roc_points(np.ones(3), np.arange(3.0))) == 0


def test_confusion_counts_the_largest_probability():
    rows = [
        ["c1", "a", 1, 0.9],
        ["c1", "b", 0, 0.1],
        ["c2", "a", 1, 0.2],
        ["c2", "b", 0, 0.8],
        ["c3", "a", math.nan, 0.2],
        ["c3", "b", math.nan, 0.8],
    ]
    counts = confusion(pd.DataFrame(rows, columns=["case", "class", "truth", "answer"]), ["a", "b"])
    assert counts.tolist() == [[1, 1], [0, 0]]


def test_calibration_bins_hold_equally_many():
    points = bins_of_equal_mass(np.array([0, 0, 1, 1.0]), np.array([0.1, 0.3, 0.6, 0.8]), bins=2)
    assert points.tolist() == [[pytest.approx(0.2), 0.0, 2], [pytest.approx(0.7), 1.0, 2]]


def test_classes_keep_the_order_they_came_in():
    assert families(["dice_spleen", "dice_liver", "dice"]) == {"dice": ["dice", "dice_spleen", "dice_liver"]}


def test_classes_go_with_their_metric_and_other_metrics_stand_alone():
    names = ["dice", "dice_lung", "hd95", "hd95_lung", "hd95_monai", "hd95_monai_lung"]
    assert families(names) == {
        "dice": ["dice", "dice_lung"],
        "hd95": ["hd95", "hd95_lung"],
        "hd95_monai": ["hd95_monai", "hd95_monai_lung"],
    }
    assert lone_classes(names) == {"dice_lung", "hd95_lung", "hd95_monai_lung"}
    assert lone_classes(["dice", "dice_anterior", "dice_posterior"]) == set()
