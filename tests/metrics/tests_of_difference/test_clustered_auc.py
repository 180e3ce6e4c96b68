"""The difference of two AUCs with several cases a patient."""

import numpy as np
import pytest

from isocenter.metrics.tests_of_difference.clustered_auc import clustered_auc_difference
from isocenter.metrics.tests_of_difference.paired_delong import paired_delong

from .test_paired_delong import two_models


def test_with_one_case_a_patient_it_comes_near_paired_delong(rng):
    first, second, positive = two_models(rng, n=300, better=0.3)
    ours = clustered_auc_difference(first, second, positive, np.arange(300), rng=rng)
    delong = paired_delong(first, second, positive)
    assert ours.effect == pytest.approx(delong.effect)
    assert ours.interval.ends == pytest.approx(delong.interval.ends, abs=0.01)
    assert ours.p == pytest.approx(delong.p, abs=0.03)


def test_copies_of_the_cases_do_not_narrow_it(rng):
    first, second, positive = two_models(rng, n=60)
    once = clustered_auc_difference(first, second, positive, np.arange(60), rng=np.random.default_rng(1))
    copies = [np.repeat(x, 5) for x in (first, second, positive, np.arange(60))]
    copied = clustered_auc_difference(*copies, rng=np.random.default_rng(1))
    assert copied.interval.ends == pytest.approx(once.interval.ends, abs=1e-9)
    assert copied.p == once.p


def test_few_patients_support_no_claim(rng):
    first, second, positive = two_models(rng, n=40)
    found = clustered_auc_difference(first, second, positive, np.arange(40) % 8, rng=rng)
    assert np.isnan(found.p)
    assert np.isnan(found.interval.ends).all()
