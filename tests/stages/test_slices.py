"""Slices: a study of volumes becomes one of pictures, which a generator can learn."""

import numpy as np
import pytest

from isocenter.core.errors import FileError, GeometryError, StudyError
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.stages.check import check
from isocenter.stages.slices import slices

from .made_study import SHAPE, STUDY, codes, found, made_study

GENERATOR = """
name: made
cases: cases.csv
inputs: {t1: image}
patient: patient
method: wgan_gp
settings: {side: 8}
"""


def test_volumes_are_no_pictures_and_the_finding_names_the_command(tmp_path):
    finding = found(made_study(tmp_path, study=GENERATOR), "volumes_for_pictures", headers_only=True)
    assert finding.severity == "failure"
    assert "wgan_gp reads nothing else" in finding.expected
    assert finding.got == "images of 3 axes in 4 of 4 cases"
    assert "isocenter slices STUDY --out" in finding.do
    assert finding.cases == ("c0", "c1", "c2", "c3")


def test_a_method_of_the_task_of_anomalies_is_told_apart_and_one_of_volumes_is_left_alone(tmp_path):
    anomaly = STUDY.replace("tumor]}", "tumor], use: score}") + "task: anomaly\nmethod: smoothed_intensity\n"
    assert "label of its own" in found(made_study(tmp_path / "a", study=anomaly), "volumes_for_pictures").do
    assert "volumes_for_pictures" not in codes(made_study(tmp_path / "b"))


def test_slices_are_upright_pictures_of_their_patient_and_nothing_is_wrong_with_them(tmp_path):
    source = made_study(tmp_path / "source", study=GENERATOR)
    path = slices(source, tmp_path / "out", data=source.parent, count=3)
    study = read_study(path)
    assert (study.name, study.task, study.method, study.settings) == ("made_slices", "generation", "wgan_gp", {"side": 8})
    cases = open_cases(study, folder=path.parent, data=path.parent)
    volume = next(iter(open_cases(read_study(source), folder=source.parent, data=source.parent))).inputs["t1"].array()[0]
    assert len(cases) == 12
    assert len({case.patient for case in cases}) == 4
    first = cases["c0_axial002"].inputs["t1"]
    assert (first.grid.shape, first.grid.spacing, first.grid.world) == (SHAPE[:2], (2.0, 2.0), "plane_mm")
    np.testing.assert_array_equal(first.array()[0], volume[::-1, ::-1, 2])  # right on the left, anterior up
    assert "volumes_for_pictures" not in {f.code for f in check(path, data=path.parent)}


def test_another_plane_may_be_asked_for(tmp_path):
    source = made_study(tmp_path / "source", cases=1)
    path = slices(source, tmp_path / "out", data=source.parent, count=1, plane="coronal")
    (case,) = open_cases(read_study(path), folder=path.parent, data=path.parent)
    assert case.inputs["t1"].grid.shape == (SHAPE[0], SHAPE[2])


def test_wrong_asks_are_refused(tmp_path):
    source = made_study(tmp_path / "source", cases=1)
    with pytest.raises(StudyError, match="input of the study"):
        slices(source, tmp_path / "a", data=source.parent, name="t2")
    with pytest.raises(StudyError, match="1 or more"):
        slices(source, tmp_path / "a", data=source.parent, count=0)
    with pytest.raises(GeometryError, match="axial"):
        slices(source, tmp_path / "a", data=source.parent, plane="axal")
    with pytest.raises(FileError, match="without a study"):
        slices(source, source.parent, data=source.parent)
