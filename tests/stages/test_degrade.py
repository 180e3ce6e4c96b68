"""Degrade: a study anyone could run, the same each time."""

import numpy as np
import pytest

from isocenter.core.errors import FileError, GeometryError, StudyError, UnknownName
from isocenter.core.image import held_image
from isocenter.io.images import open_image
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.io.write import write_image
from isocenter.stages.check import check
from isocenter.stages.degrade import degrade
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Quiet


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    return write_phantom("emphysema_ct", tmp_path_factory.mktemp("ct"), n=2)


def test_each_slice_is_a_case_of_its_patient_beside_the_clean_one(scans, tmp_path):
    path = degrade(scans, "low_dose", tmp_path / "low", data=scans.parent, slices=2, options={"dose": 0.1, "views": 60})
    cases = open_cases(read_study(path), folder=path.parent, data=path.parent)
    assert len(cases) == 4
    assert len({case.patient for case in cases}) == 2
    for case in cases:
        worse, clean = case.inputs["degraded"], case.labels["clean"]
        assert worse.grid.same_as(clean.grid)
        assert (worse.unit, clean.unit, clean.grid.shape[2]) == ("HU", "HU", 1)
        assert 2 < np.abs(worse.array() - clean.array()).mean() < 300
        assert "low_dose" in worse.note


def test_the_same_seed_writes_the_same_noise(scans, tmp_path):
    made, again = (degrade(scans, "rician", tmp_path / name, data=scans.parent, seed=4, slices=1) for name in "ab")
    for path in sorted((made.parent / "degraded").iterdir()):
        assert path.read_bytes() == (again.parent / "degraded" / path.name).read_bytes()


def test_wrong_asks_are_refused(scans, tmp_path):
    with pytest.raises(UnknownName, match="low_dose"):
        degrade(scans, "low_doze", tmp_path / "a", data=scans.parent)
    with pytest.raises(StudyError, match="input of the study"):
        degrade(scans, "low_dose", tmp_path / "a", data=scans.parent, name="mr")
    with pytest.raises(StudyError, match="slices"):
        degrade(scans, "low_dose", tmp_path / "a", data=scans.parent, slices=0)
    with pytest.raises(FileError, match="without a study"):
        degrade(scans, "low_dose", scans.parent, data=scans.parent)


def test_thick_slices_lie_where_the_clean_volume_does_and_the_mask_comes_along(tmp_path):
    scans = write_phantom("emphysema_ct", tmp_path / "ct", n=1, target="lungs", options={"voxel_mm": 6.0})
    path = degrade(scans, "thick_slices", tmp_path / "t", data=scans.parent, guide="lungs", options={"thickness_mm": 12.0})
    study = read_study(path)
    assert [(t.name, t.use) for t in study.targets] == [("clean", "learn"), ("lungs", "guide")]
    assert study.baselines == ("identity_image", "linear_interpolation", "spline_interpolation")
    case = next(iter(open_cases(study, folder=path.parent, data=path.parent)))
    thick, clean, lungs = case.inputs["degraded"], case.labels["clean"], case.labels["lungs"]
    assert thick.grid.sampled(clean.grid.shape).same_as(clean.grid)
    assert thick.grid.shape[2] * 2 == clean.grid.shape[2]
    assert lungs.grid.same_as(clean.grid)
    inside = lungs.region("lungs")
    assert clean.array()[0][inside].mean() < clean.array()[0][~inside].mean() + 300
    assert not {f.code for f in check(path, data=path.parent) if f.code.startswith("mask_other")}


def test_covariates_and_masks_come_along_with_each_slice(tmp_path):
    scans = write_phantom("emphysema_ct", tmp_path / "ct", n=2, target="lungs", options={"voxel_mm": 6.0})
    path = degrade(scans, "rician", tmp_path / "r", data=scans.parent, slices=3)
    source, study = read_study(scans), read_study(path)
    assert [(t.name, t.use) for t in study.targets] == [("clean", "learn"), ("lungs", "score")]
    assert study.covariates == source.covariates == ("sex", "age", "scanner")
    whole = {case.key: case for case in open_cases(source, folder=scans.parent, data=scans.parent)}
    cases = open_cases(study, folder=path.parent, data=path.parent)
    assert len(cases) == 6
    for case in cases:
        scan, at = whole[case.key.rpartition("_slice")[0]], int(case.key[-3:])
        assert case.covariates == scan.covariates
        lungs = case.labels["lungs"]
        assert lungs.grid.same_as(case.labels["clean"].grid)
        assert np.array_equal(lungs.region("lungs")[..., 0], scan.labels["lungs"].region("lungs")[..., at])
    guided = read_study(degrade(scans, "rician", tmp_path / "g", data=scans.parent, slices=1, guide="lungs"))
    assert [(t.name, t.use) for t in guided.targets] == [("clean", "learn"), ("lungs", "guide")]


def test_masks_on_other_samples_are_left_out_and_told_and_no_guide(tmp_path):
    scans = write_phantom("emphysema_ct", tmp_path / "ct", n=2, target="lungs", options={"voxel_mm": 6.0})
    first = sorted((scans.parent / "lungs").iterdir())[0]
    mask = open_image(first)
    write_image(held_image(mask.array()[:, 1:], mask.grid.crop((1, 0, 0), mask.grid.shape)), first)
    heard = Heard()
    path = degrade(scans, "rician", tmp_path / "r", data=scans.parent, progress=heard)
    cases = list(open_cases(read_study(path), folder=path.parent, data=path.parent))
    assert ["lungs" in case.labels for case in cases] == [False, True]
    assert heard.lines == ["degrade: mask lungs lies on other samples than its image in 1 cases; left out there"]
    with pytest.raises(GeometryError, match="mask lungs on the grid"):
        degrade(scans, "rician", tmp_path / "g", data=scans.parent, guide="lungs")


class Heard(Quiet):
    def __init__(self):
        self.lines = []

    def say(self, text):
        self.lines.append(text)


def test_slices_and_masks_that_do_not_go_together_are_refused(scans, tmp_path):
    with pytest.raises(StudyError, match="whole volumes"):
        degrade(scans, "thick_slices", tmp_path / "a", data=scans.parent, slices=2)
    with pytest.raises(StudyError, match="mask target"):
        degrade(scans, "rician", tmp_path / "a", data=scans.parent, guide="hear")
