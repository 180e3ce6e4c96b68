"""A BIDS data set becomes rows by session, with masks of derivatives and covariates of participants.tsv."""

import pytest

from isocenter.core.errors import FileError
from isocenter.io.layout import import_layout


def touch(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def bids(folder):
    for sub, ses in (("01", "a"), ("01", "b"), ("02", "a")):
        start = folder / f"sub-{sub}" / f"ses-{ses}"
        touch(start / "anat" / f"sub-{sub}_ses-{ses}_T1w.nii.gz")
        touch(start / "anat" / f"sub-{sub}_ses-{ses}_T1w.json")
    touch(folder / "sub-01" / "ses-a" / "anat" / "sub-01_ses-a_FLAIR.nii.gz")
    touch(folder / "sub-01" / "ses-a" / "func" / "sub-01_ses-a_task-rest_bold.nii.gz")
    touch(folder / "sub-02" / "ses-a" / "anat" / "sub-02_ses-a_run-2_T1w.nii.gz")
    touch(folder / "derivatives" / "manual" / "sub-01" / "ses-a" / "anat" / "sub-01_ses-a_desc-lesion_mask.nii.gz")
    (folder / "participants.tsv").write_text("participant_id\tage\tsite\nsub-01\t63\tnorth\nsub-02\tn/a\tsouth\n")
    return folder


def test_a_session_is_a_row_and_what_is_not_there_an_empty_cell(tmp_path):
    imported = import_layout("bids", bids(tmp_path / "ds"), root=tmp_path)
    first, second, third = imported.rows
    assert [row["case"] for row in imported.rows] == ["sub-01_ses-a", "sub-01_ses-b", "sub-02_ses-a"]
    assert (first["patient"], second["patient"], third["patient"]) == ("sub-01", "sub-01", "sub-02")
    assert first["FLAIR"] == "ds/sub-01/ses-a/anat/sub-01_ses-a_FLAIR.nii.gz"
    assert first["lesion_mask"].endswith("sub-01_ses-a_desc-lesion_mask.nii.gz")
    assert first["task-rest_bold"].endswith("task-rest_bold.nii.gz")
    assert (second["FLAIR"], second["lesion_mask"]) == ("", "")
    assert (first["age"], third["age"], third["site"]) == ("63", "", "south")


def test_the_study_has_views_masks_and_covariates(tmp_path):
    study = import_layout("bids", bids(tmp_path)).study
    assert study.inputs == {"flair": "FLAIR", "t1w": "T1w", "task-rest_bold": "task-rest_bold"}
    assert [t.name for t in study.targets] == ["lesion_mask"]
    assert study.covariates == ("age", "site")


def test_a_second_run_is_not_lost(tmp_path):
    third = import_layout("bids", bids(tmp_path)).rows[2]
    assert {third["T1w"].split("_", 1)[1], third["more"].split("_", 1)[1]} == {"ses-a_T1w.nii.gz", "ses-a_run-2_T1w.nii.gz"}


def test_what_is_no_bids_says_so(tmp_path):
    with pytest.raises(FileError, match="sub-"):
        import_layout("bids", tmp_path)
