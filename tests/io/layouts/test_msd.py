"""A Decathlon folder becomes rows and a study."""

import json

import pytest

from isocenter.core.errors import FileError
from isocenter.io.layout import import_layout


def decathlon(folder, *, described=True):
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir(parents=True)
    for name in ("hip_001.nii.gz", "hip_002.nii.gz", "._hip_001.nii.gz"):
        (folder / "imagesTr" / name).touch()
    (folder / "labelsTr" / "hip_001.nii.gz").touch()
    if described:
        text = {"name": "Hippocampus", "modality": {"0": "MRI"}, "labels": {"0": "background", "1": "Anterior", "2": "Posterior"}}
        (folder / "dataset.json").write_text(json.dumps(text))
    return folder


def test_every_image_is_a_row_and_a_missing_label_an_empty_cell(tmp_path):
    imported = import_layout("msd", decathlon(tmp_path / "Task04"), root=tmp_path)
    assert imported.rows == (
        {
            "case": "hip_001",
            "patient": "hip_001",
            "image": "Task04/imagesTr/hip_001.nii.gz",
            "label": "Task04/labelsTr/hip_001.nii.gz",
        },
        {"case": "hip_002", "patient": "hip_002", "image": "Task04/imagesTr/hip_002.nii.gz", "label": ""},
    )
    assert imported.study.name == "Hippocampus"
    assert imported.study.inputs == {"mri": "image"}
    assert imported.study.targets[0].classes == ("background", "Anterior", "Posterior")


def test_the_folders_alone_are_enough(tmp_path):
    imported = import_layout("msd", decathlon(tmp_path, described=False))
    assert imported.study.targets[0].classes == ("background", "foreground")
    assert imported.rows[0]["image"] == "imagesTr/hip_001.nii.gz"


def test_what_is_no_decathlon_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileError, match="imagesTr"):
        import_layout("msd", tmp_path)


def test_a_damaged_dataset_json_is_named(tmp_path):
    folder = decathlon(tmp_path)
    (folder / "dataset.json").write_text("{")
    with pytest.raises(FileError, match=r"dataset\.json"):
        import_layout("msd", folder)
