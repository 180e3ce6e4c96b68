"""The fundus photograph: grades by their rule, places by construction, what a camera spoils."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import Seeds

FUNDUS = PHANTOMS.get("fundus")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def shot(**options):
    return FUNDUS.draw(SEEDS, **{"spoiled": False, "scanner": "clinic", **options})


def labels(case, name):
    return case.truths[name].labels.array()[0]


def kinds(case):
    return {str(lesion["kind"]) for lesion in case.lesions}


def test_a_healthy_eye_has_no_lesion_and_a_mild_one_microaneurysms_alone():
    healthy, mild = shot(retinopathy=0), shot(retinopathy=1)
    assert not healthy.lesions
    assert not labels(healthy, "lesions").any()
    assert kinds(mild) == {"microaneurysm"}
    assert mild.truths["microaneurysms"].value == len(mild.lesions)


@pytest.mark.parametrize("retinopathy", range(5))
def test_the_grade_asked_for_is_the_truth(retinopathy):
    case = shot(retinopathy=retinopathy)
    assert case.truths["grade"].best == retinopathy
    assert case.truths["referral"].names[case.truths["referral"].best] == ("refer" if retinopathy >= 2 else "stay")
    assert case.covariates["ill"] == float(retinopathy > 0)


def test_every_lesion_of_the_table_is_in_the_lit_field():
    case = shot(retinopathy=4)
    fov, grid = labels(case, "fov"), case.inputs["fundus"].grid
    index = np.rint(grid.to_index([[lesion["x"], lesion["y"]] for lesion in case.lesions])).astype(int)
    assert fov[tuple(index.T)].all()


def test_red_lesions_are_darker_and_white_ones_brighter_than_what_was_there():
    ill, healthy = shot(retinopathy=3, size_px=192), shot(retinopathy=0, size_px=192)
    change = ill.clean["fundus"].array()[1].astype(int) - healthy.clean["fundus"].array()[1].astype(int)
    names = ill.truths["lesions"].names
    off = labels(healthy, "vessels") == 0
    for index, name in enumerate(names[1:], start=1):
        here = (labels(ill, "lesions") == index) & off
        if here.any():
            assert (change[here].mean() < 0) == (name in ("microaneurysm", "hemorrhage", "neovascularization")), name


def test_disc_and_fovea_lie_where_they_are_seen():
    case = shot(retinopathy=0)
    green, grid = case.clean["fundus"].array()[1].astype(float), case.inputs["fundus"].grid
    places = np.rint(grid.to_index(case.truths["landmarks"].world)).astype(int)
    lit = labels(case, "fov") > 0
    assert labels(case, "disc")[tuple(places[0])]
    assert green[labels(case, "disc") > 0].mean() > np.quantile(green[lit], 0.95)
    x, y = places[1]
    assert green[x - 1 : x + 2, y - 1 : y + 2].mean() < np.median(green[lit])


def test_the_disc_is_at_the_right_of_a_right_eye_and_at_the_left_of_a_left_one():
    right, left = (shot(side=side).truths["landmarks"].world for side in ("right", "left"))
    assert right[0, 0] > right[1, 0]
    assert left[0, 0] < left[1, 0]
    with pytest.raises(PlanError, match="Did you mean left"):
        shot(side="lefft")


def test_a_spoiled_picture_keeps_the_masks_and_can_become_ungradable():
    good, bad = shot(), shot(spoiled=True)
    np.testing.assert_array_equal(labels(good, "vessels"), labels(bad, "vessels"))
    assert good.truths["quality"].value > bad.truths["quality"].value
    assert bad.truths["ungradable"].names[bad.truths["ungradable"].best] == "ungradable"
    assert bad.truths["referral"].names[bad.truths["referral"].best] == "ungradable"
    contrast = [case.clean["fundus"].array()[1][labels(good, "fov") > 0].std() for case in (good, bad)]
    assert contrast[1] < contrast[0]


def test_about_as_many_are_spoiled_as_the_parameters_say():
    cases = [case for _, case in draw_many(FUNDUS, 40, 1, size_px=32)]
    spoiled = np.mean([case.truths["ungradable"].best for case in cases])
    assert 0.0 < spoiled <= 0.31  # 14 %, and three standard errors of 40
    assert len({case.covariates["scanner"] for case in cases}) == 5


def test_it_is_a_color_picture_with_an_own_look_for_every_camera():
    looks = {name: shot(scanner=name).clean["fundus"].array() for name in FUNDUS.parameters["scanners"]}
    assert all(look.shape == (3, 96, 96) for look in looks.values())
    colors = {name: tuple(look[:, labels(shot(), "fov") > 0].mean(1)) for name, look in looks.items()}
    assert len({tuple(np.round(np.array(c) / c[0], 2)) for c in colors.values()}) == len(looks)


def test_a_reader_who_misses_lesions_never_grades_higher():
    case = shot(retinopathy=2, raters=("first", "second"))
    for answers in case.raters.values():
        assert answers["grade"].best <= 2
        assert len(answers["spots"]) <= len(case.truths["spots"])


@pytest.mark.parametrize("wrong", [{"retinopathy": 5}, {"size_px": 16}])
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(PlanError, match="expected"):
        shot(**wrong)
