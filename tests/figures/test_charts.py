"""Charts draw what the tables say, and nothing where there is nothing."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from isocenter.core.estimate import Estimate
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.figures.charts.calibration import bins_of_equal_mass
from isocenter.figures.charts.confusion import confusion
from isocenter.figures.charts.distribution import families, lone_classes
from isocenter.figures.charts.froc import FINE, curve_of
from isocenter.figures.charts.learning_curve import draw_learning_curve
from isocenter.figures.charts.roc import roc_points
from isocenter.figures.evidence import ANSWER_COLUMNS, Evidence, Found, charts, charts_of
from isocenter.figures.style import to_png, to_svg
from isocenter.metrics.froc import candidates, sensitivity_at

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


def boxes(rng: np.random.Generator, *, answer: bool) -> Points:
    """Two boxes in a picture, and as an answer one of them with a false one beside."""
    world = np.array([[10.0, 10.0], [80.0, 80.0] if answer else [40.0, 40.0]])
    score = rng.uniform(0, 1, 2) if answer else np.full(2, np.nan)
    return Points(world=world, kind=np.zeros(2, int), score=score, names=("lesion",), extent=np.full((2, 2), 8.0))


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
        looks=[(20, a_look()), (100, a_look())],
        answers=pd.DataFrame(answers, columns=ANSWER_COLUMNS),
        found={
            "lesions": Found(
                patients=[f"p{n}" for n in range(patients)],
                truths=[boxes(rng, answer=False) for _ in range(patients)],
                answers=[boxes(rng, answer=True) for _ in range(patients)],
            )
        },
        inner=[("arm one", [estimate("dice", 0.8)]), ("arm two", [estimate("dice", 0.7)])],
    )


def a_look():
    return held_image(np.zeros((1, 17, 8), np.uint8), plain_grid((17, 8)))


def test_of_many_looks_some_are_drawn_the_first_and_the_last_among_them():
    full = evidence()
    many = dataclasses.replace(full, looks=[(step, a_look()) for step in range(100, 1700, 100)])
    (drawing,) = charts().get("looks").draw(many)
    steps = [axes.get_ylabel() for axes in drawing.figure.axes]
    assert len(steps) == 8
    assert (steps[0], steps[-1]) == ("100", "1\u202f600")


def test_what_made_images_are_like_has_a_panel_of_its_own():
    log = evidence().log.assign(made_diversity=0.5)
    assert [axes.get_title(loc="left") for axes in draw_learning_curve(log).axes][-1] == "Images made meanwhile"


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


def test_the_froc_curve_is_the_metric_and_its_band_holds_it():
    found = evidence().found["lesions"]
    judged = candidates(found.truths, found.answers, radius=3.0)
    curve = curve_of("lesion", judged, found.patients)
    assert curve.sensitivity == pytest.approx([sensitivity_at(rate, judged, np.ones((1, 24)))[0] for rate in FINE])
    assert curve.sensitivity[-1] == 0.5  # one of two is found, whatever is let through
    assert (curve.low <= curve.sensitivity).all()
    assert (curve.sensitivity <= curve.high).all()
    assert curve.cpm_low <= curve.cpm <= curve.cpm_high


def test_one_patient_has_a_curve_without_a_band():
    found = evidence(patients=1).found["lesions"]
    curve = curve_of("lesion", candidates(found.truths, found.answers, radius=3.0), found.patients)
    assert np.isnan(curve.low).all()
    assert np.isfinite(curve.sensitivity).all()


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
