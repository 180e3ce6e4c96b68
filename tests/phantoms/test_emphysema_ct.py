"""Chest CT with emphysema: what breath, disease and scanner do to the lungs, and what is known about extent."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import Seeds
from isocenter.phantoms.thorax.scores import INTERVALS
from isocenter.stages.phantom import write_phantom

CT = PHANTOMS.get("emphysema_ct")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)
SMALL = {"voxel_mm": 6.5}


def scan(seeds=SEEDS, **options):
    return CT.draw(seeds, **{**SMALL, "disease": False, **options})


def labels(case, name):
    return case.truths[name].labels.array()[0]


@pytest.fixture(scope="module")
def healthy():
    return scan(scanner="soft")


@pytest.fixture(scope="module")
def ill():
    return scan(scanner="soft", disease=True, extent=0.3, pattern="centrilobular")


def test_the_share_is_that_of_the_mask_in_the_region_and_the_one_asked_for(ill):
    for side in ("right", "left"):
        region = labels(ill, f"{side}_upper") == 1
        share = float((labels(ill, "emphysema")[region] > 0).mean())
        assert ill.truths[f"share_{side}"].value == share
        assert abs(share - 0.3) <= 1 / region.sum()


def test_the_score_is_the_interval_its_share_falls_into(ill):
    score = ill.truths["emphysema_right"]
    assert (score.low, score.high) == (0.26, 0.50)
    assert score.value == pytest.approx(0.38)


def test_without_disease_there_is_no_hole_and_every_truth_says_so(healthy):
    assert not labels(healthy, "emphysema").any()
    assert (healthy.truths["emphysema_left"].low, healthy.truths["emphysema_left"].high) == (0, 0)
    assert healthy.truths["present_left"].best == 0
    assert healthy.truths["subtype"].names[healthy.truths["subtype"].best] == "none"


def test_densities_are_those_of_the_protocol(healthy, ill):
    lungs = labels(healthy, "lungs") == 1
    clean = healthy.clean["ct"].array()[0]
    assert -900 < np.median(clean[lungs]) < -780
    holes = (labels(ill, "emphysema") == 1) & (labels(healthy, "lungs") == 1)
    before, after = clean[holes].mean(), ill.clean["ct"].array()[0][holes].mean()
    assert after < before - 40
    assert after > -1005
    assert clean.max() > 300


def test_disease_changes_nothing_but_the_holes(healthy, ill):
    for name in ("lungs", "right_upper", "left_upper"):
        np.testing.assert_array_equal(labels(healthy, name), labels(ill, name))
    change = healthy.clean["ct"].array()[0].astype(int) - ill.clean["ct"].array()[0]
    outside = labels(healthy, "lungs") == 0
    assert np.abs(change[~outside]).max() > 60
    assert np.percentile(np.abs(change[outside]), 95) < 3


def test_a_larger_extent_holds_every_hole_of_a_smaller_one(ill):
    more = scan(disease=True, extent=0.6, pattern="centrilobular")
    assert not ((labels(ill, "emphysema") == 1) & (labels(more, "emphysema") == 0)).any()


def test_another_scanner_shows_the_same_patient_with_the_same_truths(ill):
    other = scan(scanner="sharp", disease=True, extent=0.3, pattern="centrilobular")
    assert ill.patient == other.patient
    for name, truth in ill.truths.items():
        if hasattr(truth, "labels"):
            np.testing.assert_array_equal(labels(ill, name), labels(other, name))
        elif hasattr(truth, "value"):
            assert truth.value == other.truths[name].value
    assert other.covariates["laa950_right"] != ill.covariates["laa950_right"]


def test_the_regions_are_disjoint_parts_of_the_lungs_on_their_own_side(healthy):
    right, left, lungs = (labels(healthy, name) == 1 for name in ("right_upper", "left_upper", "lungs"))
    assert not (right & left).any()
    assert lungs[right | left].all()
    x = healthy.inputs["ct"].grid.to_world(np.argwhere(right))[:, 0]
    assert x.mean() > 40  # RAS: the patient's right is positive
    assert healthy.inputs["ct"].unit == "HU"


@pytest.mark.parametrize("pattern", ["centrilobular", "paraseptal", "panlobular"])
def test_a_pattern_is_named_by_mask_and_class(pattern):
    case = scan(disease=True, extent=0.15, pattern=pattern)
    names = case.truths["patterns"].names
    assert {names[k] for k in np.unique(labels(case, "patterns"))} == {"background", pattern}
    assert case.truths["subtype"].names[case.truths["subtype"].best] == pattern


def test_sharp_thin_slices_make_emphysema_of_noise_in_healthy_lungs():
    dark = {name: scan(scanner=name, inspiration=1.2).covariates["laa950_right"] for name in ("soft", "sharp")}
    assert dark["sharp"] > dark["soft"] + 3


def test_readers_differ_from_one_another_and_are_right_more_often_than_not():
    wrong, n = {"first": 0, "second": 0}, 0
    for _, case in draw_many(CT, 8, 3, voxel_mm=11.0, raters=("first", "second"), prevalence=0.7):
        for side in ("right", "left"):
            n += 1
            for name in wrong:
                wrong[name] += case.raters[name][f"emphysema_{side}"].low != case.truths[f"emphysema_{side}"].low
    assert 0 < max(wrong.values()) < 0.6 * n


def test_the_suggested_study_is_a_proportion_of_a_region_with_an_interval(tmp_path):
    options = {"voxel_mm": 10.0, "raters": ("first",)}
    study = read_study(write_phantom("emphysema_ct", tmp_path / "s", n=3, seed=3, prevalence=0.8, options=options))
    target = study.targets[0]
    assert (target.type, target.scope) == ("proportion", "region:right_upper")
    assert target.columns == ("emphysema_right_low", "emphysema_right_high")
    held = open_cases(study, folder=tmp_path / "s")
    for key, drawn in draw_many(CT, 3, 3, prevalence=0.8, **options):
        truth, read = drawn.truths["emphysema_right"], held[key].labels["emphysema_right"]
        assert (read.low, read.high, read.value) == pytest.approx((truth.low, truth.high, truth.value))
        np.testing.assert_array_equal(held[key].regions["right_upper"].labels.array(), drawn.truths["right_upper"].labels.array())
    rows = (tmp_path / "s" / "cases.csv").read_text().splitlines()
    assert {"emphysema_right_low_first", "emphysema_right_high_first"} <= set(rows[0].split(","))


def test_a_readers_interval_is_read_from_columns_of_their_own(tmp_path):
    options = {"voxel_mm": 10.0, "raters": ("first", "second")}
    path = write_phantom("emphysema_ct", tmp_path, n=2, seed=3, prevalence=1.0, options=options)
    study = read_study(path)
    read = study.model_copy(update={"targets": (study.targets[0].model_copy(update={"raters": ("first", "second")}),)})
    held = open_cases(read, folder=tmp_path)
    for key, drawn in draw_many(CT, 2, 3, prevalence=1.0, **options):
        written = drawn.raters["second"]["emphysema_right"]
        got = held[key].labels["emphysema_right@second"]
        assert (got.low, got.high) == pytest.approx((written.low, written.high))


def test_every_score_of_a_cohort_is_one_of_the_six():
    ends = {(low / 100, high / 100) for low, high in INTERVALS}
    for _, case in draw_many(CT, 6, 1, voxel_mm=10.0):
        assert (case.truths["emphysema_left"].low, case.truths["emphysema_left"].high) in ends


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(PlanError, match="Did you mean paraseptal"):
        scan(pattern="paraseptals")
    with pytest.raises(PlanError, match="extent in"):
        scan(extent=30)
    with pytest.raises(PlanError, match="inspiration"):
        scan(inspiration=3)
    with pytest.raises(PlanError, match="at least 8"):
        scan(voxel_mm=60.0)
    with pytest.raises(PlanError, match="unknown sex"):
        scan(sex="X")
