"""Annotations carried to another slide: vertices move, the rest stays."""

import json

import numpy as np
import pytest

from isocenter.core.errors import FileError
from isocenter.core.slide import corner_grid
from isocenter.io.geojson_carried import carry_geojson

HERE, THERE = corner_grid((1000, 1000), 0.5), corner_grid((500, 500), 1.0)


def write(path, *features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


def feature(kind, coordinates, **properties):
    return {"type": "Feature", "id": "a", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def carried(tmp_path, *features, carry=lambda places: places + np.array([10.0, -5.0])):
    lost = carry_geojson(write(tmp_path / "a.geojson", *features), tmp_path / "b.geojson", finest=HERE, target=THERE, carry=carry)
    return json.loads((tmp_path / "b.geojson").read_text(encoding="utf-8"))["features"], lost


def test_a_point_lands_where_the_map_says_in_the_other_slides_pixels(tmp_path):
    (found,), lost = carried(tmp_path, feature("Point", [200, 100], classification={"name": "x*"}))
    assert found["geometry"]["coordinates"] == [110.0, 45.0]  # 100 um and 50 um, moved
    assert found["properties"] == {"classification": {"name": "x*"}}
    assert (found["id"], lost) == ("a", 0)


def test_long_sides_are_cut_so_that_they_can_bend(tmp_path):
    ring = [[0, 0], [400, 0], [400, 80], [0, 0]]
    (found,), _ = carried(
        tmp_path, feature("Polygon", [ring, ring]), carry=lambda p: p + np.stack([0 * p[:, 0], p[:, 0] ** 2 / 1000], 1)
    )
    outline, hole = found["geometry"]["coordinates"]
    assert outline == hole
    assert outline[0] == outline[-1]
    assert len(outline) > len(ring)
    assert [100.0, 10.0] in outline  # half way along the first side, bent down


def test_every_kind_of_geometry_is_carried(tmp_path):
    several = [
        feature("MultiPoint", [[2, 2], [4, 4]]),
        feature("LineString", [[0, 0], [20, 0]]),
        feature("MultiPolygon", [[[[0, 0], [20, 0], [20, 20], [0, 0]]]]),
    ]
    found, _ = carried(tmp_path, *several)
    assert [f["geometry"]["type"] for f in found] == ["MultiPoint", "LineString", "MultiPolygon"]
    assert found[0]["geometry"]["coordinates"] == [[11.0, -4.0], [12.0, -3.0]]


def test_what_has_no_place_is_left_out_and_counted(tmp_path):
    found, lost = carried(
        tmp_path, feature("Point", [10, 10]), feature("Point", [900, 10]), carry=lambda p: np.where(p[:, :1] > 100, np.nan, p)
    )
    assert (len(found), lost) == (1, 1)


def test_what_is_no_geojson_is_refused(tmp_path):
    (tmp_path / "a.geojson").write_text('{"features": [{"geometry": 3}]}', encoding="utf-8")
    with pytest.raises(FileError, match="Export it again"):
        carry_geojson(tmp_path / "a.geojson", tmp_path / "b.geojson", finest=HERE, target=THERE, carry=lambda p: p)
