"""Times drawn from a hazard have that hazard."""

import numpy as np
import pytest
from lifelines import AalenJohansenFitter, CoxPHFitter

from isocenter.phantoms.aging.follow_up import YEAR_DAYS, Baseline, chance_of_dementia, follow, predictor
from isocenter.phantoms.aging.settings import AGING

MIDDLE = Baseline(age_years=74.0, sex="M", loss=0.18, widening=0.28)
OPEN = {**AGING, "end_years": [40.0, 40.0], "lost_a_year": 1e-9}


def endings(p, at, number, seed=0):
    rng = np.random.default_rng(seed)
    return [follow(p, at, rng) for _ in range(number)]


def test_a_middling_man_has_a_predictor_of_zero():
    assert predictor(AGING, MIDDLE) == 0


def test_the_chance_within_five_years_is_the_share_drawn():
    drawn = endings(OPEN, MIDDLE, 6000)
    share = np.mean([e.code == 1 and e.days <= 5 * YEAR_DAYS for e in drawn])
    chance = chance_of_dementia(OPEN, MIDDLE, 5.0)
    assert share == pytest.approx(chance, abs=3 * np.sqrt(chance * (1 - chance) / 6000))


def test_the_chance_is_what_an_independent_estimator_finds_under_censoring():
    drawn = endings(AGING, MIDDLE, 3000, seed=1)
    days, codes = np.array([e.days for e in drawn]) / YEAR_DAYS, np.array([e.code for e in drawn])
    fitted = AalenJohansenFitter(calculate_variance=False, seed=1).fit(days + 1e-6 * np.arange(3000), codes, event_of_interest=1)
    found = float(fitted.cumulative_density_.loc[:5.0].iloc[-1, 0])
    assert found == pytest.approx(chance_of_dementia(AGING, MIDDLE, 5.0), abs=0.025)


@pytest.mark.filterwarnings("ignore")
def test_a_proportional_hazards_fit_finds_the_effects():
    import pandas as pd

    rng = np.random.default_rng(2)
    rows = []
    for _ in range(2500):
        at = Baseline(
            age_years=float(rng.uniform(60, 88)), sex="FM"[int(rng.integers(2))], loss=float(rng.uniform(0, 0.6)),
            widening=float(rng.uniform(0, 0.8)),
        )  # fmt: skip
        end = follow(AGING, at, rng)
        rows.append([at.loss / 0.1, at.widening / 0.1, at.age_years / 10, float(at.sex == "F"), end.days, float(end.code == 1)])
    names = ["loss", "widening", "age", "female"]
    fitted = CoxPHFitter().fit(pd.DataFrame(rows, columns=[*names, "days", "event"]), "days", "event")
    for name in names:
        error = abs(fitted.params_[name] - AGING["effects"][name])
        assert error < 3.5 * fitted.standard_errors_[name], name


def test_men_and_the_old_die_earlier():
    died = {
        key: np.median([e.days for e in endings({**OPEN, "dementia": {"a_year": 1e-9, "shape": 1.0}}, at, 600)])
        for key, at in {
            "man": MIDDLE,
            "woman": Baseline(age_years=74.0, sex="F", loss=0.18, widening=0.28),
            "old man": Baseline(age_years=86.0, sex="M", loss=0.18, widening=0.28),
        }.items()
    }
    assert died["old man"] < died["man"] < died["woman"]


def test_censoring_comes_by_the_rates_of_the_parameters():
    immortal = {
        **AGING, "dementia": {"a_year": 1e-9, "shape": 1.0}, "death": {"a_year_at_75": 1e-9, "growth": 0.01, "male": 1.0}
    }  # fmt: skip
    drawn = endings(immortal, MIDDLE, 2000)
    lost_early = np.mean([e.reason == "lost" and e.days <= 5 * YEAR_DAYS for e in drawn])
    assert lost_early == pytest.approx(1 - np.exp(-5 * AGING["lost_a_year"]), abs=0.03)
    ended = np.array([e.days for e in drawn if e.reason == "end of study"]) / YEAR_DAYS
    assert ended.min() >= 6.0
    assert ended.max() <= 10.01
    assert {e.code for e in drawn} == {0}
