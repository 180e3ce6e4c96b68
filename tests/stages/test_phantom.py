"""Phantom studies on disk: what is written is what was drawn, and a run can read it."""

import json

import numpy as np
import pytest
from PIL import Image as Picture

from isocenter.core.errors import FileError, PlanError, UnknownName
from isocenter.core.graph import Graph
from isocenter.core.mask import Mask
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.stages.phantom import write_phantom

SMALL = {"chest_xray": {"size_px": 32}, "tof_vessels": {"size": 16}}


@pytest.mark.parametrize("name", ["chest_xray", "tof_vessels"])
def test_what_is_read_back_is_what_was_drawn(tmp_path, name):
    study = read_study(write_phantom(name, tmp_path / "s", n=2, seed=3, options=SMALL[name]))
    held = open_cases(study, folder=tmp_path / "s")
    target = study.targets[0].name
    for key, drawn in draw_many(PHANTOMS.get(name), 2, 3, **SMALL[name]):
        case = held[key]
        assert case.patient == drawn.patient
        for view, image in drawn.inputs.items():
            np.testing.assert_array_equal(case.inputs[view].array(), image.array())
        read = case.labels[target]
        assert isinstance(read, Mask)
        np.testing.assert_array_equal(read.labels.array(), drawn.truths[target].labels.array())


@pytest.mark.parametrize("target", ["findings", "disease", "view", "sex", "age", "ctr", "nodules", "heart"])
def test_every_chest_target_makes_a_study_that_reads(tmp_path, target):
    path = write_phantom("chest_xray", tmp_path, n=1, target=target, options={**SMALL["chest_xray"], "view": "PA"})
    case = next(iter(open_cases(read_study(path), folder=tmp_path)))
    assert target in case.labels


def test_nodules_are_written_in_the_pixels_of_the_png(tmp_path):
    options = {"size_px": 48, "findings": "nodule", "disease": True, "view": "PA"}
    study = read_study(write_phantom("chest_xray", tmp_path, n=2, target="nodules", options=options))
    for case, (_, drawn) in zip(
        open_cases(study, folder=tmp_path), draw_many(PHANTOMS.get("chest_xray"), 2, **options), strict=True
    ):
        index = drawn.inputs["film"].grid.to_index(drawn.truths["nodules"].world)
        np.testing.assert_allclose(case.labels["nodules"].world, index, atol=1e-6)


def test_no_finding_is_written_as_such_and_not_as_unknown(tmp_path):
    options = {**SMALL["chest_xray"], "disease": False}
    study = read_study(write_phantom("chest_xray", tmp_path, n=1, target="findings", options=options))
    case = next(iter(open_cases(study, folder=tmp_path)))
    assert case.labels["findings"].p.tolist() == [0.0, 0.0, 0.0, 0.0]


def test_the_hash_of_the_parameters_lies_beside_the_cases(tmp_path):
    write_phantom("chest_xray", tmp_path, n=1, options=SMALL["chest_xray"])
    facts = json.loads((tmp_path / "phantom.json").read_text())
    assert facts["hash"] == PHANTOMS.get("chest_xray").hash
    assert facts["parameters"]["mu_per_mm"]["soft"] == 0.0195


def test_the_same_call_writes_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        write_phantom("chest_xray", tmp_path / folder, n=1, options=SMALL["chest_xray"])
    files = [sorted(p.relative_to(tmp_path / f) for p in (tmp_path / f).rglob("*") if p.is_file()) for f in ("a", "b")]
    assert files[0] == files[1]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files[0])


def test_a_folder_that_holds_a_study_is_not_written_over(tmp_path):
    write_phantom("chest_xray", tmp_path, n=1, options=SMALL["chest_xray"])
    with pytest.raises(FileError, match="Name another folder"):
        write_phantom("chest_xray", tmp_path, n=1)


def test_what_there_is_not_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(UnknownName, match="Did you mean chest_xray"):
        write_phantom("chest_xrays", tmp_path / "s", n=1)
    with pytest.raises(PlanError):
        write_phantom("chest_xray", tmp_path / "s", n=1, target="liver")
    assert not (tmp_path / "s").exists()


def test_a_color_picture_is_written_upright_and_in_its_colors(tmp_path):
    study = read_study(write_phantom("fundus", tmp_path, n=1, seed=4, options={"size_px": 48, "side": "right"}))
    case = next(iter(open_cases(study, folder=tmp_path)))
    (_, drawn) = next(iter(draw_many(PHANTOMS.get("fundus"), 1, 4, size_px=48, side="right")))
    np.testing.assert_array_equal(case.inputs["fundus"].array(), drawn.inputs["fundus"].array())
    rows = np.asarray(Picture.open(tmp_path / "fundus" / "fundus_00000.png"))  # (Y, X, 3)
    assert rows.shape == (48, 48, 3)
    disc = drawn.truths["disc"].labels.array()[0] > 0
    np.testing.assert_array_equal(rows[disc.T], drawn.inputs["fundus"].array()[:, disc].T[np.argsort(_places(disc))])


def _places(mask):
    """Where each True of a mask (X, Y), in its own order, comes in the order of rows (Y, X)."""
    x, y = np.nonzero(mask)
    return y * mask.shape[0] + x


@pytest.mark.parametrize("target", ["vessels", "lesions", "landmarks", "spots", "grade", "referral", "quality", "microaneurysms"])
def test_every_fundus_target_makes_a_study_that_reads(tmp_path, target):
    path = write_phantom("fundus", tmp_path, n=1, target=target, options={"size_px": 32, "retinopathy": 2})
    case = next(iter(open_cases(read_study(path), folder=tmp_path)))
    assert target in case.labels


def test_times_to_dementia_death_and_the_end_are_read_back_as_drawn(tmp_path):
    path = write_phantom("dementia_risk", tmp_path, n=30, seed=2, options={"size_px": 32})
    held = open_cases(read_study(path), folder=tmp_path)
    drawn = dict(draw_many(PHANTOMS.get("dementia_risk"), 30, 2, size_px=32))
    codes = set()
    for key, case in drawn.items():
        truth, read = case.truths["dementia"], held[key].labels["dementia"]
        assert (read.code, read.days[0]) == (truth.code, truth.days[0])
        codes.add(truth.code)
    assert codes == {0, 1, 2}


def test_the_oracle_stands_in_the_table_and_is_no_covariate(tmp_path):
    study = read_study(write_phantom("dementia_risk", tmp_path, n=1, options={"size_px": 32}))
    assert set(study.covariates) == {"age", "sex", "scanner"}
    assert "risk" in (tmp_path / "cases.csv").read_text().splitlines()[0].split(",")


def test_bone_age_does_not_come_with_the_age_beside_it(tmp_path):
    study = read_study(write_phantom("hand", tmp_path, n=1, options={"size_px": 32}))
    assert study.targets[0].name == "bone_age"
    assert set(study.covariates) == {"sex", "scanner"}


def test_a_tree_of_vessels_is_read_back_branch_by_branch(tmp_path):
    study = read_study(write_phantom("tof_vessels", tmp_path, n=1, seed=3, target="tree", options=SMALL["tof_vessels"]))
    ((key, drawn),) = draw_many(PHANTOMS.get("tof_vessels"), 1, 3, **SMALL["tof_vessels"])
    read = open_cases(study, folder=tmp_path)[key].labels["tree"]
    assert isinstance(read, Graph)
    np.testing.assert_allclose(read.nodes, drawn.truths["tree"].nodes)
    np.testing.assert_array_equal(read.edges, drawn.truths["tree"].edges)


def test_simulated_readers_stand_beside_the_truth_of_the_written_study(tmp_path):
    options = {"raters": ("first", "second"), "size_px": 48}
    study = read_study(write_phantom("chest_xray", tmp_path, n=2, target="findings", options=options))
    assert study.targets[0].readers == ("first", "second")
    case = next(iter(open_cases(study, folder=tmp_path, data=tmp_path)))
    assert {"findings", "findings@first", "findings@second"} <= set(case.labels)
