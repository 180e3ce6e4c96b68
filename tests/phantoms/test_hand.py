"""The hand film: what skeletal age shows, and what it does not depend on."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import Seeds

HAND = PHANTOMS.get("hand")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def film(**options):
    return HAND.draw(SEEDS, **{"sex": "M", "monochrome1": False, **options})


def labels(case):
    return case.truths["bones"].labels.array()[0]


def test_more_centers_are_seen_the_older_the_skeleton():
    seen = [film(bone_age=age).truths["ossified"].value for age in (10, 24, 48, 80, 130, 180)]
    assert seen == sorted(seen)
    assert seen[0] < 5
    assert seen[-1] == 30  # 8 carpals, sesamoid, radius, ulna, and 19 of the rays


def test_a_girl_is_ahead_of_a_boy_of_her_age():
    girl, boy = (film(bone_age=60, sex=sex).truths["ossified"].value for sex in ("F", "M"))
    assert girl > boy


def test_in_a_grown_hand_no_epiphysis_is_apart():
    grown, child = film(bone_age=228), film(bone_age=100)
    assert (grown.truths["centers"].kind == 1).all()
    assert not (labels(grown) == 2).any()
    assert (labels(child) == 2).any()


def test_every_center_lies_on_bone_of_its_kind():
    case = HAND.draw(SEEDS, bone_age=110, sex="F", size_px=256)
    index = np.rint(case.inputs["film"].grid.to_index(case.truths["centers"].world)).astype(int)
    inside = ((index >= 0) & (index < 256)).all(1)
    found = labels(case)[tuple(index[inside].T)]
    assert (found == case.truths["centers"].kind[inside] + 2).mean() > 0.9


def test_bone_is_brighter_than_what_is_around_it_and_darker_on_an_inverted_film():
    plain, inverted = film(bone_age=120), film(bone_age=120, monochrome1=True)
    here = labels(plain) > 0
    grey = plain.clean["film"].array()[0].astype(int)
    assert grey[here].mean() > grey[~here].mean() + 30
    np.testing.assert_array_equal(inverted.clean["film"].array()[0], 255 - grey)
    np.testing.assert_array_equal(labels(plain), labels(inverted))
    assert [case.truths["polarity"].best for case in (plain, inverted)] == [0, 1]
    assert plain.truths["bone_age"].value == inverted.truths["bone_age"].value


def test_bones_grow():
    lengths = [film(bone_age=age).covariates["pixel_mm"] for age in (15, 60, 120, 200)]
    assert lengths == sorted(lengths)  # the film is framed about the hand


def test_skeletal_age_follows_age_with_the_spread_of_the_parameters():
    cases = [case for _, case in draw_many(HAND, 24, 2, size_px=32, disease=False, age=120.0)]
    offset = np.array([case.truths["bone_age"].value - 120 for case in cases])
    spread = np.interp(120, HAND.parameters["age_months"], HAND.parameters["offset_sd"])
    assert np.abs(offset).max() <= 2 * spread
    assert offset.std() == pytest.approx(0.9 * spread, rel=0.4)
    assert abs(film(age=120.0, disease=True).truths["bone_age"].value - 120) > 2 * spread


def test_readers_write_a_bone_age_of_their_own():
    case = film(bone_age=120, raters=("first", "second"))
    written = [answers["bone_age"].value for answers in case.raters.values()]
    assert all(value == round(value) and abs(value - 120) < 40 for value in written)
    assert written[0] != written[1]


@pytest.mark.parametrize("wrong", [{"size_px": 16}, {"sex": "X"}])
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(PlanError):
        film(**wrong)
