"""Points and boxes read as world coordinates and survive writing."""

import numpy as np
import pytest

from isocenter.core.errors import FileError, IsocenterError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.points import Points
from isocenter.io.points_file import read_points, write_points


def test_points_survive_writing(tmp_path):
    points = Points(
        world=np.array([[1.5, 2.25, -3.0], [0.1, 0.2, 0.3]]),
        kind=np.array([1, 0]),
        score=np.array([np.nan, 0.75]),
        names=("nodule", "vessel"),
        extent=np.array([[4.0, 5.0, 6.0], [1.0, 1.0, 1.0]]),
    )
    again = read_points(write_points(points, tmp_path / "p.csv"), points.names, boxes=True)
    np.testing.assert_array_equal(again.world, points.world)
    np.testing.assert_array_equal(again.extent, points.extent)
    np.testing.assert_array_equal(again.kind, points.kind)
    np.testing.assert_array_equal(again.score, points.score)


def test_no_points_survive_writing(tmp_path):
    none = Points(world=np.empty((0, 2)), kind=np.empty(0, np.intp), score=np.empty(0), names=("cell",))
    assert len(read_points(write_points(none, tmp_path / "p.csv"), ("cell",))) == 0


def test_indices_take_their_place_from_the_image(tmp_path):
    (tmp_path / "p.csv").write_text("i,j\n3,4\n")
    grid = plain_grid((10, 10), spacing=(2.0, 0.5), world="plane_mm")
    assert read_points(tmp_path / "p.csv", (), grid=lambda: grid).world.tolist() == [[6.0, 2.0]]
    with pytest.raises(IsocenterError, match="expected an image"):
        read_points(tmp_path / "p.csv", ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", r"expected columns x,y\[,z\]"),
        ("x,y\n1,far\n", r"line 2, column 'y': expected a number, got 'far'"),
        ("x,y,kind\n1,2,RCB\n", "Did you mean RBC"),
    ],
)
def test_a_wrong_table_says_what_was_expected(tmp_path, text, said):
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(StudyError, match=said):
        read_points(tmp_path / "p.csv", ("RBC", "WBC"))


def test_boxes_need_sizes(tmp_path):
    (tmp_path / "p.csv").write_text("x,y\n1,2\n")
    with pytest.raises(StudyError, match="expected box sizes"):
        read_points(tmp_path / "p.csv", (), boxes=True)


def test_voc_corners_both_lie_inside(tmp_path):
    box = "<bndbox><xmin>11</xmin><ymin>21</ymin><xmax>31</xmax><ymax>25</ymax></bndbox>"
    (tmp_path / "b.xml").write_text(f"<annotation><object><name>WBC</name>{box}</object></annotation>")
    boxes = read_points(tmp_path / "b.xml", ("RBC", "WBC"), boxes=True)
    assert boxes.world.tolist() == [[20, 22]]  # 0-based
    assert boxes.extent.tolist() == [[21, 5]]  # columns 11 to 31 are 21 pixels
    assert boxes.kind.tolist() == [1]
    with pytest.raises(StudyError, match="unknown kind 'WBC'"):
        read_points(tmp_path / "b.xml", ("RBC",), boxes=True)


def test_a_damaged_xml_is_named(tmp_path):
    (tmp_path / "b.xml").write_text("<annotation><object>")
    with pytest.raises(FileError, match=r"Pascal VOC XML, got b.xml"):
        read_points(tmp_path / "b.xml", ())


def test_an_empty_kind_is_no_kind_of_its_own(tmp_path):
    (tmp_path / "p.csv").write_text("x,y,kind\n1,2,space\n3,4,\n")
    assert read_points(tmp_path / "p.csv", ()).names == ("space",)
