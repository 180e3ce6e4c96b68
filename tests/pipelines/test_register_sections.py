"""From a table of pairs to maps: landmarks come nearer, annotations go along, and what is no pair is told."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from isocenter.cli import main as program
from isocenter.core.errors import SettingError, StudyError
from isocenter.io.points_file import read_points
from isocenter.io.slide import open_slide
from isocenter.io.transform_file import read_transform
from isocenter.pipelines.pipeline import measure
from isocenter.stages.phantom import write_phantom

COLUMNS = ("case", "patient", "fixed", "moving", "fixed_landmarks", "moving_landmarks", "fixed_regions", "moving_nuclei", "cells")


def rows_of(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory):
    """Two pairs of two patients."""
    folder = tmp_path_factory.mktemp("sections")
    write_phantom(
        "serial_sections", folder / "s", n=2, seed=4,
        options={"size_um": 768, "disease": True, "marker": "keratin", "damage": "none"},
    )  # fmt: skip
    return folder / "s", rows_of(folder / "s" / "cases.csv")


@pytest.fixture(scope="module")
def made(phantoms):
    """Both pairs, and the first patient's H&E with the second one's IHC."""
    folder, rows = phantoms
    pairs = [{**row, "cells": row["fixed_nuclei"]} for row in rows]
    pairs.append({**pairs[0], "case": "stranger", "moving": rows[1]["moving"]})
    table = write_rows(folder / "pairs.csv", pairs)
    settings = {"cells": "cells", "cells_unit": "um", "mesh": 4}
    return folder, measure("register_sections", table, out=folder / "out", settings=settings)


def test_landmarks_lie_nearer_than_by_either_baseline(made):
    rows = rows_of(made[0] / "out" / "pairs.csv")
    assert [row["status"] for row in rows] == ["aligned", "aligned", "not_aligned"]
    for row in rows[:2]:
        after = float(row[f"median_tre_{row['step']}_um"])
        assert after < 15
        assert after < float(row["median_tre_moments_um"])
        assert after < float(row["median_tre_identity_um"])
        assert float(row["median_rtre"]) == pytest.approx(after / (768 * np.sqrt(2)), rel=1e-4)
        assert float(row["robustness"]) > 0.9
    values = {(m.case, m.name): m.value for m in made[1].measurements}
    assert values["all pairs", "aligned_share"] == pytest.approx(2 / 3)
    assert values["stranger", "aligned"] == 0


def test_the_table_of_landmarks_has_a_row_for_each(made):
    rows = [row for row in rows_of(made[0] / "out" / "landmarks.csv") if row["case"] == "serial_sections_00000"]
    places = read_points(made[0] / "fixed_landmarks" / "serial_sections_00000.csv", ())
    assert len(rows) == len(places)
    assert float(np.median([float(row["tre_bent_um"]) for row in rows])) < 15


def test_a_stranger_gets_no_picture_and_no_annotation_but_a_finding(made):
    finding = next(f for f in made[1].findings if f.code == "not_aligned")
    assert finding.cases == ("stranger",)
    assert "turn_over" in finding.do
    assert {path.name for path in (made[0] / "out" / "stranger").iterdir()} == {"transform_not_aligned.h5"}


def test_the_moved_slide_shows_the_map(made):
    folder = made[0] / "out" / "serial_sections_00000"
    moved, map_ = open_slide(folder / "moved.ome.tif"), read_transform(folder / "transform.h5")
    moving = open_slide(made[0] / "moving" / "serial_sections_00000.tif")
    assert moved.grid.shape == open_slide(made[0] / "fixed" / "serial_sections_00000.tif").grid.shape
    tile = moved.read((300.0, 320.0), (60, 50), 2.0).array().astype(float)
    at = np.stack(np.meshgrid(300 + 2 * (np.arange(60) + 0.5), 320 + 2 * (np.arange(50) + 0.5), indexing="ij"), -1).reshape(-1, 2)
    index = np.clip(np.floor(map_.move(at) / 2).astype(int), 0, 383)
    whole = moving.read((0.0, 0.0), (384, 384), 2.0).array().astype(float)
    truth = whole[:, index[:, 0], index[:, 1]].reshape(3, 60, 50)
    assert np.corrcoef(tile.ravel(), truth.ravel())[0, 1] > 0.9


def test_annotations_lie_on_the_other_section(made):
    folder = made[0] / "out" / "serial_sections_00001"
    map_ = read_transform(folder / "transform.h5")
    drawn = json.loads((made[0] / "fixed_regions" / "serial_sections_00001.geojson").read_text(encoding="utf-8"))["features"]
    carried = json.loads((folder / "fixed_regions_on_moving.geojson").read_text(encoding="utf-8"))["features"]
    assert len(drawn) == len(carried) > 0
    first, there = (f[0]["geometry"]["coordinates"][0][0] for f in (drawn, carried))
    np.testing.assert_allclose(there, map_.move([[2 * v for v in first]])[0] / 2, atol=0.01)  # 2 um a sample, 0 = the corner
    nuclei = read_points(made[0] / "moving_nuclei" / "serial_sections_00001.csv", ())
    back = read_points(folder / "moving_nuclei_on_fixed.csv", ())
    np.testing.assert_allclose(map_.move(back.world), nuclei.world, atol=0.1)


def test_cells_get_the_color_of_their_neighborhood(made):
    every = rows_of(made[0] / "out" / "serial_sections_00000" / "cells.csv")
    rows = [row for row in every if row["positive"]]  # others lie where the moving slide does not reach
    assert len(rows) > 0.8 * len(every) > 0
    positive = {kind: np.mean([int(r["positive"]) for r in rows if r["kind"] == kind]) for kind in ("epithelium", "stroma")}
    assert positive["epithelium"] > 0.7
    assert positive["stroma"] < 0.3
    value = next(m.value for m in made[1].measurements if m.name == "positive_share")
    assert value == pytest.approx(np.mean([int(r["positive"]) for r in rows]))


def test_the_page_is_one_file_that_loads_nothing(made):
    text = (made[0] / "out" / "report.html").read_text(encoding="utf-8")
    assert "NOT ALIGNED" in text
    assert text.count("data:image/webp") == 3
    assert "http://" not in text.replace("http://www.w3.org", "")


def test_bad_pairs_are_told_and_the_table_goes_on(phantoms, tmp_path):
    folder, rows = phantoms
    white = np.full((300, 300, 3), 244, np.uint8)
    PIL.Image.fromarray(white).save(folder / "white.png")
    good = {"fixed": rows[0]["fixed"], "moving": rows[0]["moving"]}
    (folder / "few.csv").write_text("x,y\n1,1\n", encoding="utf-8")
    table = write_rows(
        folder / "bad.csv",
        [
            {**good, "case": "same", "moving": good["fixed"]},
            {**good, "case": "empty", "moving": "white.png#2um"},
            {**good, "case": "no_size", "moving": "white.png"},
            {**good, "case": "gone", "fixed": "nothing.tif"},
            {**good, "case": "few", "fixed_landmarks": "few.csv", "moving_landmarks": rows[0]["moving_landmarks"]},
            {**good, "case": "words", "fixed_regions": "few.csv", "moving_nuclei": "missing.csv"},
        ],
    )
    made = measure("register_sections", table, out=tmp_path / "out", settings={"moved": "overview", "mesh": 0, "transform": "tfm"})
    codes = {f.cases[0]: f.code for f in made.findings}
    assert codes == {
        "same": "same_picture", "empty": "no_tissue", "no_size": "no_resolution", "gone": "unreadable", "few": "landmarks_not_read",
        "words": "annotation_not_read",
    }  # fmt: skip
    assert all(f.do for f in made.findings)
    assert "#2um" in next(f.do for f in made.findings if f.code == "no_resolution")
    assert [row["status"] for row in rows_of(tmp_path / "out" / "pairs.csv")] == ["refused"] * 4 + ["aligned"] * 2
    assert open_slide(tmp_path / "out" / "few" / "moved.ome.tif").um_per_px == pytest.approx(8.0)
    assert (tmp_path / "out" / "few" / "transform.tfm").is_file()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("he,ihc\na.tif,b.tif\n", "unknown column"),
        ("fixed,moving\n", "a row for each pair"),
        ("fixed,moving\na.tif,\n", "expected a section, got an empty cell"),
        ("case,fixed,moving\na,a.tif,b.tif\na,c.tif,d.tif\n", "got a twice"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path, text, message):
    (tmp_path / "pairs.csv").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        measure("register_sections", tmp_path / "pairs.csv", out=tmp_path / "out")


@pytest.mark.parametrize("wrong", [{"moving_stain": "hdba"}, {"bound": 1.0}, {"mesh": 1}, {"working_px": 10}, {"moved": "all"}])
def test_settings_that_make_no_sense_are_refused(tmp_path, wrong):
    (tmp_path / "pairs.csv").write_text("fixed,moving\na.tif,b.tif\n", encoding="utf-8")
    with pytest.raises(SettingError):
        measure("register_sections", tmp_path / "pairs.csv", out=tmp_path / "out", settings=wrong)


def test_the_command_ends_with_1_where_a_pair_is_refused(tmp_path, monkeypatch, capsys):
    (tmp_path / "pairs.csv").write_text("fixed,moving\na.tif,b.tif\n", encoding="utf-8")
    words = ["isocenter", "measure", "register_sections", str(tmp_path / "pairs.csv"), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == 1
    assert "unreadable" in capsys.readouterr().out
