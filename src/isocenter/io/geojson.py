"""QuPath GeoJSON: regions, detections and boxes on a slide or a picture, in and out.

In:   a FeatureCollection (or a list of features) in pixels of the finest level, as QuPath exports it; the grid of those pixels.
Out:  a Mask on a grid asked for (rasterized when loaded), Points, boxes; files QuPath opens.
Rule: a feature's class is properties.classification.name. A class that ends in * is ignored, as in QuPath. Later features lie above
      earlier ones. 0 is the corner of the first pixel, so a pixel's middle is at a half.
Not:  which grid (core/slide.py), no tiles.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError, GeometryError, StudyError, unknown
from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.io.outlines import outlines_of
from isocenter.io.whole_file import write_whole

GEOJSON = (".geojson", ".json")
"""Suffixes of files of this kind."""
Ring = NDArray[np.float64]
"""(N, 2), closed or not."""
_BEYOND = 0.01
"""How far beyond the slide a region may reach, as a share of its size: pens slip."""


class Feature(Record):
    """One thing drawn."""

    name: str
    """Its class; "" = none given."""
    kind: str
    """Polygon, MultiPolygon, Point, MultiPoint …"""
    polygons: tuple[tuple[Ring, ...], ...] = ()
    """Each an outline and its holes, in pixels."""
    places: Ring | None = None
    """Of points, (N, 2)."""
    score: float = float("nan")

    @property
    def corners(self) -> Ring:
        """Return every vertex, (N, 2)."""
        rings = [ring for polygon in self.polygons for ring in polygon] + ([self.places] if self.places is not None else [])
        return np.concatenate(rings) if rings else np.zeros((0, 2))


def read_features(path: Path, *, finest: Grid) -> list[Feature]:
    """Read everything drawn but what is ignored. FileError; GeometryError where it lies outside the slide.

    finest : grid of the pixels the coordinates count
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FileError(f"expected GeoJSON, got {path.name}: {error}. Export it again.") from None
    listed = data.get("features", [data]) if isinstance(data, dict) else data
    try:
        features = [feature for item in listed for feature in _feature(item)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FileError(f"expected GeoJSON features, got {path.name}, which lacks or garbles {error}. Export it again.") from None
    _inside(path, features, finest)
    return features


def open_regions(path: Path, names: tuple[str, ...], *, finest: Grid, on: Grid) -> Mask:
    """Open regions as a mask; read now, rasterized when loaded. StudyError for a class the target does not have.

    names : background first; with one class beside it, what has no class is of that one
    on    : grid of the mask, in the world of `finest`
    """
    for feature in read_features(path, finest=finest):
        _index(feature, names, path)
    load = partial(rasterize, path, names, finest, on)
    return Mask(labels=Image(grid=on, unit="1", channels=("label",), load=load), names=names)


def rasterize(path: Path, names: tuple[str, ...], finest: Grid, on: Grid) -> NDArray[np.uint8]:
    """Return labels (1, X, Y): the class of the region each sample's middle lies in, 0 where in none."""
    from skimage.draw import polygon2mask

    labels = np.zeros(on.shape, np.uint8)
    for feature in read_features(path, finest=finest):
        for rings in feature.polygons:
            placed = [on.to_index(finest.to_world(ring - 0.5)) for ring in rings]
            low = np.clip(np.floor(placed[0].min(axis=0)).astype(int), 0, on.shape)
            high = np.clip(np.ceil(placed[0].max(axis=0)).astype(int) + 1, 0, on.shape)
            if (high <= low).any():
                continue
            shape = tuple(int(n) for n in high - low)
            inside = polygon2mask(shape, placed[0] - low)  # type: ignore[no-untyped-call]
            for hole in placed[1:]:
                inside &= ~polygon2mask(shape, hole - low)  # type: ignore[no-untyped-call]
            labels[low[0] : high[0], low[1] : high[1]][inside] = _index(feature, names, path)
    return labels[None]


def read_places(path: Path, names: Sequence[str], *, finest: Grid, boxes: bool = False) -> Points:
    """Read places, or boxes: points as they are, polygons by the middle (or the sides) of the box around them.

    names : kinds in order; empty = those the file names, sorted
    """
    features = read_features(path, finest=finest)
    known = tuple(names) or tuple(sorted({f.name for f in features if f.name})) or ("point",)
    middles, sizes, kinds, scores = [], [], [], []
    for feature in features:
        kind = _kind(feature, known, path)
        for low, high in _boxes(feature):
            middles.append((low + high) / 2 - 0.5)
            sizes.append(high - low)
            kinds.append(kind)
            scores.append(feature.score)
    if boxes and any(f.places is not None for f in features):
        raise FileError(f"expected boxes, got points in {path.name}. Export rectangles, or make the target one of type points.")
    spacing = np.asarray(finest.spacing)
    return Points(
        world=finest.to_world(np.array(middles)) if middles else np.zeros((0, 2)),
        kind=np.array(kinds, np.intp),
        score=np.array(scores, float),
        names=known,
        extent=np.array(sizes, float).reshape(-1, 2) * spacing if boxes else None,
    )


def write_regions(mask: Mask, path: Path, *, finest: Grid, points: Points | None = None) -> Path:
    """Write every connected region as a polygon along its samples' edges, and points beside. On the same grid it reads back equal.

    finest : grid of the pixels the coordinates count, in the mask's world
    """
    features: list[dict[str, Any]] = []
    labels = mask.labels.array()
    for number, name in enumerate(mask.names[1:], start=1):
        region = labels[number - 1] > 0 if mask.overlapping else labels[0] == number
        for rings in outlines_of(region):
            drawn = [_pixels(ring - 0.5, mask.grid, finest) for ring in rings]
            features.append(_written({"type": "Polygon", "coordinates": drawn}, name, "annotation"))
    if points is not None:
        for n in range(len(points)):
            place = _pixels(mask.grid.to_index(points.world[n : n + 1]), mask.grid, finest)[0]
            name = points.names[int(points.kind[n])]
            features.append(_written({"type": "Point", "coordinates": place}, name, "detection", score=float(points.score[n])))
    return _write(features, path)


def write_places(points: Points, path: Path, *, finest: Grid) -> Path:
    """Write points, or boxes as rectangles."""
    features = []
    index = finest.to_index(points.world) + 0.5 if len(points) else np.zeros((0, 2))
    half = None if points.extent is None else points.extent / np.asarray(finest.spacing) / 2
    for n in range(len(points)):
        name, score = points.names[int(points.kind[n])], float(points.score[n])
        geometry: dict[str, Any] = {"type": "Point", "coordinates": index[n].round(3).tolist()}
        if half is not None:
            (x0, y0), (x1, y1) = index[n] - half[n], index[n] + half[n]
            ring = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]).round(3).tolist()
            geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append(_written(geometry, name, "detection", score=score))
    return _write(features, path)


def _write(features: Sequence[Mapping[str, Any]], path: Path) -> Path:
    text = json.dumps({"type": "FeatureCollection", "features": list(features)})
    write_whole(Path(path), lambda beside: beside.write_text(text, encoding="utf-8"))
    return Path(path)


def _written(geometry: Mapping[str, Any], name: str, kind: str, *, score: float = float("nan")) -> dict[str, Any]:
    properties: dict[str, Any] = {"objectType": kind, "classification": {"name": name}}
    if not np.isnan(score):
        properties["measurements"] = {"score": round(score, 4)}
    return {"type": "Feature", "geometry": dict(geometry), "properties": properties}


def _pixels(index: Ring, grid: Grid, finest: Grid) -> list[list[float]]:
    """Return indices of a grid as pixels of the finest level, 0 at the first one's corner."""
    found: list[list[float]] = (finest.to_index(grid.to_world(index)) + 0.5).round(3).tolist()
    return found


def _feature(item: Mapping[str, Any]) -> Iterator[Feature]:
    """Yield a GeoJSON feature, unless it is ignored or draws nothing with an inside or a place."""
    about, geometry = item.get("properties") or {}, item["geometry"]
    said = about.get("classification")
    name = str(said.get("name") or "") if isinstance(said, dict) else str(said or "")
    if name.endswith("*"):
        return
    kind, where = geometry["type"], geometry.get("coordinates")
    measured = about.get("measurements") or {}
    score = float(measured.get("score", np.nan)) if isinstance(measured, dict) else float("nan")
    if kind in ("Polygon", "MultiPolygon"):
        every = [where] if kind == "Polygon" else where
        polygons = tuple(tuple(np.asarray(ring, float)[:, :2] for ring in rings) for rings in every)
        yield Feature(name=name, kind=kind, polygons=polygons, score=score)
    elif kind in ("Point", "MultiPoint"):
        yield Feature(name=name, kind=kind, places=np.atleast_2d(np.asarray(where, float))[:, :2], score=score)


def _boxes(feature: Feature) -> Iterator[tuple[Ring, Ring]]:
    for place in feature.places if feature.places is not None else ():
        yield place, place
    for rings in feature.polygons:
        yield rings[0].min(axis=0), rings[0].max(axis=0)


def _index(feature: Feature, names: tuple[str, ...], path: Path) -> int:
    """Return a region's class; without one, the only one there is."""
    lower = [name.lower() for name in names]
    if not feature.name and len(names) == 2:
        return 1
    if feature.name.lower() not in lower:
        raise StudyError(
            f"{path.name}: {unknown('class', feature.name or '(none)', names[1:])} Rename it in QuPath, add it to `classes:` "
            "of the target, or end its name in * to have it ignored."
        )
    return lower.index(feature.name.lower())


def _kind(feature: Feature, known: tuple[str, ...], path: Path) -> int:
    lower = [name.lower() for name in known]
    if not feature.name and len(known) == 1:
        return 0
    if feature.name.lower() not in lower:
        raise StudyError(f"{path.name}: {unknown('kind', feature.name or '(none)', known)} Add it to `classes:` of the target.")
    return lower.index(feature.name.lower())


def _inside(path: Path, features: Sequence[Feature], finest: Grid) -> None:
    """GeometryError where what is drawn leaves the slide: it counts pixels of another level."""
    corners = [f.corners for f in features if len(f.corners)]
    if not corners:
        return
    low, high = np.concatenate(corners).min(axis=0), np.concatenate(corners).max(axis=0)
    size = np.asarray(finest.shape, float)
    over = np.maximum(high - size, -low) / size
    if (over > _BEYOND).any():
        raise GeometryError(
            f"expected what {path.name} draws to lie on the slide of {finest.shape[0]} × {finest.shape[1]} pixels, got places from "
            f"({low[0]:.0f}, {low[1]:.0f}) to ({high[0]:.0f}, {high[1]:.0f}). It was drawn at another magnification, or on another "
            "slide. Export it in pixels of the finest level."
        )
