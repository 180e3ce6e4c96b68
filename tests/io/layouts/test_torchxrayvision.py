"""Chest X-ray tables become a 1/0 column for each finding; what was not assessed stays empty."""

import pytest

from isocenter.core.errors import FileError
from isocenter.io.layout import import_layout

NIH = """\
Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position
00000001_000.png,Cardiomegaly|Effusion,0,1,058Y,M,PA
00000001_001.png,No Finding,1,1,58,M,AP
"""
CHEXPERT = """\
Path,Sex,Age,AP/PA,No Finding,Edema,Pleural Effusion
p1/s1/view1.jpg,F,68,AP,1.0,,
p2/s1/view1.jpg,M,40,,,-1.0,1.0
"""


def test_joined_findings_are_taken_apart(tmp_path):
    (tmp_path / "nih.csv").write_text(NIH)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "00000001_000.png").touch()
    first, second = import_layout("torchxrayvision", tmp_path).rows
    assert first == {
        "case": "00000001_000", "patient": "1", "image": "images/00000001_000.png", "view": "PA", "age": "58", "sex": "M",
        "cardiomegaly": "1", "effusion": "1",
    }  # fmt: skip
    assert (second["cardiomegaly"], second["effusion"]) == ("0", "0")  # "No Finding" was assessed
    assert second["image"] == "00000001_001.png"  # not there: check will say so, nothing is lost


def test_columns_of_ones_keep_what_was_not_assessed_empty(tmp_path):
    (tmp_path / "train.csv").write_text(CHEXPERT)
    imported = import_layout("torchxrayvision", tmp_path)
    first, second = imported.rows
    assert (first["edema"], second["edema"], second["pleural_effusion"]) == ("", "", "1")  # -1, uncertain, is not assessed
    assert first["case"] != second["case"]
    assert imported.study.targets[0].columns == ("edema", "pleural_effusion")
    assert imported.study.covariates == ("view", "age", "sex")


def test_padchest_writes_lists(tmp_path):
    (tmp_path / "p.csv").write_text(
        "ImageID,PatientID,Projection,Labels\na.png,7,PA,\"['nodule', 'mass']\"\nb.png,8,L,['normal']\n"
    )
    first, second = import_layout("torchxrayvision", tmp_path).rows
    assert (first["nodule"], first["mass"], second["nodule"]) == ("1", "1", "0")


def test_two_tables_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text(NIH)
    (tmp_path / "b.csv").write_text(NIH)
    with pytest.raises(FileError, match=r"got a.csv, b.csv"):
        import_layout("torchxrayvision", tmp_path)
