"""Head CT: densities, volumes, compartments and what looks like blood but is not."""

import numpy as np
import pytest
from scipy import ndimage

from isocenter.core.errors import PlanError
from isocenter.io.table import open_cases
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.head.bleed import COMPARTMENTS
from isocenter.phantoms.phantom import Seeds
from isocenter.stages.phantom import write_phantom

CT = PHANTOMS.get("head_ct")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def scan(seeds=SEEDS, **options):
    return CT.draw(seeds, **{"disease": False, "age": 60.0, "scanner": "clear", **options})


def labels(case, name):
    return case.truths[name].labels.array()[0]


def bleeding(kind, volume_ml=12.0, **options):
    return scan(disease=True, compartments=kind, volume_ml=volume_ml, **options)


@pytest.fixture(scope="module")
def healthy():
    return scan()


@pytest.mark.parametrize("kind", COMPARTMENTS)
def test_volume_class_and_compartment_are_those_of_the_mask(kind):
    case = bleeding(kind, 6.0)
    voxel_ml = np.prod(case.inputs["ct"].grid.spacing) / 1000
    assert case.truths["volume"].value == pytest.approx((labels(case, "bleed") == 1).sum() * voxel_ml)
    assert case.truths["volume"].value == pytest.approx(6.0, abs=voxel_ml) or kind in ("subarachnoid", "intraventricular")
    assert case.truths["compartments"].p.tolist() == [float(name == kind) for name in COMPARTMENTS]
    assert case.truths["disease"].best == 1
    assert set(np.unique(labels(case, "bleed_kind"))) == {0, 1 + COMPARTMENTS.index(kind)}
    assert case.lesions[0]["volume_ml"] == pytest.approx(case.truths["volume"].value)


def test_without_bleeding_every_truth_says_so(healthy):
    assert not labels(healthy, "bleed").any()
    assert healthy.truths["volume"].value == 0
    assert healthy.truths["compartments"].p.sum() == 0
    assert len(healthy.truths["bleeds"]) == 0
    assert healthy.lesions == ()


def test_densities_are_those_of_the_protocol(healthy):
    clean = healthy.clean["ct"].array()[0]
    inner = ndimage.binary_erosion(labels(healthy, "intracranial") == 1, iterations=2) & (labels(healthy, "calcium") == 0)
    assert 26 < np.percentile(clean[inner], 60) < 42
    assert clean.max() > 500
    for kind in ("intraparenchymal", "epidural"):
        case = bleeding(kind, 30.0)
        core = ndimage.binary_erosion(labels(case, "bleed") == 1)
        assert core.any()
        assert 48 < np.median(case.clean["ct"].array()[0][core]) < 92


def test_bleeding_changes_nothing_elsewhere(healthy):
    case = bleeding("epidural")
    change = np.abs(case.clean["ct"].array()[0].astype(int) - healthy.clean["ct"].array()[0])
    far = ndimage.distance_transform_edt(labels(case, "bleed") == 0) > 3
    assert change[far].max() <= 1
    assert change[labels(case, "bleed") == 1].mean() > 15
    np.testing.assert_array_equal(labels(case, "intracranial"), labels(healthy, "intracranial"))


def test_more_blood_holds_all_of_less():
    less, more = bleeding("subdural", 5.0), bleeding("subdural", 25.0)
    assert not ((labels(less, "bleed") == 1) & (labels(more, "bleed") == 0)).any()


@pytest.mark.parametrize("kind", ["epidural", "subdural"])
def test_blood_outside_of_the_brain_lies_at_the_skull_on_one_side(kind):
    case = bleeding(kind)
    depth = ndimage.distance_transform_edt(labels(case, "intracranial"), sampling=case.inputs["ct"].grid.spacing)
    blood = labels(case, "bleed") == 1
    assert np.median(depth[blood]) < (14 if kind == "epidural" else 10)
    assert np.ptp(np.sign(case.inputs["ct"].grid.to_world(np.argwhere(blood))[:, 0])) <= 2
    assert (labels(case, "intracranial") == 1)[blood].mean() > 0.85


def test_an_epidural_lens_is_thicker_and_shorter_than_a_subdural_crescent():
    boxes = {kind: bleeding(kind, 15.0).truths["bleeds"].extent[0] for kind in ("epidural", "subdural")}
    assert boxes["subdural"].max() > 1.2 * boxes["epidural"].max()


def test_blood_of_ventricles_lies_in_fluid_and_behind(healthy):
    case = bleeding("intraventricular", 4.0)
    blood = labels(case, "bleed") == 1
    assert np.median(healthy.clean["ct"].array()[0][blood]) < 26
    assert case.inputs["ct"].grid.to_world(np.argwhere(blood))[:, 1].mean() < -10


def test_the_box_holds_the_blood():
    case = bleeding("intraparenchymal")
    places = case.inputs["ct"].grid.to_world(np.argwhere(labels(case, "bleed") == 1))
    center, extent = case.truths["bleeds"].world[0], case.truths["bleeds"].extent[0]
    assert (np.abs(places - center) <= extent / 2 + 1e-6).all()


def test_another_scanner_shows_the_same_truths():
    first, second = bleeding("subdural"), bleeding("subdural", scanner="old")
    for name in ("bleed", "bleed_kind", "calcium", "intracranial"):
        np.testing.assert_array_equal(labels(first, name), labels(second, name))
    assert first.truths["volume"].value == second.truths["volume"].value


def test_calcium_is_denser_than_blood_can_be_and_is_no_blood():
    rich = CT.with_parameters(
        share_calcium=dict.fromkeys(CT.parameters["share_calcium"], 1.0), calcium_hu=[1000.0, 1500.0], calcium_mm=[4.0, 5.0]
    )
    case = rich.draw(SEEDS, disease=False, age=80.0, scanner="clear")
    calcium = labels(case, "calcium") == 1
    assert calcium.sum() > 3
    assert case.clean["ct"].array()[0][calcium].max() > 300
    assert not labels(case, "bleed").any()
    assert case.covariates["calcium"] == 1.0


def test_a_threshold_for_blood_is_fooled_by_bone(healthy):
    clean = healthy.clean["ct"].array()[0]
    head = ndimage.binary_dilation(labels(healthy, "intracranial") == 1, iterations=1)
    assert ((clean > 50) & (clean < 100) & head).sum() > 50  # partial volume at the skull, without any blood


def test_every_target_is_read_back_from_the_study(tmp_path):
    options = {"pixel_mm": 9.0, "raters": ("first",)}
    write_phantom("head_ct", tmp_path, n=1, prevalence=1.0, options=options)
    ((_, drawn),) = draw_many(CT, 1, prevalence=1.0, **options)
    for target in CT.targets:
        read = next(iter(open_cases(CT.study(target.name), folder=tmp_path))).labels[target.name]
        if target.type == "mask":
            np.testing.assert_array_equal(read.labels.array(), drawn.truths[target.name].labels.array())
        elif target.type == "boxes":
            np.testing.assert_allclose(read.world, drawn.truths[target.name].world, atol=1e-4)
        elif target.type == "value":
            assert read.value == pytest.approx(drawn.truths[target.name].value, rel=1e-5)
        else:
            np.testing.assert_array_equal(read.p, drawn.truths[target.name].p)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(PlanError, match="Did you mean subdural"):
        scan(compartments="subdurall")
    with pytest.raises(PlanError, match="volume_ml"):
        scan(volume_ml=0)
    with pytest.raises(PlanError, match="at least 16"):
        scan(pixel_mm=40.0)
