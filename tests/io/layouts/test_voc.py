"""A VOC folder becomes a row an XML file."""

import os
from pathlib import Path

import pytest

from isocenter.core.errors import FileError
from isocenter.io.layout import import_layout

XML = """<annotation><object><name>{kind}</name><bndbox><xmin>3</xmin><ymin>5</ymin><xmax>9</xmax><ymax>8</ymax></bndbox></object>
</annotation>"""


def test_images_and_boxes_are_paired_by_name(tmp_path):
    for folder in ("JPEGImages", "Annotations"):
        (tmp_path / folder).mkdir()
    for name, kind in (("a", "WBC"), ("b", "RBC")):
        (tmp_path / "JPEGImages" / f"{name}.jpg").touch()
        (tmp_path / "Annotations" / f"{name}.xml").write_text(XML.format(kind=kind))
    imported = import_layout("voc", tmp_path)
    assert [row["image"] for row in imported.rows] == ["JPEGImages/a.jpg", "JPEGImages/b.jpg"]
    assert imported.rows[0]["boxes"] == "Annotations/a.xml"
    assert imported.study.targets[0].classes == ("RBC", "WBC")


def test_boxes_without_a_picture_and_a_folder_without_boxes_are_refused(tmp_path):
    (tmp_path / "c.xml").write_text("<note/>")
    with pytest.raises(FileError, match="expected XML files"):
        import_layout("voc", tmp_path)
    (tmp_path / "a.xml").write_text(XML.format(kind="RBC"))
    with pytest.raises(FileError, match=r"an image named a\.jpg"):
        import_layout("voc", tmp_path)


@pytest.mark.data
@pytest.mark.skipif("ISOCENTER_DATA" not in os.environ, reason="needs $ISOCENTER_DATA")
def test_the_blood_smears_are_read():
    imported = import_layout("voc", Path(os.environ["ISOCENTER_DATA"]) / "bccd")
    assert len(imported.rows) == 255
    assert imported.study.targets[0].classes == ("Platelets", "RBC", "WBC")
