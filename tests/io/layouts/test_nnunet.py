"""An nnU-Net folder becomes rows with a column a channel."""

import json

import pytest

from isocenter.core.errors import FileError
from isocenter.io.layout import import_layout


def raw(folder):
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir(parents=True)
    for name in ("brats_1_0000", "brats_1_0001", "brats_2_0000"):
        (folder / "imagesTr" / f"{name}.nii.gz").touch()
    (folder / "labelsTr" / "brats_1.nii.gz").touch()
    described = {"channel_names": {"0": "T1", "1": "T1 c"}, "labels": {"background": 0, "edema": 1, "core": 2}}
    (folder / "dataset.json").write_text(json.dumps(described))
    return folder


def test_channels_are_columns_and_a_missing_one_is_empty(tmp_path):
    imported = import_layout("nnunet", raw(tmp_path))
    assert [row["case"] for row in imported.rows] == ["brats_1", "brats_2"]
    assert imported.rows[0]["t1_c"] == "imagesTr/brats_1_0001.nii.gz"
    assert imported.rows[1] == {
        "case": "brats_2",
        "patient": "brats_2",
        "t1": "imagesTr/brats_2_0000.nii.gz",
        "t1_c": "",
        "label": "",
    }
    assert imported.study.inputs == {"t1": "t1", "t1_c": "t1_c"}
    assert imported.study.targets[0].classes == ("background", "edema", "core")


def test_channels_without_names_are_numbered(tmp_path):
    folder = raw(tmp_path)
    (folder / "dataset.json").unlink()
    assert list(import_layout("nnunet", folder).study.inputs) == ["channel_0", "channel_1"]


def test_a_decathlon_folder_is_told_apart(tmp_path):
    (tmp_path / "imagesTr").mkdir()
    (tmp_path / "imagesTr" / "a.nii.gz").touch()
    with pytest.raises(FileError, match="msd"):
        import_layout("nnunet", tmp_path)
