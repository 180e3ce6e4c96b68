"""Stroke perfusion: what is dead is seen in diffusion, what is late in the bolus alone."""

import numpy as np
import pytest

from isocenter.core.image import Image
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds
from isocenter.phantoms.stroke_perfusion import BOLUS
from isocenter.stages.phantom import write_phantom

STROKE = PHANTOMS.get("stroke_perfusion")
SEEDS = Seeds(anatomy=2, disease=2, demographics=2)


@pytest.fixture(scope="module")
def ill():
    return STROKE.draw(SEEDS, disease=True, scanner="sharp")


@pytest.fixture(scope="module")
def well():
    return STROKE.draw(SEEDS, disease=False, scanner="sharp")


def clean(case, name):
    return case.clean[name].array()[0].astype(float)


def tmax(case):
    return case.truths["tmax"].array()[0]


def test_diffusion_is_restricted_in_the_core_and_not_in_the_rest_of_what_is_late(ill, well):
    core, late = (ill.truths[name].region(name) for name in ("core", "hypoperfused"))
    change = clean(ill, "adc") / clean(well, "adc").clip(1)
    assert core.sum() > 20
    assert np.median(change[core]) < 0.85  # at 3.7 mm most samples of the core hold fluid too
    assert np.median(change[late & ~core]) == pytest.approx(1.0, abs=0.02)


def test_flair_knows_nothing_of_the_stroke(ill, well):
    np.testing.assert_array_equal(clean(ill, "flair"), clean(well, "flair"))


def test_the_bolus_is_later_where_the_delay_is_longer(ill):
    frames = np.stack([clean(ill, name) for name in BOLUS])
    brain = ill.truths["brain"].region("brain")
    drop = 1 - frames / frames.max(axis=0).clip(1)
    arrival = (drop * np.arange(len(BOLUS))[:, None, None, None]).sum(0) / drop.sum(0).clip(1e-6)
    early, late = arrival[brain & (tmax(ill) < 2)], arrival[brain & (tmax(ill) > 8)]
    assert np.median(late) > np.median(early) + 0.5


def test_the_healthy_have_no_delay_beyond_a_physiological_one(well):
    assert tmax(well).max() <= 1.51
    assert well.truths["core_volume"].value == well.truths["hypoperfused_volume"].value == 0


def test_what_is_hypoperfused_is_read_off_tmax(ill):
    np.testing.assert_array_equal(ill.truths["hypoperfused"].region("hypoperfused"), tmax(ill) > 6.0)
    voxel = np.prod(ill.inputs["dwi"].grid.spacing) / 1000
    assert ill.truths["hypoperfused_volume"].value == pytest.approx((tmax(ill) > 6.0).sum() * voxel)


def test_the_infarct_stays_the_core_where_flow_returned_and_grows_where_not():
    grown = {0.0: [], 1.0: []}
    for k in range(12):
        case = STROKE.draw(Seeds(anatomy=1, disease=k), disease=True)
        core, infarct = case.truths["core"].region("core"), case.truths["infarct"].region("infarct")
        assert not (core & ~infarct).any()
        grown[case.covariates["reperfused"]].append(infarct.sum() - core.sum())
    assert set(grown[1.0]) == {0}
    assert max(grown[0.0]) > 50


def test_maps_are_0_outside_the_brain_and_in_their_units(ill):
    outside = ~ill.truths["brain"].region("brain")
    for name, unit in (("tmax", "s"), ("relative_flow", "1")):
        image = ill.truths[name]
        assert isinstance(image, Image)
        assert (image.array()[0][outside] == 0).all()
        assert image.unit == unit


def test_its_study_asks_for_tmax_inside_the_brain(tmp_path):
    study = write_phantom("stroke_perfusion", tmp_path, n=1, options={"size": 32})
    text = study.read_text(encoding="utf-8")
    assert "region:brain" in text
    assert (tmp_path / "tmax" / "stroke_perfusion_00000.nii.gz").exists()
