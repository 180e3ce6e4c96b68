"""The fingerprint counts what a label speaks of, and nothing around it."""

import csv

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Study
from isocenter.io.study_file import write_study
from isocenter.io.write import write_image, write_mask
from isocenter.stages.fingerprint import fingerprint
from isocenter.stages.run_cases import start_run
from isocenter.stages.split import split

SHAPE = (8, 6)


def taken(folder, scope, cell):
    """The fingerprint of four pictures: class 1 in rows 0-3, class 2 in row 7; the region is rows 0-1 and shines."""
    grid = plain_grid(SHAPE)
    labels, region = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    labels[:4], labels[7], region[:2] = 1, 2, 1
    rows = []
    for i in range(4):
        write_image(held_image((100 + 50 * region[None]).astype(np.uint8), grid), folder / f"{i}.png")
        write_mask(held_mask(labels, grid, ("background", "one", "two")), folder / f"{i}_label.png")
        write_mask(held_mask(region, grid, ("out", "in")), folder / f"{i}_fov.png")
        files = {"image": f"{i}.png", "label": f"{i}_label.png", "fov": f"{i}_fov.png"}
        rows.append({"case": f"c{i}", "patient": f"p{i}", **files, "row": cell})
    with open(folder / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    target = {"name": "t", "type": "mask", "columns": "label", "classes": ["background", "one", "two"], "scope": scope}
    study = Study.model_validate({"name": "s", "cases": "cases.csv", "inputs": {"image": "image"}, "targets": [target]})
    run = start_run(write_study(study, folder / "study.yaml"), folder / "run")
    split(run)
    return fingerprint(run)


@pytest.mark.parametrize(
    ("scope", "shares", "cases"),
    [
        ("exam", (18 / 48, 24 / 48, 6 / 48), (3, 3, 3)),
        ("region:fov", (0.0, 1.0, 0.0), (0, 3, 0)),
        ("slice:row", (3 / 8, 4 / 8, 1 / 8), (3, 3, 3)),
    ],
)
def test_shares_of_classes_are_those_of_the_scope(tmp_path, scope, shares, cases):
    data = taken(tmp_path, scope, "5")
    classes = data["targets"]["t"]["classes"]
    assert [found["share"] for found in classes.values()] == pytest.approx(shares)
    assert [found["cases"] for found in classes.values()] == list(cases)
    assert data["cases"] == 3


def test_intensities_are_of_the_foreground_in_the_scope(tmp_path):
    assert taken(tmp_path, "region:fov", "5")["intensity"]["image"]["mean"] == pytest.approx(150.0)


def test_of_an_image_target_it_keeps_what_a_network_must_reach(tmp_path):
    grid = plain_grid(SHAPE)
    for i in range(4):
        samples = np.full((1, *SHAPE), 10 * i, np.int16)
        samples[0, 0, 0] = 500
        write_image(held_image(samples, grid, unit="HU"), tmp_path / f"{i}.nii.gz")
    rows = "".join(f"c{i},p{i},{i}.nii.gz\n" for i in range(4))
    (tmp_path / "cases.csv").write_text("case,patient,image\n" + rows)
    target = {"name": "ct", "type": "image", "columns": "image"}
    study = Study.model_validate({"name": "s", "cases": "cases.csv", "inputs": {"image": "image"}, "targets": [target]})
    run = start_run(write_study(study, tmp_path / "study.yaml"), tmp_path / "run")
    split(run)
    seen = fingerprint(run)["targets"]["ct"]
    assert (seen["channels"], seen["unit"], seen["dtype"]) == (1, "HU", "int16")
    assert 0 <= seen["low"] <= 30
    assert 480 < seen["high"] <= 500
