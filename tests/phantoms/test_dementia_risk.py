"""The aging slice and its follow-up: what a rescan keeps, and what atrophy shows."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import Seeds

RISK = PHANTOMS.get("dementia_risk")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def slice_of(**options):
    return RISK.draw(SEEDS, **{"age": 72.0, "sex": "F", "scanner": "sharp", **options})


def test_a_rescan_and_another_pose_have_the_same_fate():
    first = slice_of()
    for seeds in (
        Seeds(anatomy=1, disease=2, pose=3, acquisition=40, demographics=5),
        Seeds(anatomy=1, disease=2, pose=30, acquisition=4, demographics=5),
    ):
        again = RISK.draw(seeds, age=72.0, sex="F")
        assert again.truths["dementia"].days[0] == first.truths["dementia"].days[0]
        assert again.truths["risk"].value == first.truths["risk"].value


def test_loss_raises_the_risk_by_its_log_hazard_ratio():
    effects = RISK.parameters["effects"]
    low, high = slice_of(loss=0.2), slice_of(loss=0.3)
    widened = RISK.parameters["widening_of_loss"] * 0.1
    expected = effects["loss"] + effects["widening"] * widened / 0.1
    assert high.truths["risk"].value - low.truths["risk"].value == pytest.approx(expected)
    assert high.truths["chance_5y"].value > low.truths["chance_5y"].value


def test_what_the_hippocampus_loses_is_seen():
    areas = [slice_of(loss=loss).truths["hippocampal_area"].value for loss in (0.0, 0.25, 0.5)]
    assert areas[1] / areas[0] == pytest.approx(0.75, abs=0.03)
    assert areas[2] / areas[0] == pytest.approx(0.50, abs=0.03)
    young, old = slice_of(age=61.0, loss=0.1), slice_of(age=87.0, loss=0.1)
    assert old.truths["ventricular_area"].value > young.truths["ventricular_area"].value


def test_fluid_is_darker_than_the_hippocampus_and_that_than_white_matter():
    case = slice_of(loss=0.3, size_px=128)
    grey, labels = case.clean["t1"].array()[0], case.truths["structures"].labels.array()[0]
    fluid, sea_horse = (np.median(grey[labels == index]) for index in (2, 1))
    assert fluid < sea_horse < case.acquisition["white"]


def test_the_oracle_ranks_better_than_age():
    cases = [case for _, case in draw_many(RISK, 120, 1, size_px=32)]
    event = np.array([case.truths["dementia"].event for case in cases])
    days = np.array([case.truths["dementia"].days[0] for case in cases])
    pairs = event[:, None] & (days[:, None] < days[None, :])

    def concordance(score):
        return (score[:, None] > score[None, :])[pairs].mean()

    oracle, age = (concordance(np.array([case.truths[name].value for case in cases])) for name in ("risk", "age"))
    assert oracle > 0.72
    assert oracle > age + 0.05


@pytest.mark.parametrize("wrong", [{"size_px": 16}, {"sex": "X"}])
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(PlanError):
        slice_of(**wrong)
