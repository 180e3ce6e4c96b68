"""The chest film: views, disease, devices, markers, twins."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds

CHEST = PHANTOMS.get("chest_xray")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def film(seeds=SEEDS, **options):
    return CHEST.draw(seeds, **{"size_px": 64, "disease": False, **options})


def pixels(case):
    return case.inputs["film"].array()[0].astype(float)


def region(case, name):
    return case.truths[name].labels.array()[0] > 0


def heart_mm(case):
    return region(case, "heart").any(1).sum() * case.truths["heart"].grid.spacing[0]


def test_the_heart_is_wider_from_front_to_back_than_from_back_to_front():
    level = CHEST.with_parameters(inspiration={view: [1.0, 1.0] for view in CHEST.parameters["views"]})
    pa, ap = (level.draw(SEEDS, view=view, disease=False, size_px=128) for view in ("PA", "AP"))
    assert heart_mm(ap) > 1.02 * heart_mm(pa)


def test_a_lateral_view_is_another_picture():
    frontal, lateral = film(view="PA"), film(view="L")
    assert np.corrcoef(pixels(frontal).ravel(), pixels(lateral).ravel())[0, 1] < 0.9
    assert "ctr" not in lateral.truths


def test_a_lordotic_view_puts_the_clavicles_higher_than_the_lungs():
    upright, leaning = (film(view=view, size_px=96) for view in ("AP", "lordotic"))
    assert (region(upright, "lungs") != region(leaning, "lungs")).any()


def test_lungs_behind_the_heart_count_in_one_convention_and_not_in_the_other():
    case = film(view="PA", size_px=128)
    lungs, clear, heart = (region(case, name) for name in ("lungs", "lungs_clear", "heart"))
    assert (lungs & heart).sum() > 0.1 * heart.sum()
    assert (clear & heart).sum() < 0.5 * (lungs & heart).sum()


def test_there_are_two_lungs_side_by_side():
    from scipy.ndimage import label

    for k in range(4):
        case = film(Seeds(anatomy=k, pose=k, demographics=k), view="PA", size_px=128)
        parts, _ = label(region(case, "lungs"))
        assert (np.bincount(parts.ravel())[1:] > 200).sum() == 2


def test_lungs_are_darker_than_the_heart():
    case = film(view="PA", scanner="classic")
    grey = pixels(case)
    only = region(case, "lungs_clear") & ~region(case, "heart")
    assert grey[only].mean() < grey[region(case, "heart") & ~only].mean() - 20


def test_monochrome1_is_the_inverted_film():
    plain, inverted = film(), film(monochrome1=True)
    np.testing.assert_array_equal(pixels(plain), 255 - pixels(inverted))
    assert inverted.acquisition["photometric"] == "MONOCHROME1"


def test_a_twin_with_a_marker_differs_in_the_marker_alone():
    without, marked = film(marker=False), film(marker=True)
    changed = pixels(without) != pixels(marked)
    assert changed.any()
    assert not (changed & ~region_of(marked.shortcut)).sum() > 0.2 * region_of(marked.shortcut).sum()
    assert without.shortcut is None


def region_of(mask):
    return mask.labels.array()[0] > 0


def test_the_marker_lies_outside_the_lungs():
    for k in range(4):
        case = film(Seeds(anatomy=k, pose=k, acquisition=k), marker=True, view="PA", size_px=96)
        assert (region_of(case.shortcut) & region(case, "lungs")).sum() <= 0.1 * region_of(case.shortcut).sum()


def test_a_twin_with_disease_keeps_body_and_pose():
    well, ill = film(disease=False), film(disease=True, findings=("opacity",), severity=1.0)
    np.testing.assert_array_equal(region(well, "lungs"), region(ill, "lungs"))
    np.testing.assert_array_equal(region(well, "heart"), region(ill, "heart"))
    assert region(ill, "opacity").any()
    assert not region(well, "opacity").any()


def test_an_opacity_makes_lung_brighter():
    well, ill = (film(disease=d, findings=("opacity",), severity=1.0, scanner="classic", view="PA") for d in (False, True))
    where = region(ill, "opacity")
    assert ill.clean["film"].array()[0][where].mean() > well.clean["film"].array()[0][where].mean()


def test_cardiomegaly_raises_the_cardiothoracic_ratio():
    well, ill = (film(disease=d, findings=("cardiomegaly",), view="PA", size_px=128) for d in (False, True))
    assert ill.truths["ctr"].value > well.truths["ctr"].value + 0.03
    assert 0.3 < well.truths["ctr"].value < 0.65


def test_findings_are_those_asked_for():
    case = film(disease=True, findings=("nodule", "effusion"))
    names = case.truths["findings"].names
    assert {n for n, p in zip(names, case.truths["findings"].p, strict=True) if p} == {"nodule", "effusion"}
    assert case.truths["disease"].p.tolist() == [0.0, 1.0]


def written(findings, *, severity, half_seen):
    """Return what a reader writes who sees exactly what is plainer than half_seen."""
    habits = {"bias": 0.0, "spread": 0.0, "smooth": 0.05, "half_seen": half_seen, "slope": 200.0, "false_rate": 0.0}
    phantom = CHEST.with_parameters(raters={"strict": habits})
    case = phantom.draw(SEEDS, size_px=48, findings=findings, disease=True, severity=severity, raters=("strict",))
    answer = case.raters["strict"]["findings"]
    return {name for name, p in zip(answer.names, answer.p, strict=True) if p}


def test_a_reader_misses_faint_opacities_and_sees_dense_ones():
    assert written(("opacity",), severity=0.02, half_seen=0.6) == set()
    assert written(("opacity",), severity=1.0, half_seen=0.6) == {"opacity"}


def test_every_finding_is_seen_by_who_misses_nothing():
    everything = ("opacity", "nodule", "effusion", "cardiomegaly")
    assert written(everything, severity=1.0, half_seen=0.0) == set(everything)


@pytest.mark.parametrize("rater", ["first", "second", "third", "fourth"])
def test_each_reader_has_habits_of_its_own(rater):
    answer = film(size_px=32, raters=(rater,)).raters[rater]
    assert {"lungs", "findings", "nodules"} <= set(answer)


def test_findings_may_come_as_one_text_as_from_the_command_line():
    a, b = film(disease=True, findings="nodule, effusion"), film(disease=True, findings=("nodule", "effusion"))
    np.testing.assert_array_equal(pixels(a), pixels(b))


def test_nodules_lie_in_the_picture_with_their_size():
    sizes = []
    for k in range(6):
        case = film(Seeds(anatomy=k, disease=k), disease=True, findings=("nodule",), view="PA")
        points = case.truths["nodules"]
        index = case.inputs["film"].grid.to_index(points.world)
        assert ((index >= -0.5) & (index <= 63.5)).all()
        rows = [lesion for lesion in case.lesions if lesion["kind"] == "nodule"]
        sizes += [(e[0], r["diameter_mm"]) for e, r in zip(points.extent, rows, strict=True)]
    assert sizes
    assert all(1.0 <= shown / true < 1.4 for shown, true in sizes)  # magnified, as the film is behind the patient


@pytest.mark.parametrize("device", ["pacemaker", "leads", "tube"])
def test_a_device_is_seen_and_masked(device):
    bare, fitted = film(devices=(), view="AP", size_px=96), film(devices=(device,), view="AP", size_px=96)
    assert not region(bare, "devices").any()
    assert region(fitted, "devices").any()
    assert (pixels(bare) != pixels(fitted)).any()


def test_a_woman_of_the_same_anatomy_differs_from_a_man():
    woman, man = film(sex="F"), film(sex="M")
    assert (pixels(woman) != pixels(man)).any()
    assert woman.truths["sex"].best == 0
    assert man.covariates["sex"] == "M"


def test_age_may_be_a_number_or_a_range():
    assert film(age=70).truths["age"].value == 70
    assert 20 <= film(age=(20.0, 30.0)).truths["age"].value <= 30


def test_the_benchmark_grade_is_finer_and_shows_the_same_chest():
    coarse, fine = (CHEST.draw(SEEDS, grade, disease=False, size_px=64) for grade in ("test", "benchmark"))
    a, b = region(coarse, "lungs"), region(fine, "lungs")
    assert 2 * (a & b).sum() / (a.sum() + b.sum()) > 0.97


@pytest.mark.parametrize(
    "wrong", [{"findings": ("cough",), "disease": True}, {"devices": ("hat",)}, {"view": "oblique"}, {"size_px": 4}]
)
def test_what_it_cannot_show_is_refused(wrong):
    with pytest.raises(PlanError):
        film(**wrong)
