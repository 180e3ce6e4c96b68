"""Each mistake a slide or a box can have is named by its own finding."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile

from isocenter.stages.check import check
from tests.io.made_slide import picture, write_slide
from tests.io.test_geojson import square

STUDY = """\
name: slides
cases: cases.csv
inputs: {{slide: slide}}
at: {at}
targets:
  - {{name: regions, type: mask, columns: regions, classes: [tissue, carcinoma]}}
  - {{name: sick, type: class, columns: sick, classes: [no, yes]}}
"""


@pytest.fixture
def made(tmp_path):
    rows = ["case,patient,slide,regions,sick"]
    for n in range(4):
        write_slide(tmp_path / f"s{n}.tif", np.roll(picture(400 + 40 * n, 500), 12 * n, axis=1))
        (tmp_path / f"s{n}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [square(150, 200, 250, 300)]}))
        rows.append(f"s{n},p{n},s{n}.tif,s{n}.geojson,{n % 2}")
    (tmp_path / "cases.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "study.yaml").write_text(STUDY.format(at="20x"))
    return tmp_path


def found(folder, *, headers_only=False):
    return {f.code: f for f in check(folder / "study.yaml", data=folder, headers_only=headers_only) if f.severity != "note"}


def test_whole_slides_have_no_findings_of_their_own(made):
    assert set(found(made)) == {"few_patients", "class_imbalance"}


def test_what_is_drawn_on_a_slide_can_be_counted(made):
    study = (made / "study.yaml").read_text()
    (made / "study.yaml").write_text(study + "  - {name: number, type: count, columns: regions, use: score}\n")
    assert set(found(made, headers_only=True)) == {"few_patients", "class_imbalance"}


def test_an_empty_slide_is_a_failure(made):
    write_slide(made / "s1.tif", picture(440, 500, tissue=False))
    assert (found(made)["empty_slide"].severity, found(made)["empty_slide"].cases) == ("failure", ("s1",))


def test_a_slide_without_resolution_is_a_failure_with_a_remedy(made):
    tifffile.imwrite(made / "s2.tif", np.ascontiguousarray(picture().transpose(2, 1, 0)), tile=(256, 256), photometric="rgb")
    finding = found(made, headers_only=True)["slide_without_resolution"]
    assert finding.cases == ("s2",)
    assert "s2.tif#0.25um" in finding.do


def test_a_slide_asked_for_finer_than_it_was_scanned(made):
    (made / "study.yaml").write_text(STUDY.format(at="40x"))
    assert "(20x)" in found(made, headers_only=True)["unreadable_file"].got


def test_regions_on_glass_are_a_warning_and_beyond_the_slide_a_failure(made):
    (made / "s1.geojson").write_text(json.dumps({"features": [square(5, 5, 60, 60)]}))
    assert found(made)["regions_on_glass"].cases == ("s1",)
    (made / "s1.geojson").write_text(json.dumps({"features": [square(5, 5, 6000, 6000)]}))
    assert "another magnification" in found(made, headers_only=True)["unreadable_file"].do


def test_a_magnification_that_is_none_is_told_with_its_line(made):
    (made / "study.yaml").write_text(STUDY.format(at="{slide: huge}"))
    from isocenter.core.errors import StudyError

    with pytest.raises(StudyError, match=r"line 4: expected a magnification"):
        check(made / "study.yaml", data=made)


BOXES = """\
name: smears
cases: cases.csv
inputs: {smear: image}
targets:
  - {name: cells, type: boxes, columns: boxes, classes: [RBC, WBC, Platelets]}
"""


@pytest.mark.data
@pytest.mark.skipif("ISOCENTER_DATA" not in os.environ, reason="needs $ISOCENTER_DATA")
def test_the_box_without_an_area_of_the_blood_smears_is_found(tmp_path):
    data = Path(os.environ["ISOCENTER_DATA"])
    shutil.copy(Path(__file__).parents[3] / "examples" / "bccd" / "cases.csv", tmp_path)
    (tmp_path / "study.yaml").write_text(BOXES)
    by_code = {f.code: f for f in check(tmp_path / "study.yaml", data=data, headers_only=True)}
    assert by_code["zero_area_box"].cases == ("BloodImage_00338",)


def test_boxes_and_places_beside_the_picture_are_found(tmp_path):
    import PIL.Image

    PIL.Image.fromarray(np.arange(1200, dtype=np.uint8).reshape(30, 40)).save(tmp_path / "a.png")
    (tmp_path / "boxes.csv").write_text("x,y,w,h,kind\n5,5,4,4,RBC\n90,5,4,4,RBC\n")
    (tmp_path / "dots.csv").write_text("x,y\n5,5\n5,39\n")
    (tmp_path / "cases.csv").write_text("case,image,boxes,dots\na,a.png,boxes.csv,dots.csv\n")
    (tmp_path / "study.yaml").write_text(BOXES + "  - {name: dots, type: points, columns: dots, use: score}\n")
    assert {"box_outside", "place_outside"} <= set(found(tmp_path, headers_only=True))
