"""QuPath's regions come in and go out without a sample's change."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocenter.core.errors import FileError, GeometryError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.slide import corner_grid
from isocenter.io.geojson import open_regions, read_places, write_places, write_regions
from isocenter.io.outlines import outlines_of

FINEST, MAP = corner_grid((1600, 1280), 0.5), corner_grid((100, 80), 8.0)
NAMES = ("tissue", "carcinoma")


def square(x0, y0, x1, y1, name="Carcinoma", *, hole=None, kind="annotation"):
    ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
    about = {"objectType": kind} | ({"classification": {"name": name, "color": [200, 0, 0]}} if name else {})
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring, *([hole] if hole else [])]},
        "properties": about,
    }


def save(path, *features, whole=True):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)} if whole else list(features)))
    return path


@pytest.mark.parametrize("whole", [True, False])
def test_a_square_covers_the_samples_whose_middle_it_holds(tmp_path, whole):
    path = save(tmp_path / "a.geojson", square(160, 320, 480, 640), whole=whole)
    labels = open_regions(path, NAMES, finest=FINEST, on=MAP).labels.array()[0]
    wanted = np.zeros((100, 80), np.uint8)
    wanted[10:30, 20:40] = 1  # 160 pixels of 0.5 um are 10 samples of 8 um
    assert (labels == wanted).all()


def test_holes_later_features_and_what_is_ignored(tmp_path):
    hole = [[240, 400], [320, 400], [320, 480], [240, 480], [240, 400]]
    path = save(
        tmp_path / "a.geojson", square(160, 320, 480, 640, hole=hole), square(160, 320, 240, 400, "stroma"),
        square(0, 0, 800, 800, "Ignore*"),
    )  # fmt: skip
    labels = open_regions(path, ("glass", "carcinoma", "stroma"), finest=FINEST, on=MAP).labels.array()[0]
    assert (labels[15:20, 25:30] == 0).all()
    assert (labels[10:15, 20:25] == 2).all()
    assert labels[:10].sum() == 0


@settings(max_examples=25, deadline=None)
@given(share=st.floats(0.05, 0.95), seed=st.integers(0, 99))
def test_any_mask_goes_out_and_comes_back(tmp_path_factory, share, seed):
    drawn = (np.random.default_rng(seed).random(MAP.shape) < share).astype(np.uint8)
    path = write_regions(held_mask(drawn, MAP, NAMES), tmp_path_factory.mktemp("r") / "r.geojson", finest=FINEST)
    assert (open_regions(path, NAMES, finest=FINEST, on=MAP).labels.array()[0] == drawn).all()


def test_an_outline_turns_only_where_the_mask_does():
    drawn = np.zeros((9, 9), bool)
    drawn[2:7, 3:8] = True
    drawn[4, 5] = False
    (outer, inner) = outlines_of(drawn)[0]
    assert sorted(map(tuple, outer[:-1].tolist())) == [(2, 3), (2, 8), (7, 3), (7, 8)]
    assert len(inner) == 5
    assert outlines_of(np.zeros((3, 3), bool)) == []


def test_regions_of_a_picture_count_its_pixels(tmp_path):
    grid = plain_grid((20, 10))
    path = save(tmp_path / "a.geojson", square(3, 2, 8, 6, ""))
    assert open_regions(path, NAMES, finest=grid, on=grid).labels.array()[0].sum() == 20


def test_detections_go_out_and_come_back(tmp_path):
    points = Points(
        world=np.array([[100.0, 200.0], [301.5, 44.25]]),
        kind=np.array([0, 1]),
        score=np.array([0.25, 0.5]),
        names=("mitosis", "cell"),
    )
    back = read_places(write_places(points, tmp_path / "p.geojson", finest=FINEST), ("mitosis", "cell"), finest=FINEST)
    assert np.allclose(back.world, points.world, atol=1e-3)
    assert (back.kind.tolist(), back.score.tolist()) == ([0, 1], [0.25, 0.5])


def test_boxes_go_out_and_come_back(tmp_path):
    points = Points(
        world=np.array([[100.0, 200.0]]),
        kind=np.array([0]),
        score=np.array([0.5]),
        names=("cell",),
        extent=np.array([[10.0, 20.0]]),
    )
    back = read_places(write_places(points, tmp_path / "b.geojson", finest=FINEST), (), finest=FINEST, boxes=True)
    assert back.names == ("cell",)
    assert np.allclose(back.world, points.world)
    assert np.allclose(back.extent, points.extent)


def test_a_region_drawn_at_another_magnification_is_refused(tmp_path):
    path = save(tmp_path / "a.geojson", square(1000, 1000, 6000, 5000))
    with pytest.raises(GeometryError, match="another magnification"):
        open_regions(path, NAMES, finest=FINEST, on=MAP)


def test_a_class_nobody_named_is_told_with_a_guess(tmp_path):
    path = save(tmp_path / "a.geojson", square(0, 0, 9, 9, "Carzinoma"))
    with pytest.raises(StudyError, match="Did you mean carcinoma"):
        open_regions(path, NAMES, finest=FINEST, on=MAP)


@pytest.mark.parametrize("text", ["{", '{"features": [{"properties": {}}]}', '{"features": [3]}'])
def test_what_is_no_geojson_is_named(tmp_path, text):
    (tmp_path / "a.geojson").write_text(text)
    with pytest.raises(FileError, match="expected GeoJSON"):
        open_regions(tmp_path / "a.geojson", NAMES, finest=FINEST, on=MAP)
