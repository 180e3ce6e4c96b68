"""Places and boxes that cannot be where, or as large as, their files say are found."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.write import write_image
from isocenter.stages.check import check


def found(folder: Path, shape: tuple[int, ...], boxes: str) -> dict[str, str]:
    """Severity by code, of what is said of one image (1 sample = 2 units wide) and its boxes."""
    noise = np.random.default_rng(0).integers(0, 255, (1, *shape)).astype(np.uint8)
    grid = plain_grid(shape, spacing=(2.0,) * len(shape), world="ras_mm" if len(shape) == 3 else "plane_mm")
    image = write_image(held_image(noise, grid), folder / "image.nii.gz")
    (folder / "boxes.csv").write_text(boxes)
    (folder / "cases.csv").write_text(f"case,patient,image,boxes\na,p,{image.name},boxes.csv\n")
    (folder / "study.yaml").write_text(
        "name: boxes\ncases: cases.csv\ninputs: {scan: image}\ntargets: [{name: lesions, type: boxes, columns: boxes}]\n"
    )
    return {f.code: f.severity for f in check(folder / "study.yaml", headers_only=True) if "box" in f.code}


def test_a_lesion_in_a_single_slice_is_no_slip(tmp_path):
    assert found(tmp_path, (20, 20, 8), "x,y,z,w,h,d\n10,10,6,8,8,2\n") == {}


def test_a_box_one_sample_wide_is_one(tmp_path):
    assert found(tmp_path, (20, 20, 8), "x,y,z,w,h,d\n10,10,6,8,2,2\n") == {"zero_area_box": "warning"}
    assert found(tmp_path, (20, 20, 8), "x,y,z,w,h,d\n10,10,6,8,8,0\n") == {"zero_area_box": "warning"}


SIDE = 60
ALL = np.random.default_rng(1).uniform(0, SIDE - 1, (120, 2))
"""Places all over three pictures."""


def listed(folder: Path, kind: str, places: np.ndarray, *, size: float | None = None) -> dict[str, str]:
    """Severity by code, of what is said of three pictures, a third of the places each; with a size they are boxes."""
    rows = ["case,patient,image,places"]
    for n, part in enumerate(np.array_split(places, 3)):
        noise = np.random.default_rng(n).integers(0, 255, (SIDE, SIDE), np.uint8)
        Image.fromarray(noise).save(folder / f"image_{n}.png")
        head, tail = ("x,y", "") if size is None else ("x,y,w,h", f",{size},{size}")
        (folder / f"places_{n}.csv").write_text(f"{head}\n" + "".join(f"{x:.1f},{y:.1f}{tail}\n" for x, y in part))
        rows.append(f"c{n},p{n},image_{n}.png,places_{n}.csv")
    (folder / "cases.csv").write_text("\n".join(rows) + "\n")
    (folder / "study.yaml").write_text(
        "name: places\ncases: cases.csv\ninputs: {microscopy: image}\n"
        f"targets: [{{name: cells, type: {kind}, columns: places, classes: [cell]}}]\n"
    )
    told = [f for f in check(folder / "study.yaml", headers_only=True) if "place" in f.code or "box" in f.code]
    assert all(f.do and f.cases for f in told)
    return {f.code: f.severity for f in told}


KINDS = pytest.mark.parametrize(("kind", "size"), [("points", None), ("boxes", 4.0), ("count", None), ("count", 4.0)])


@KINDS
def test_places_all_over_their_pictures_are_left_in_peace(kind, size, tmp_path):
    assert listed(tmp_path, kind, ALL, size=size) == {}


@KINDS
def test_places_at_half_the_magnification_lie_in_a_corner(kind, size, tmp_path):
    assert listed(tmp_path, kind, ALL / 2, size=size and size / 2) == {"places_in_a_corner": "warning"}


@KINDS
def test_places_at_twice_the_magnification_lie_outside(kind, size, tmp_path):
    code = "place_outside" if size is None else "box_outside"
    assert listed(tmp_path, kind, 2 * ALL, size=size and 2 * size) == {code: "warning"}


@pytest.mark.parametrize(("kind", "size"), [("points", None), ("boxes", 4.0)])
def test_what_lies_in_the_middle_of_every_picture_lies_in_no_corner(kind, size, tmp_path):
    middle = SIDE / 2 + (ALL - SIDE / 2) / 10
    assert listed(tmp_path, kind, middle, size=size) == {}


def test_a_box_larger_than_its_picture_is_told_and_one_as_large_is_not(tmp_path):
    middle = np.full((3, 2), (SIDE - 1) / 2)
    assert listed(tmp_path, "boxes", middle, size=SIDE) == {}
    assert listed(tmp_path, "boxes", middle, size=5 * SIDE) == {"box_larger_than_picture": "warning"}


@pytest.mark.parametrize(("kind", "size"), [("points", None), ("boxes", 4.0)])
def test_files_that_list_nothing_at_all_are_told(kind, size, tmp_path):
    assert listed(tmp_path, kind, np.empty((0, 2)), size=size) == {"no_places": "warning"}


def with_kinds(folder: Path, *kinds: str, classes: str = ""):
    """What is said of one picture whose file of places has a column of kinds."""
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (SIDE, SIDE), np.uint8)).save(folder / "image.png")
    (folder / "places.csv").write_text("x,y,kind\n" + "".join(f"{9 * i},{7 * i},{kind}\n" for i, kind in enumerate(kinds, 1)))
    (folder / "cases.csv").write_text("case,patient,image,places\na,p,image.png,places.csv\n")
    (folder / "study.yaml").write_text(
        "name: places\ncases: cases.csv\ninputs: {microscopy: image}\n"
        f"targets: [{{name: dots, type: points, columns: places{classes}}}]\n"
    )
    return [f for f in check(folder / "study.yaml", headers_only=True) if f.code == "kinds_without_classes"]


def test_kinds_the_study_does_not_name_are_told_before_anything_is_trained(tmp_path):
    (one,) = with_kinds(tmp_path, "space", "space")
    assert (one.severity, one.cases) == ("note", ("a",))
    assert "`classes: [space]`" in one.do
    (several,) = with_kinds(tmp_path, "space", "vessel")
    assert several.severity == "failure"
    assert "`classes: [space, vessel]`" in several.do
    assert with_kinds(tmp_path, "space", "vessel", classes=", classes: [space, vessel]") == []
    assert with_kinds(tmp_path, "point", "point") == []
