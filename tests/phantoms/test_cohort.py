"""Tables of phantom cases: prevalence, ties, visits."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import cases, draw_many, seeds_of
from isocenter.phantoms.phantom import Phantom, PhantomCase

CHEST = PHANTOMS.get("chest_xray")


def draw(parameters, seeds, grade, options):
    """A phantom without an image, for counting labels."""
    facts = {"ill": float(options["disease"]), "marker": float(options["marker"])}
    facts |= {name: options[name] for name in ("sex", "scanner", "age")}
    return PhantomCase(patient=seeds.patient, inputs={}, truths={}, covariates=facts, clean={}, acquisition={})


PLAIN = Phantom(
    name="plain",
    shows="Nothing.",
    cite="-",
    version="1",
    parameters={},
    inputs=(),
    targets=(),
    drawer=draw,
    options={"disease": False, "marker": False, "sex": "F", "scanner": "a", "age": 50.0},
    disease=("disease", False, True),
    factors={"marker": (False, True), "sex": ("F", "M"), "scanner": ("a", "b"), "age": (30.0, 70.0)},
)


def table(n, **options):
    held = cases(PLAIN, n, seed=1, **options)
    return held.column("ill").astype(float), held.column("marker").astype(float)


def test_a_marker_tied_with_strength_1_is_the_label():
    ill, marker = table(12, tie={"marker": 1.0})
    np.testing.assert_array_equal(ill, marker)
    assert 0 < ill.mean() < 1


def test_a_marker_tied_with_strength_0_agrees_with_the_label_half_of_the_time():
    ill, marker = table(400, tie={"marker": 0.0})
    agreement = (ill == marker).mean()
    assert abs(agreement - 0.5) < 3 * np.sqrt(0.25 / 400)


def test_a_marker_tied_with_strength_s_agrees_in_a_share_of_one_plus_s_over_two():
    ill, marker = table(400, tie={"marker": 0.6})
    assert abs((ill == marker).mean() - 0.8) < 3 * np.sqrt(0.16 / 400)


def test_breaking_the_tie_changes_neither_patients_nor_labels():
    tied, broken = (cases(PLAIN, 8, seed=1, tie={"marker": s}) for s in (1.0, 0.0))
    np.testing.assert_array_equal(tied.column("ill"), broken.column("ill"))
    np.testing.assert_array_equal(tied.column("patient"), broken.column("patient"))
    assert (tied.column("marker") != broken.column("marker")).any()


def test_prevalence_is_what_was_asked_for():
    assert cases(PLAIN, 10, prevalence=0.0).column("ill").astype(float).sum() == 0
    assert cases(PLAIN, 10, prevalence=1.0).column("ill").astype(float).sum() == 10


def test_sex_scanner_and_age_can_be_tied_too():
    held = cases(PLAIN, 12, seed=2, tie={"sex": 1.0, "scanner": 1.0, "age": 1.0})
    ill = held.column("ill").astype(float) > 0
    assert set(held.column("sex")[ill]) == {"M"}
    assert set(held.column("scanner")[~ill]) == {"a"}
    assert set(held.column("age")[ill].astype(float)) == {70.0}


def test_in_the_chest_film_what_is_tied_is_what_is_drawn():
    held = cases(CHEST, 4, seed=2, size_px=32, tie={"marker": 1.0, "sex": 1.0, "scanner": 1.0, "age": 1.0})
    for case in held:
        ill = case.covariates["ill"] > 0
        assert ("shortcut" in case.regions) == ill
        assert case.covariates["sex"] == ("M" if ill else "F")
        assert case.covariates["scanner"] == ("mobile" if ill else "crisp")
        assert (case.covariates["age"] >= 54) == ill


def test_visits_share_the_patient_and_not_the_scan():
    held = cases(PLAIN, 6, visits=3)
    assert len(set(held.column("patient"))) == 2
    assert seeds_of(0, 0, visits=3).acquisition != seeds_of(0, 1, visits=3).acquisition


def test_unlike_seeds_share_no_patient():
    first, second = ({c.patient for _, c in draw_many(PLAIN, 4, seed)} for seed in (1, 2))
    assert not first & second


def test_keys_are_in_order_and_unique():
    assert list(cases(PLAIN, 3).keys) == ["plain_00000", "plain_00001", "plain_00002"]


@pytest.mark.parametrize(
    "wrong",
    [{"tie": {"marker": 1.5}}, {"tie": {"maker": 1.0}}, {"prevalence": -0.1}, {"visits": 0}],
    ids=["strength", "name", "share", "visits"],
)
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(PlanError):
        cases(PLAIN, 4, **wrong)
