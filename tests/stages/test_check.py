"""Check finds nothing in clean data, names each planted mistake, loses no case, and mends a copy."""

import gzip

import numpy as np
import pytest
from scipy import ndimage

from isocenter.core.errors import FileError, StudyError
from isocenter.core.image import Image
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.stages.check import check
from isocenter.stages.examination import CHECKS
from tests.stages.made_study import STUDY, ball, codes, edit, grid, made_study, save, save_mask


def test_clean_data_has_no_finding(tmp_path):
    assert check(made_study(tmp_path, cases=20)) == []


@pytest.mark.parametrize("name", CHECKS.names())
def test_every_check_says_what_it_looks_for(name):
    assert CHECKS.get(name).name == name
    assert CHECKS.get(name).looks_for


def test_a_missing_column_is_found_with_the_line_of_the_study(tmp_path):
    path = made_study(tmp_path, study=STUDY.replace("columns: label", "columns: lable"))
    (finding,) = check(path)
    assert finding.code == "table"
    assert finding.severity == "failure"
    assert "study.yaml, line 5" in finding.got
    assert "Did you mean label" in finding.got + finding.do


@pytest.mark.parametrize(
    ("line", "hint"),
    [("method: unett", "unet"), ("metrics: [dise]", "dice"), ("baselines: [treshold]", "threshold")],
)
def test_a_name_that_would_stop_the_run_is_found_here(tmp_path, line, hint):
    found = check(made_study(tmp_path, study=f"{STUDY.rstrip()}\n{line}\n"), headers_only=True)
    (finding,) = (f for f in found if f.severity == "failure")
    assert f"Did you mean {hint}" in finding.got + finding.do


def test_duplicate_keys_are_found(tmp_path):
    path = made_study(tmp_path, spoil=lambda folder: edit(folder, "\nc1,", "\nc0,"))
    (finding,) = check(path)
    assert "'c0' again (first on line 2)" in finding.got


def test_a_study_that_cannot_be_read_is_an_error(tmp_path):
    path = made_study(tmp_path, study=STUDY.replace("inputs:", "inptus:"))
    with pytest.raises(StudyError, match="Did you mean inputs"):
        check(path)


def test_a_corrupt_case_does_not_keep_others_from_being_checked(tmp_path):
    def spoil(folder):
        (folder / "image_0.nii.gz").write_bytes(b"no image at all")
        whole = (folder / "image_1.nii.gz").read_bytes()
        (folder / "image_1.nii.gz").write_bytes(whole[: len(whole) // 2])
        (folder / "label_2.nii.gz").unlink()
        save(np.full((16, 14, 12), 7, np.float32), folder / "image_3.nii.gz")

    findings = check(made_study(tmp_path, spoil=spoil))
    unreadable = {f.cases for f in findings if f.code == "unreadable_file"}
    assert unreadable == {("c0",), ("c1",), ("c2",)}
    assert [f.cases for f in findings if f.code == "constant_image"] == [("c3",)]
    assert all(f.expected and f.got and f.do for f in findings)
    assert not any(str(tmp_path) in f.got + f.expected for f in findings if f.cases)  # findings travel; folders stay here


def test_failures_come_first(tmp_path):
    path = made_study(tmp_path, spoil=lambda folder: (folder / "image_0.nii.gz").unlink())
    assert [f.severity for f in check(path)] == ["failure", "warning"]


def test_headers_only_reads_no_pixels(tmp_path):
    def spoil(folder):
        whole = (folder / "image_1.nii.gz").read_bytes()
        (folder / "image_1.nii.gz").write_bytes(whole[: len(whole) // 2])

    path = made_study(tmp_path, spoil=spoil)
    assert codes(path, headers_only=True) == set()
    assert codes(path) == {"unreadable_file"}


def test_progress_is_told(tmp_path):
    class Told:
        def __init__(self):
            self.labels = []

        def track(self, items, *, total=None, label=""):
            self.labels.append((label, total))
            yield from items

    told = Told()
    check(made_study(tmp_path), progress=told)
    assert told.labels == [("check headers", 4), ("check pixels", 4)]


def test_headers_alone_load_no_samples(tmp_path, monkeypatch):
    path = made_study(tmp_path, cases=1)
    rows = [f"c{n},p{n},image_0.nii.gz,label_0.nii.gz" for n in range(20)]
    (tmp_path / "cases.csv").write_text("case,patient,image,label\n" + "\n".join(rows) + "\n")

    def loaded(self):
        raise AssertionError("samples were loaded")

    monkeypatch.setattr(Image, "array", loaded)
    assert {f.severity for f in check(path, headers_only=True)} <= {"note", "warning"}


def fixed(path, folder):
    findings = check(path, fix=folder)
    study = read_study(folder / path.name)
    return findings, open_cases(study, folder=folder)


def test_fix_leaves_nothing_to_find_and_the_originals_alone(tmp_path):
    def spoil(folder):
        save_mask(ball() * 255, folder / "label_0.nii.gz")
        edge = ndimage.uniform_filter(ball() * 200.0, 3)  # as anti-aliasing leaves it
        save(np.round(edge).astype(np.float32), folder / "label_1.nii.gz")

    path = made_study(tmp_path / "study", cases=20, spoil=spoil)
    before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    findings, cases = fixed(path, tmp_path / "fixed")
    assert {"mask_0_255", "mask_anti_aliased", "mended"} <= {f.code for f in findings}
    assert check(tmp_path / "fixed" / "study.yaml") == []
    np.testing.assert_array_equal(cases["c0"].labels["tumor"].region("tumor"), ball() > 0)
    assert {p.name: p.read_bytes() for p in path.parent.iterdir()} == before


def test_fix_renumbers_gaps_when_there_is_one_answer(tmp_path):
    def spoil(folder):
        for n in range(20):
            save_mask(ball() * 4, folder / f"label_{n}.nii.gz")

    path = made_study(tmp_path / "study", cases=20, spoil=spoil)
    findings, cases = fixed(path, tmp_path / "fixed")
    assert {f.code for f in findings} == {"mask_label_gaps", "mended"}
    assert cases["c7"].labels["tumor"].region("tumor").sum() == ball().sum()
    assert "renumbered 4 as 1" in (tmp_path / "fixed" / "mended.csv").read_text()


def test_fix_renumbers_nothing_while_some_numbers_of_the_target_have_no_meaning(tmp_path):
    """Else `values: {255: 1}`, the way to say it, would find the mended masks empty."""

    def spoil(folder):
        save_mask(ball() * 255, folder / "label_0.nii.gz")
        third = ball() * 255
        third[0] = 127
        save_mask(third, folder / "label_1.nii.gz")

    path = made_study(tmp_path / "study", spoil=spoil)
    findings, _ = fixed(path, tmp_path / "fixed")
    assert {"mask_0_255", "mask_unknown_labels"} <= {f.code for f in findings}
    assert "mended" not in {f.code for f in findings}
    edit(tmp_path / "fixed", "classes:", "values: {255: 1, 1: 1}, classes:", file="study.yaml")
    assert codes(tmp_path / "fixed" / "study.yaml") == set()


def test_fix_resamples_a_mask_that_lies_in_the_patient_on_another_grid(tmp_path):
    def spoil(folder):
        fine = ball().repeat(2, 0).repeat(2, 1).repeat(2, 2)
        save_mask(fine, folder / "label_0.nii.gz", grid(shape=fine.shape, spacing=1.0, origin=-20.5))

    path = made_study(tmp_path / "study", spoil=spoil)
    findings, cases = fixed(path, tmp_path / "fixed")
    assert "mask_other_shape" in {f.code for f in findings}
    np.testing.assert_array_equal(cases["c0"].labels["tumor"].region("tumor"), ball() > 0)


def test_fix_moves_a_mask_and_keeps_numbers_the_study_explains(tmp_path):
    def spoil(folder):
        for n in range(4):
            save_mask(ball() * 200, folder / f"label_{n}.nii.gz")
        fine = (ball() * 200).repeat(2, 0).repeat(2, 1).repeat(2, 2)
        save_mask(fine, folder / "label_0.nii.gz", grid(shape=fine.shape, spacing=1.0, origin=-20.5))

    path = made_study(tmp_path / "study", study=STUDY.replace("classes:", "values: {200: 1}, classes:"), spoil=spoil)
    _, cases = fixed(path, tmp_path / "fixed")
    assert codes(tmp_path / "fixed" / "study.yaml") == set()
    np.testing.assert_array_equal(cases["c0"].labels["tumor"].region("tumor"), ball() > 0)


def test_fix_gives_a_mask_without_place_its_images(tmp_path):
    def spoil(folder):
        save_mask(ball(), folder / "label_0.nii.gz", grid(spacing=1.0, origin=0.0))

    path = made_study(tmp_path / "study", spoil=spoil)
    _, cases = fixed(path, tmp_path / "fixed")
    assert codes(tmp_path / "fixed" / "study.yaml") == set()
    np.testing.assert_array_equal(cases["c0"].labels["tumor"].region("tumor"), ball() > 0)


def test_fix_does_not_move_a_mask_that_lies_elsewhere(tmp_path):
    def spoil(folder):
        save_mask(ball(), folder / "label_0.nii.gz", grid(origin=500.0))

    path = made_study(tmp_path / "study", spoil=spoil)
    check(path, fix=tmp_path / "fixed")
    assert "mask_other_place" in codes(tmp_path / "fixed" / "study.yaml")


def test_fix_leaves_out_what_cannot_be_read_and_says_so(tmp_path):
    def spoil(folder):
        with gzip.open(folder / "image_1.nii.gz", "wb") as stream:
            stream.write(b"\0" * 400)
        (folder / "split.csv").write_text("case,part\nc0,learn\nc1,learn\nc2,tune\nc3,test\n")

    path = made_study(tmp_path / "study", spoil=spoil)
    findings, cases = fixed(path, tmp_path / "fixed")
    assert [f.cases for f in findings if f.code == "left_out"] == [("c1",)]
    assert list(cases.keys) == ["c0", "c2", "c3"]
    assert "c1" not in (tmp_path / "fixed" / "split.csv").read_text()
    assert codes(tmp_path / "fixed" / "study.yaml") == set()


def test_fix_keeps_paths_that_start_in_the_data_folder(tmp_path):
    made_study(tmp_path / "data", spoil=lambda folder: save_mask(ball() * 255, folder / "label_0.nii.gz"))
    (tmp_path / "study").mkdir()
    for name in ("study.yaml", "cases.csv"):
        (tmp_path / "data" / name).rename(tmp_path / "study" / name)
    check(tmp_path / "study" / "study.yaml", data=tmp_path / "data", fix=tmp_path / "fixed")
    table = (tmp_path / "fixed" / "cases.csv").read_text()
    assert "c1,p1,image_1.nii.gz,label_1.nii.gz" in table
    assert "c0,p0,image_0.nii.gz,mended/label/c0.nii.gz" in table
    assert "unreadable_file" not in {f.code for f in check(tmp_path / "fixed" / "study.yaml", data=tmp_path / "data")}


def test_fix_never_writes_into_the_study(tmp_path):
    with pytest.raises(FileError, match="folder of its own"):
        check(made_study(tmp_path), fix=tmp_path)


def test_real_data_planted_mistakes_beside_real_ones(data_folder, tmp_path):
    (tmp_path / "cases.csv").write_text(
        "case,patient,image\n"
        "a,1,idrid_grading/images/train_IDRiD_079.jpg\n"
        "b,2,idrid_grading/images/train_IDRiD_279.jpg\n"
        "c,3,idrid_grading/images/train_IDRiD_137.jpg\n"
    )
    (tmp_path / "study.yaml").write_text("name: real\ncases: cases.csv\ninputs: {fundus: image}\n")
    findings = [f for f in check(tmp_path / "study.yaml", data=data_folder) if f.code == "same_image_two_patients"]
    assert [f.cases for f in findings] == [("a", "b")]


def test_several_series_in_one_folder_are_named(data_folder, tmp_path):
    (tmp_path / "cases.csv").write_text("case,patient,image\na,1,brain_mr_dicom\n")
    (tmp_path / "study.yaml").write_text("name: real\ncases: cases.csv\ninputs: {mr: image}\n")
    finding = next(f for f in check(tmp_path / "study.yaml", data=data_folder) if f.severity == "failure")
    assert (finding.code, finding.cases) == ("several_series", ("a",))
