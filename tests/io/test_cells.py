"""Cells that name files open as what the target says they are."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from isocenter.core.case import Case
from isocenter.core.errors import GeometryError, IsocenterError, StudyError
from isocenter.core.study import Study, Target
from isocenter.io.table import open_cases


def picture(path: Path, samples: np.ndarray) -> Path:
    """Write (X, Y) or (C, X, Y) samples as a picture file, which is stored row by row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Picture.fromarray(samples.T if samples.ndim == 2 else samples.transpose(2, 1, 0)).save(path)
    return path


def square(x: int, y: int, value: int = 255, shape: tuple[int, int] = (12, 8)) -> np.ndarray:
    samples = np.zeros(shape, np.uint8)
    samples[x : x + 2, y : y + 2] = value
    return samples


def only_case(folder: Path, cells: dict[str, str], *targets: dict, inputs: dict[str, str] | None = None) -> Case:
    picture(folder / "image.png", np.arange(96, dtype=np.uint8).reshape(12, 8))
    row = {"case": "one", "image": "image.png"} | cells
    (folder / "cases.csv").write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n")
    study = Study(name="s", cases="cases.csv", inputs=inputs or {"photo": "image"}, targets=[Target(**t) for t in targets])
    return open_cases(study, folder=folder, data=folder)["one"]


def test_a_picture_keeps_x_along_its_columns(tmp_path):
    case = only_case(tmp_path, {})
    assert case.inputs["photo"].shape == (1, 12, 8)
    assert case.inputs["photo"].array()[0, 11, 0] == 88


def test_an_rgb_file_has_three_channels(tmp_path):
    picture(tmp_path / "rgb.png", np.zeros((3, 12, 8), np.uint8))
    assert only_case(tmp_path, {"image": "rgb.png"}).inputs["photo"].shape == (3, 12, 8)


def test_a_mask_of_0_and_255_reads_as_0_and_1(tmp_path):
    picture(tmp_path / "m.png", square(2, 3))
    case = only_case(tmp_path, {"m": "m.png"}, {"name": "m", "type": "mask", "columns": "m", "classes": ["background", "lung"]})
    assert np.argwhere(case.labels["m"].region("lung")).tolist() == [[2, 3], [2, 4], [3, 3], [3, 4]]


def test_the_cell_0_is_an_empty_mask_and_an_empty_cell_none(tmp_path):
    target = {"name": "m", "type": "mask", "columns": "m", "classes": ["background", "lesion"]}
    mask = only_case(tmp_path, {"m": "0"}, target).labels["m"]
    assert mask.labels.array().shape == (1, 12, 8)
    assert not mask.region("lesion").any()
    assert "m" not in only_case(tmp_path, {"m": ""}, target).labels


TWO = {"name": "m", "type": "mask", "columns": ["left", "right"], "classes": ["background", "left", "right"]}


def test_overlapping_regions_come_from_one_column_each(tmp_path):
    picture(tmp_path / "l.png", square(2, 3))
    picture(tmp_path / "r.png", square(3, 3))
    mask = only_case(tmp_path, {"left": "l.png", "right": "r.png"}, TWO | {"overlapping": True}).labels["m"]
    assert mask.labels.array().shape == (2, 12, 8)
    assert mask.region("left").sum() == mask.region("right").sum() == 4
    nothing = only_case(tmp_path, {"left": "l.png", "right": "0"}, TWO | {"overlapping": True}).labels["m"]
    assert (nothing.region("left").sum(), nothing.region("right").sum()) == (4, 0)


def test_one_column_a_class_merges_unless_they_overlap(tmp_path):
    picture(tmp_path / "l.png", square(2, 3))
    picture(tmp_path / "r.png", square(6, 3))
    mask = only_case(tmp_path, {"left": "l.png", "right": "r.png"}, TWO).labels["m"]
    assert (mask.labels.array()[0, 2, 3], mask.labels.array()[0, 6, 3], mask.labels.array().sum()) == (1, 2, 12)
    picture(tmp_path / "r.png", square(3, 3))
    with pytest.raises(GeometryError, match="overlapping: true"):
        only_case(tmp_path, {"left": "l.png", "right": "r.png"}, TWO).labels["m"].labels.array()


def test_one_class_empty_among_filled_ones_is_refused(tmp_path):
    picture(tmp_path / "l.png", square(2, 3))
    with pytest.raises(StudyError, match=r"line 2, column 'right': expected a mask for every class .* Write 0 for a class"):
        only_case(tmp_path, {"left": "l.png", "right": ""}, TWO).labels["m"]


def test_a_region_is_a_mask_beside_the_labels(tmp_path):
    picture(tmp_path / "fov.png", square(2, 3))
    target = {"name": "g", "type": "class", "columns": "g", "classes": ["a", "b"], "scope": "region:fov"}
    case = only_case(tmp_path, {"g": "a", "fov": "fov.png"}, target)
    assert case.regions["fov"].region("inside").sum() == 4


def test_dots_of_a_picture_are_points_at_their_centers(tmp_path):
    dots = square(2, 3) | square(8, 5)
    dots[0, 0] = 100  # compression noise below half
    picture(tmp_path / "d.png", dots)
    count = {"name": "n", "type": "count", "columns": "d"}
    case = only_case(tmp_path, {"d": "d.png"}, {"name": "d", "type": "points", "columns": "d"}, count)
    points = case.labels["d"]
    assert sorted(map(tuple, points.world)) == [(2.5, 3.5), (8.5, 5.5)]
    assert points.names == ("point",)
    assert np.isnan(points.score).all()
    assert case.labels["n"].value == 2  # counted from the same dots


def test_a_count_is_read_off_the_boxes_of_an_image_in_a_coco_file(tmp_path):
    boxes = [{"id": n, "image_id": 7, "category_id": 1, "bbox": [n, n, 2, 2]} for n in range(3)]
    coco = {"images": [{"id": 7}, {"id": 8}], "annotations": boxes, "categories": [{"id": 1, "name": "cell"}]}
    (tmp_path / "boxes.json").write_text(json.dumps(coco))
    for cell, number in (("boxes.json#7", 3), ("boxes.json#8", 0)):
        assert only_case(tmp_path, {"n": cell}, {"name": "n", "type": "count", "columns": "n"}).labels["n"].value == number


def test_a_picture_without_dots_has_no_points(tmp_path):
    picture(tmp_path / "d.png", np.zeros((12, 8), np.uint8))
    points = only_case(tmp_path, {"d": "d.png"}, {"name": "d", "type": "points", "columns": "d"}).labels["d"]
    assert points.world.shape == (0, 2)


def test_a_bag_is_a_tuple_of_images(tmp_path):
    picture(tmp_path / "b.png", np.zeros((5, 4), np.uint8))
    bag = only_case(tmp_path, {"image": "image.png; b.png"}).inputs["photo"]
    assert [image.shape for image in bag] == [(1, 12, 8), (1, 5, 4)]


def test_a_fragment_stays_on_the_path(tmp_path):
    picture(tmp_path / "rgb.png", np.stack([np.full((12, 8), c, np.uint8) for c in (1, 2, 3)]))
    image = only_case(tmp_path, {"image": "rgb.png#1"}).inputs["photo"]
    assert image.shape == (1, 12, 8)
    assert image.array().max() == 2


def test_words_are_text_and_a_missing_file_is_not(tmp_path):
    assert only_case(tmp_path, {"image": "heart size is normal"}).inputs["photo"] == "heart size is normal"
    with pytest.raises(IsocenterError, match=r"line 2, column 'image': expected the file gone/scan.png"):
        only_case(tmp_path, {"image": "gone/scan.png"}).inputs["photo"]


def test_a_text_label_may_lie_in_a_file(tmp_path):
    (tmp_path / "r.txt").write_text("Clear lungs.")
    target = {"name": "r", "type": "text", "columns": "r"}
    assert only_case(tmp_path, {"r": "r.txt"}, target).labels["r"] == "Clear lungs."
    assert only_case(tmp_path, {"r": "Clear."}, target).labels["r"] == "Clear."


@pytest.mark.parametrize(("cell", "unit", "value"), [("0.25", "1", 0.25), ("25%", "1", 0.25), ("25", "%", 25), ("25%", "%", 25)])
def test_proportions_as_they_are_written(tmp_path, cell, unit, value):
    case = only_case(tmp_path, {"p": cell}, {"name": "p", "type": "proportion", "columns": "p", "unit": unit})
    assert case.labels["p"].value == pytest.approx(value)


def test_a_proportion_above_one_is_refused(tmp_path):
    case = only_case(tmp_path, {"p": "25"}, {"name": "p", "type": "proportion", "columns": "p"})
    with pytest.raises(StudyError, match="from 0 to 1, got 25"):
        case.labels["p"]


def test_one_side_of_an_interval_may_be_open(tmp_path):
    amount = only_case(tmp_path, {"lo": "70", "hi": ""}, {"name": "p", "type": "value", "columns": ["lo", "hi"]}).labels["p"]
    assert (amount.value, amount.low) == (70, 70)
    assert np.isnan(amount.high)


def test_findings_in_one_cell(tmp_path):
    target = {"name": "f", "type": "multilabel", "columns": "f", "classes": ["edema", "mass", "scar"]}
    assert only_case(tmp_path, {"f": "scar;edema"}, target).labels["f"].p.tolist() == [1, 0, 1]
    assert only_case(tmp_path, {"f": "none"}, target).labels["f"].p.tolist() == [0, 0, 0]
    with pytest.raises(StudyError, match="Did you mean edema"):
        only_case(tmp_path, {"f": "edmea"}, target).labels["f"]


def test_survival_needs_both_cells(tmp_path):
    target = {"name": "os", "type": "survival", "columns": ["days", "event"]}
    assert "os" not in only_case(tmp_path, {"days": "12", "event": ""}, target).labels
    assert not only_case(tmp_path, {"days": "12", "event": "1"}, target).labels["os"].censored


DEMENTIA = {"name": "dementia", "type": "survival", "columns": ["days", "event"], "classes": ["censored", "dementia", "death"]}


@pytest.mark.parametrize(
    ("cell", "code", "alive"), [("0", 0, 1.0), ("1", 1, 0.0), ("2", 2, 1.0), ("death", 2, 1.0), ("censored", 0, 1.0)]
)
def test_event_codes_are_what_the_study_says(tmp_path, cell, code, alive):
    label = only_case(tmp_path, {"days": "400", "event": cell}, DEMENTIA).labels["dementia"]
    assert (label.code, label.event, label.censored) == (code, code == 1, code == 0)
    assert (label.days.tolist(), label.alive.tolist()) == ([400.0], [alive])


def test_without_names_an_event_is_1_or_0(tmp_path):
    plain = {key: value for key, value in DEMENTIA.items() if key != "classes"}
    assert only_case(tmp_path, {"days": "400", "event": "1"}, plain).labels["dementia"].event
    with pytest.raises(StudyError, match=r"expected 1 .the event. or 0"):
        _ = only_case(tmp_path, {"days": "400", "event": "2"}, plain).labels["dementia"]


def test_an_event_the_study_does_not_name_is_refused(tmp_path):
    with pytest.raises(StudyError, match="unknown class of dementia"):
        _ = only_case(tmp_path, {"days": "400", "event": "3"}, DEMENTIA).labels["dementia"]
