"""The interval of a share with several cases a patient."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import ndtri

from isocenter.core.errors import StudyError
from isocenter.metrics.estimates.clustered_share import share_interval, share_variance
from isocenter.metrics.estimates.wilson import wilson


def clustered(rng, patients, *, most, share, correlation):
    """Cases of one patient share a Gaussian score; `correlation` is that of the scores."""
    cases = rng.integers(1, most + 1, patients)
    owner = np.repeat(np.arange(patients), cases)
    score = math.sqrt(correlation) * rng.standard_normal(patients)[owner]
    return score + math.sqrt(1 - correlation) * rng.standard_normal(owner.size) < ndtri(share), owner


def test_the_variance_is_statsmodels_sandwich_over_clusters(rng):
    hit, owner = clustered(rng, 40, most=6, share=0.7, correlation=0.4)
    fit = sm.OLS(hit.astype(float), np.ones(hit.size)).fit(cov_type="cluster", cov_kwds={"groups": owner, "use_correction": False})
    assert share_variance(hit, owner) == pytest.approx(float(fit.cov_params()[0, 0]) * 40 / 39)


def test_with_one_case_a_patient_it_is_wilsons():
    assert share_interval([1, 1, 0, 1, 0, 1, 1, 1, 1, 1], range(10)).ends == wilson(8, 10).ends


def test_copies_of_the_cases_narrow_nothing(rng):
    """40 patients, each case five times over: within the small-sample correction it is the interval of 40."""
    hit = rng.random(40) < 0.7
    once, copied = wilson(hit.sum(), 40), share_interval(np.repeat(hit, 5), np.repeat(np.arange(40), 5))
    assert copied.low == pytest.approx(once.low, abs=0.012)
    assert copied.high == pytest.approx(once.high, abs=0.012)
    assert "clustered" in copied.kind


def test_where_all_cases_agree_it_has_the_width_of_the_patients():
    made = share_interval(np.ones(60), np.repeat(np.arange(20), 3))
    assert made.ends == wilson(20, 20).ends
    assert share_interval(np.zeros(60), np.repeat(np.arange(20), 3)).high > 0.1


@pytest.mark.parametrize(("patients", "share"), [(10, 0.8), (20, 0.9), (50, 0.95), pytest.param(200, 0.8, marks=pytest.mark.slow)])
@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_it_covers(patients, share, correlation):
    rng = np.random.default_rng([patients, int(100 * share), int(10 * correlation)])
    runs = 200
    hits = 0
    for _ in range(runs):
        made = share_interval(*clustered(rng, patients, most=8, share=share, correlation=correlation))
        hits += made.low <= share <= made.high
    demand = 0.90 if patients < 20 else 0.92
    assert hits / runs >= demand - 2 * math.sqrt(demand * (1 - demand) / runs)


def test_taking_cases_for_patients_would_not_cover():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(300):
        hit, _ = clustered(rng, 20, most=8, share=0.8, correlation=0.6)
        made = wilson(hit.sum(), hit.size)
        hits += made.low <= 0.8 <= made.high
    assert hits / 300 < 0.85


def test_no_cases_one_patient_and_what_is_no_yes_or_no():
    assert math.isnan(share_interval([], []).low)
    assert math.isnan(share_interval([0, 1], ["a", "a"]).low)
    with pytest.raises(StudyError, match="0 or 1"):
        share_interval([0.5], ["a"])
