"""The width foreseen is the width found."""

import math

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.metrics.estimates.delong import delong
from isocenter.metrics.estimates.patient_bootstrap import bootstrap_mean
from isocenter.metrics.estimates.wilson import wilson
from isocenter.metrics.power import auc_width, mean_width, sensitivity_width


@pytest.mark.parametrize("patients", [15, 40, 150])
def test_the_width_of_a_mean_is_what_the_bootstrap_then_gives(patients):
    rng = np.random.default_rng(0)
    found = []
    for _ in range(40):
        values = rng.normal(0.85, 0.05, patients)
        found.append(bootstrap_mean(values, range(patients), rng=rng, draws=500).width)
    assert mean_width(patients, deviation=0.05) == pytest.approx(np.mean(found), rel=0.06)


def test_alike_cases_of_a_patient_help_little():
    one, many = mean_width(30, deviation=0.1), mean_width(30, deviation=0.1, per_patient=8, correlation=1.0)
    assert many == pytest.approx(one)
    assert mean_width(30, deviation=0.1, per_patient=8) == pytest.approx(one / math.sqrt(8))


def test_the_width_of_an_auc_is_what_delong_then_gives():
    rng = np.random.default_rng(0)
    positive = np.arange(200) % 2 == 0
    shift = math.sqrt(2) * 0.841621  # AUC 0.8
    found = [delong(rng.normal(size=200) + shift * positive, positive).width for _ in range(40)]
    assert auc_width(100, 100, auc=0.8) == pytest.approx(np.mean(found), rel=0.1)


def test_sensitivity_is_wilsons():
    assert sensitivity_width(40, sensitivity=0.9) == wilson(36, 40).width


def test_below_ten_patients_no_width_is_promised():
    assert math.isnan(mean_width(9, deviation=0.1))
    assert math.isnan(auc_width(4, 5))
    assert math.isnan(auc_width(0, 50))
    assert math.isnan(sensitivity_width(9))


def test_nonsense_is_refused():
    with pytest.raises(StudyError):
        mean_width(20, deviation=-1)
