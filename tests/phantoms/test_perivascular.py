"""Perivascular spaces: counts that the mask gives back, slices within the whole, visits that share their spaces."""

import numpy as np
import pytest
from scipy import ndimage

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.brain.regions import REGIONS
from isocenter.phantoms.cohort import cases, draw_many
from isocenter.phantoms.perivascular import draw_person
from isocenter.phantoms.phantom import Seeds

SPACES = PHANTOMS.get("perivascular")
TOUCHING = np.ones((3, 3, 3))


def objects(mask):
    return ndimage.label(mask, TOUCHING)[1]


def scan(seed=1, region="basal_ganglia", grade="test", **options):
    return SPACES.draw(Seeds(anatomy=seed, demographics=seed + 1), grade, region=region, **options)


@pytest.fixture(scope="module", params=REGIONS)
def many(request):
    """Six cases of a region whose people are ill, so that there is something to count."""
    return [case for _, case in draw_many(SPACES, 6, 5, region=request.param, disease=True)]


def test_the_count_is_the_number_of_objects_in_the_mask(many):
    for case in many:
        assert case.truths["count"].value == objects(case.truths["spaces"].region("space")) == len(case.truths["dots"])


def test_the_count_of_the_slice_is_the_number_of_objects_it_shows(many):
    for case in many:
        level = int(case.covariates["slice"])
        labels = ndimage.label(case.truths["spaces"].region("space"), TOUCHING)[0][:, :, level]
        assert case.truths["slice_count"].value == len(set(labels[labels > 0]))


def test_spaces_and_dots_lie_in_the_region(many):
    for case in many:
        region = ndimage.binary_dilation(case.truths["region"].region("region"), TOUCHING)
        assert region[case.truths["spaces"].region("space")].all()
        index = np.rint(case.inputs["t2"].grid.to_index(case.truths["dots"].world)).astype(int)
        assert case.truths["spaces"].region("space")[tuple(index.T)].all()


def test_spaces_are_brighter_than_what_is_around_them(many):
    signal = [case.clean["t2"].array()[0].astype(float) for case in many]
    own = [case.truths["spaces"].region("space") for case in many]
    near = [ndimage.binary_dilation(m, TOUCHING, 2) & ~ndimage.binary_dilation(m) & c.truths["region"].region("region")
            for m, c in zip(own, many, strict=True)]  # fmt: skip
    inside, outside = (np.concatenate([s[m] for s, m in zip(signal, ms, strict=True)]).mean() for ms in (own, near))
    assert inside > 1.2 * outside


def test_look_alikes_touch_no_space_and_are_not_counted(many):
    for case in many:
        mimics = case.truths["mimics"].labels.array()[0] > 0
        assert not (mimics & case.truths["spaces"].region("space")).any()


@pytest.mark.parametrize("region", ["midbrain", "basal_ganglia"])
def test_a_finer_grid_shows_the_same_spaces(region):
    coarse, fine = (scan(2, region, grade, disease=True) for grade in ("test", "benchmark"))
    assert fine.truths["count"].value == coarse.truths["count"].value
    assert objects(fine.truths["spaces"].region("space")) == fine.truths["count"].value
    assert fine.inputs["t2"].grid.spacing[0] == pytest.approx(coarse.inputs["t2"].grid.spacing[0] / 2)


def test_two_visits_are_a_rescan_of_the_same_spaces():
    held = [case for _, case in draw_many(SPACES, 4, 8, visits=2, region="centrum_semiovale", raters=("first",))]
    for before, after in zip(held[::2], held[1::2], strict=True):
        assert before.patient == after.patient
        assert before.truths["count"].value == after.truths["count"].value
        assert (before.inputs["t2"].array() != after.inputs["t2"].array()).any()


def test_four_regions_of_the_same_seeds_are_one_person():
    drawn = [scan(3, region) for region in REGIONS]
    assert len({(case.patient, case.covariates["age"], case.covariates["ill"]) for case in drawn}) == 1
    assert [case.covariates["brain_region"] for case in drawn] == list(REGIONS)


def test_counts_are_skewed_and_rise_with_age_and_disease():
    people = [draw_person(SPACES.parameters, Seeds(anatomy=k, demographics=k), "hippocampi") for k in range(120)]
    number = np.array([len(person.spaces) for person in people])
    ill = np.array([person.ill for person in people])
    assert number[ill].mean() > 1.3 * number[~ill].mean()
    assert number.mean() > np.median(number)
    assert number.var() > 1.5 * number.mean()


def test_a_reader_without_wander_misses_little_and_one_with_much_disagrees():
    case = scan(6, "centrum_semiovale", disease=True, raters=("first", "second"))
    assert set(case.raters) == {"first", "second"}
    assert {"count", "slice_count", "spaces", "dots", "region"} == set(case.raters["first"])
    assert len(case.raters["first"]["dots"]) == case.raters["first"]["count"].value


def test_a_case_carries_its_region_its_slice_and_its_scopes():
    case = next(iter(cases(SPACES, 1, 3, raters=("first",))))
    assert {"region", "spaces", "mimics"} <= set(case.regions)
    assert "count@first" in case.labels
    assert 0 <= case.covariates["slice"] < case.inputs["t2"].shape[-1]
    assert [t.scope for t in SPACES.targets[:2]] == ["region:region", "slice:slice"]


def test_a_region_there_is_not_is_refused_with_a_hint():
    with pytest.raises(PlanError, match="Did you mean midbrain"):
        scan(region="midbrian")
