"""A COCO folder becomes a row an image."""

import json

import pytest

from isocenter.core.errors import FileError
from isocenter.io.layout import import_layout, write_imported
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from tests.io.test_coco import FILE


def test_images_are_found_and_boxes_named_by_image(tmp_path):
    (tmp_path / "annotations").mkdir()
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "a.png").touch()
    (tmp_path / "annotations" / "instances.json").write_text(json.dumps(FILE))
    imported = import_layout("coco", tmp_path)
    first, second = imported.rows
    assert first == {"case": "a", "patient": "a", "image": "train/a.png", "boxes": "annotations/instances.json#7"}
    assert second["image"] == "b.png"  # not there: check will say so
    assert imported.study.targets[0].classes == ("RBC", "WBC")
    study = read_study(write_imported(imported, tmp_path / "out"))
    cases = open_cases(study, folder=tmp_path / "out", data=tmp_path)
    assert len(cases["a"].labels["objects"]) == 2


def test_a_folder_without_is_refused(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(FileError, match="expected a COCO file"):
        import_layout("coco", tmp_path)
