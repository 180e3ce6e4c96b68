"""Points and boxes from files, and back: CSV and Pascal VOC XML here; dot pictures, QuPath GeoJSON and COCO JSON by their readers.

In:   a file and the names of the kinds; for indices and dot pictures, the grid they lie on.
Out:  Points in world coordinates.
Not:  the columns of cases.csv (io/cells.py).

CSV columns, points: x,y[,z][,kind][,score] in world coordinates, or i,j[,k] as indices of the image.
Boxes: center x,y[,z] and full size w,h[,d]. VOC XML: the first and last pixel, both inside and counted from 1.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError, GeometryError, StudyError, unknown
from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.io.coco import read_coco
from isocenter.io.dots_file import read_dots
from isocenter.io.file_kind import split_fragment
from isocenter.io.geojson import GEOJSON, read_places
from isocenter.io.text_columns import TextTable, is_number, read_text_table, write_text_table

_SIZES = ("w", "h", "d")


def no_grid() -> Grid | None:
    """Say that no image gives a grid."""
    return None


def read_points(path: Path, names: Sequence[str], *, grid: Callable[[], Grid | None] = no_grid, boxes: bool = False) -> Points:
    """Read places, or boxes.

    names : kinds in order; empty = one kind, "point" (or whatever a `kind` column names, sorted).
    grid  : gives that of the case's image; called only for i,j,k columns, and for a dot picture (used if of the same size).
    boxes : the file must give sizes.
    """
    suffix = split_fragment(path)[0].suffix.lower()
    if suffix in (".csv", ".tsv", ".txt"):
        return _from_table(read_text_table(path), names, grid, boxes=boxes)
    if suffix == ".xml":
        return _from_voc(path, names)
    if suffix in GEOJSON:
        return _from_json(path, names, grid, boxes=boxes)
    if boxes:
        raise FileError(f"expected boxes as CSV (x,y,w,h), VOC XML, GeoJSON or COCO, got {path.name}. Convert it.")
    return read_dots(path, names, grid)


def write_points(points: Points, path: Path) -> Path:
    """Write places (or boxes, where they have extent) as CSV in world coordinates. Returns the path."""
    d = points.world.shape[1] if points.world.ndim == 2 else 2
    rows = []
    for n in range(len(points)):
        row = {axis: repr(float(points.world[n, a])) for a, axis in enumerate("xyz"[:d])}
        if points.extent is not None:
            row |= {size: repr(float(points.extent[n, a])) for a, size in enumerate(_SIZES[:d])}
        row["kind"] = points.names[int(points.kind[n])]
        row["score"] = "" if np.isnan(points.score[n]) else repr(float(points.score[n]))
        rows.append(row)
    sizes = _SIZES[:d] if points.extent is not None else ()
    return write_text_table(rows, path, names=[*"xyz"[:d], *sizes, "kind", "score"])


def _from_table(table: TextTable, names: Sequence[str], grid: Callable[[], Grid | None], *, boxes: bool) -> Points:
    """Places from the columns of a CSV."""
    places = _numbers(table, "xyz")
    if places is None:
        indices = _numbers(table, "ijk")
        if indices is None:
            raise StudyError(
                f"{table.file}, line 1: expected columns x,y[,z] (world) or i,j[,k] (index), got {', '.join(table.names)}."
            )
        lies = grid()
        if lies is None:
            raise GeometryError(
                f"{table.file}: expected an image to give the indices i,j,k a place, got none. Use world columns x,y,z."
            )
        places = lies.to_world(indices[:, : lies.ndim])
    extent = _numbers(table, "whd")
    if boxes and extent is None:
        raise StudyError(f"{table.file}, line 1: expected box sizes w,h[,d] beside the center, got {', '.join(table.names)}.")
    if extent is not None and extent.shape != places.shape:
        raise StudyError(
            f"{table.file}, line 1: expected as many sizes as coordinates, got {extent.shape[1]} and {places.shape[1]}."
        )
    words = table.cells("kind") if "kind" in table.names else []
    kinds, known = _kinds(table, words, names)
    score = np.full(len(table), np.nan)
    if "score" in table.names:
        score = np.array([float(cell) if is_number(cell) else np.nan for cell in table.cells("score")])
    return Points(world=places, kind=kinds, score=score, names=known, extent=extent)


def _numbers(table: TextTable, axes: str) -> NDArray[np.float64] | None:
    """The columns of two or three axes as (N, d); None when the first two are not there."""
    here = [axis for axis in axes if axis in table.names]
    if here[:2] != list(axes[:2]):
        return None
    numbers = np.empty((len(table), len(here)))
    for a, axis in enumerate(here):
        for row, cell in enumerate(table.cells(axis)):
            if not is_number(cell):
                raise StudyError(f"{table.file}, line {table.line(row)}, column {axis!r}: expected a number, got {cell!r}.")
            numbers[row, a] = float(cell)
    return numbers


def _kinds(table: TextTable, words: Sequence[str], names: Sequence[str]) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Index of each row's kind, and the names. An unknown kind is a StudyError with its line."""
    known = tuple(names) or tuple(sorted(set(words) - {""})) or ("point",)
    kinds = np.zeros(len(table), dtype=np.intp)
    for row, word in enumerate(words):
        if word in known:
            kinds[row] = known.index(word)
        elif word.isdigit() and int(word) < len(known):
            kinds[row] = int(word)
        elif word:
            raise StudyError(f"{table.file}, line {table.line(row)}: {unknown('kind', word, known)}")
    return kinds, known


def _from_voc(path: Path, names: Sequence[str]) -> Points:
    """Boxes of a Pascal VOC file: the first and last pixel inside, counted from 1, so that equal corners are one pixel wide.

    Everingham et al., Int J Comput Vis 2010; 88:303: the challenge's own overlap counts max - min + 1 pixels a side.
    """
    try:
        objects = ElementTree.parse(path).getroot().findall("object")
        words = [str(item.findtext("name", "")).strip() for item in objects]
        corners = np.array(
            [[float(item.findtext(f"bndbox/{c}", "")) for c in ("xmin", "ymin", "xmax", "ymax")] for item in objects]
        ).reshape(-1, 4)
    except (ElementTree.ParseError, ValueError) as error:
        raise FileError(f"expected boxes in Pascal VOC XML, got {path.name}: {error}. Export it again.") from None
    except OSError as error:
        raise FileError(f"cannot read the boxes {path.name}: {error.strerror}.") from None
    known = tuple(names) or tuple(sorted(set(words) - {""})) or ("point",)
    for word in words:
        if word not in known:
            raise StudyError(f"{path.name}: {unknown('kind', word, known)} Add it to `classes:` of the target.")
    return Points(
        world=(corners[:, :2] + corners[:, 2:]) / 2 - 1,
        kind=np.array([known.index(word) for word in words], dtype=np.intp),
        score=np.full(len(words), np.nan),
        names=known,
        extent=corners[:, 2:] - corners[:, :2] + 1,
    )


def _from_json(path: Path, names: Sequence[str], grid: Callable[[], Grid | None], *, boxes: bool) -> Points:
    """Places or boxes of QuPath; of a COCO file, those of the image whose number follows a #."""
    file, number = split_fragment(path)
    if number is not None:
        return read_coco(file, number, names)
    lies = grid()
    if lies is None:
        raise GeometryError(f"{path.name}: expected an image or a slide it is drawn on, got none. Fill the case's input.")
    return read_places(file, names, finest=lies, boxes=boxes)
