"""What the cells of one row mean: inputs, labels of all 13 kinds, regions.

In:   a Row and a Target (or a column).
Out:  a Value; images and masks stay lazy. The caller asks only for cells that are filled.
Not:  which cells belong to a case (io/table.py). The syntax is documented in docs/reference/cases_csv.md.
"""

import dataclasses
import math
import re
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import GeometryError, StudyError, unknown
from isocenter.core.grid import Grid
from isocenter.core.image import Held, Image
from isocenter.core.mask import Mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.study import TEXT, Target
from isocenter.core.survival import Survival
from isocenter.core.value import Input, Value
from isocenter.io.file_kind import split_fragment
from isocenter.io.geojson import GEOJSON, open_regions
from isocenter.io.graph_file import read_graph
from isocenter.io.images import open_image
from isocenter.io.label_picture import open_label_picture, shows_labels
from isocenter.io.masks import open_mask
from isocenter.io.objects_file import read_objects
from isocenter.io.parts_file import read_parts
from isocenter.io.points_file import read_points
from isocenter.io.raw_labels import is_segmentation
from isocenter.io.report_text import open_text, read_text
from isocenter.io.structures_file import no_structures, read_structures
from isocenter.io.table_row import Row
from isocenter.io.text_columns import is_number

NOTHING_THERE = "0"
"""A mask cell that says: looked at, and nothing of it there."""
NO_FINDING = "none"
"""A multilabel cell "a;b" that says: looked at, and none of them."""
_SUFFIX = re.compile(r"\.\w{1,7}$")
_YES, _NO = frozenset({"1", "1.0", "true"}), frozenset({"0", "0.0", "false"})


def open_input(row: Row, column: str, *, unit: str | None = None) -> Input:
    """Open what a case shows: an image; a bag of paths joined by ";"; points (.csv); a graph (.npz); text (.txt, or words).

    unit : of an image whose file does not say ("1"), "text" for the words of a report, "labels" for a mask; None = as the file says
    """
    if unit is not None and shows_labels(unit):
        with row.blame(column):
            return open_label_picture(row.file(column), unit)
    if unit == TEXT:
        with row.blame(column):
            return open_text(row, column)
    found = _open_input(row, column)
    if unit is not None and isinstance(found, Image) and found.unit == "1":
        return dataclasses.replace(found, unit=unit)
    return found


def _open_input(row: Row, column: str) -> Input:
    cell = row.cell(column)
    with row.blame(column):
        if column in row.slides:
            return row.slide(column)
        path = row.path(cell)
        there = split_fragment(path)[0].exists()
        if ";" in cell and not there:
            return tuple(open_image(row.file(column, part.strip())) for part in cell.split(";") if part.strip())
        if not there and _reads_like_text(cell):
            return cell
        path = row.file(column)
        suffix = split_fragment(path)[0].suffix.lower()
        if suffix == ".csv":
            return read_points(path, (), grid=row.grid)
        if suffix == ".npz" and _holds_a_graph(path):
            return read_graph(path)
        return read_text(path) if suffix in (".txt", ".jsonl") else open_image(path)


def open_label(row: Row, target: Target, columns: tuple[str, ...], kinds: tuple[str, ...] = ()) -> Value:
    """Open one label of a row.

    columns : the target's, or those of one rater
    kinds   : of the objects numbered in a file of which some are counted
    """
    with row.blame(columns[0]):
        match target.type:
            case "mask":
                return _mask(row, target, columns)
            case "points" | "boxes":
                return _places(row, target, columns)
            case "count" | "proportion" | "value":
                return _amount(row, target, columns, kinds)
            case "class" | "ordinal":
                return _one_of(row, target, columns[0])
            case "multilabel":
                return _findings(row, target, columns)
            case "survival":
                return _survival(row, target, columns)
            case "graph":
                return read_graph(row.file(columns[0]))
            case "image":
                return open_image(row.file(columns[0]))
            case "text":
                return _text(row, columns[0])


def open_region(row: Row, column: str) -> Mask:
    """Open the mask a label is confined to: names outside, inside. The cell "0" is an empty region."""
    with row.blame(column):
        if row.cell(column) == NOTHING_THERE:
            return _empty_mask(row, column, ("outside", "inside"))
        return open_mask(row.file(column), ("outside", "inside"))


def _places(row: Row, target: Target, columns: tuple[str, ...]) -> Points:
    """Places or boxes: listed in a file, dotted in a picture, the objects numbered in one, or the structures of a mask."""
    if target.instances:
        return _objects(row, target, columns, target.classes)
    if target.values:
        boxes = target.type == "boxes"
        if row.cell(columns[0]) == NOTHING_THERE:
            return no_structures(_grid_of_nothing(row, columns[0]), target.classes, boxes=boxes)
        return read_structures(row.file(columns[0]), target.values, target.classes, grid=row.grid(), boxes=boxes)
    return read_points(row.file(columns[0]), target.classes, grid=row.finest, boxes=target.type == "boxes")


def _objects(row: Row, target: Target, columns: tuple[str, ...], names: tuple[str, ...]) -> Points:
    """The objects numbered in one file, their kinds in a second; or the connected parts of a mask."""
    if target.instances == "parts":
        if row.cell(columns[0]) == NOTHING_THERE:
            return no_structures(_grid_of_nothing(row, columns[0]), names, boxes=target.type == "boxes")
        boxes, values = target.type == "boxes", target.values or None
        return read_parts(row.file(columns[0]), names, values=values, grid=row.grid(), boxes=boxes)
    kinds = row.file(columns[1]) if len(columns) > 1 and names else None
    return read_objects(row.file(columns[0]), kinds, names, grid=row.grid(), boxes=target.type == "boxes")


def _mask(row: Row, target: Target, columns: tuple[str, ...]) -> Mask:
    """One label file; or one two-valued file a class, stacked (overlapping) or merged."""
    names = target.classes
    if len(columns) == 1:
        if row.cell(columns[0]) == NOTHING_THERE:
            return _empty_mask(row, columns[0], names, overlapping=target.overlapping)
        path = row.file(columns[0])
        if path.suffix.lower() in GEOJSON:
            return _drawn(row, path, target)
        if target.instances:
            objects = open_image(path)
            labels = Image(grid=objects.grid, unit="1", channels=("label",), load=partial(_any_object, objects))
            return Mask(labels=labels, names=names, objects=objects)
        like = row.grid() if is_segmentation(path) else None
        return open_mask(path, names, overlapping=target.overlapping, values=target.values or None, like=like)
    if len(columns) != len(names) - 1:
        raise StudyError(
            f"target {target.name!r}: expected one mask column, or one each for {', '.join(names[1:])}; got {len(columns)}."
        )
    empty = [column for column in columns if not row.cell(column)]
    if empty:
        raise StudyError(
            f"{row.where(empty[0])}: expected a mask for every class of {target.name!r}, got an empty cell. "
            f"Write {NOTHING_THERE} for a class that was looked for and is not there, or leave all its cells empty."
        )
    layers = [open_region(row, column) for column in columns]
    filled = next((m for m, c in zip(layers, columns, strict=True) if row.cell(c) != NOTHING_THERE), layers[0])
    odd = [c for m, c in zip(layers, columns, strict=True) if m.grid.shape != filled.grid.shape and row.cell(c) != NOTHING_THERE]
    if odd:
        raise GeometryError(
            f"{row.where(odd[0])}: expected a mask of shape {filled.grid.shape} as the other classes have. Resample it."
        )
    loads = tuple(m.labels.load if row.cell(c) != NOTHING_THERE else None for m, c in zip(layers, columns, strict=True))
    load = partial(_stack if target.overlapping else _merge, loads, filled.grid.shape)
    channels = names[1:] if target.overlapping else ("label",)
    return Mask(labels=Image(grid=filled.grid, unit="1", channels=channels, load=load), names=names, overlapping=target.overlapping)


def _empty_mask(row: Row, column: str, names: tuple[str, ...], *, overlapping: bool = False) -> Mask:
    """A mask with nothing in it, on the grid of the case's image."""
    grid = _grid_of_nothing(row, column)
    channels = names[1:] if overlapping else ("label",)
    zeros = np.zeros((len(channels), *grid.shape), dtype=bool if overlapping else np.uint8)
    zeros.flags.writeable = False
    return Mask(labels=Image(grid=grid, unit="1", channels=channels, load=Held(zeros)), names=names, overlapping=overlapping)


def _grid_of_nothing(row: Row, column: str) -> Grid:
    """Return the grid of the case's image. StudyError when it has none."""
    grid = row.grid()
    if grid is None:
        raise StudyError(f"{row.where(column)}: expected an image to give the empty mask ({NOTHING_THERE}) its grid, got none.")
    return grid


def _drawn(row: Row, path: Path, target: Target) -> Mask:
    """Regions drawn in QuPath, on the grid of the case's image, or of its slide's maps."""
    finest, on = row.finest(), row.grid()
    if finest is None or on is None:
        raise StudyError(f"expected an image or a slide that {path.name} is drawn on, got none. Fill the case's input.")
    return open_regions(path, target.classes, finest=finest, on=on)


def _any_object(objects: Image) -> NDArray[np.uint8]:
    """Load object numbers as the one foreground class, (1, *S)."""
    return (objects.array()[:1] > 0).astype(np.uint8)


def _stack(loads: tuple[Any, ...], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Load one file a class into bool (K, *S); None = nothing there."""
    return np.stack([np.zeros(shape, dtype=bool) if load is None else load()[0] > 0 for load in loads])


def _merge(loads: tuple[Any, ...], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Load one file a class into labels (1, *S). GeometryError where two classes overlap."""
    labels = np.zeros(shape, dtype=np.uint8)
    for index, layer in enumerate(_stack(loads, shape), start=1):
        if (labels[layer] > 0).any():
            raise GeometryError(
                "expected masks that do not overlap, got samples in two classes. Say `overlapping: true` in the target."
            )
        labels[layer] = index
    return labels[None]


def _amount(row: Row, target: Target, columns: tuple[str, ...], kinds: tuple[str, ...]) -> Amount:
    """A number; two columns are an interval (one side may be open)."""
    if target.instances:
        return Amount(value=float(_how_many(_objects(row, target, columns, kinds), target.classes)), unit=target.unit)
    if len(columns) == 2:
        low, high = (_one_number(row, target, c) if row.cell(c) else math.nan for c in columns)
        if low > high:
            raise StudyError(f"{row.where(columns[0])}: expected low <= high, got {low:g} and {high:g}. Exchange the two cells.")
        return Amount(value=float(np.nanmean([low, high])), unit=target.unit, low=low, high=high)
    cell = row.cell(columns[0])
    if target.type == "count" and not is_number(cell) and split_fragment(row.path(cell))[0].is_file():
        listed = read_points(row.file(columns[0]), (), grid=row.finest)
        return Amount(value=float(_how_many(listed, target.classes)), unit=target.unit)
    return Amount(value=_one_number(row, target, columns[0]), unit=target.unit)


def _how_many(points: Points, kinds: tuple[str, ...]) -> int:
    """Count the points of some kinds; all of them if none is named, or if the file names none."""
    if not kinds or points.names == ("point",):
        return len(points)
    return int(np.isin(points.kind, [i for i, name in enumerate(points.names) if name in kinds]).sum())


def _one_number(row: Row, target: Target, column: str) -> float:
    """A number in its range; a proportion may be written 70%."""
    cell = row.cell(column)
    if target.type == "proportion" and cell.endswith("%") and is_number(cell[:-1]):
        return _in_range(row, target, column, float(cell[:-1]) / (1.0 if target.unit == "%" else 100.0))
    return _in_range(row, target, column, row.number(column))


def _in_range(row: Row, target: Target, column: str, value: float) -> float:
    """Refuse negative counts and proportions outside [0, 1] (or [0, 100] with unit "%")."""
    top = 100.0 if target.unit == "%" else 1.0
    if target.type == "count" and value < 0:
        raise StudyError(
            f"{row.where(column)}: expected a count of 0 or more, got {value:g}. Leave the cell empty if not assessed."
        )
    if target.type == "proportion" and not 0 <= value <= top:
        raise StudyError(
            f"{row.where(column)}: expected a proportion from 0 to {top:g}, got {value:g}. "
            "Percent are written 70%, or say `unit: '%'` in the target."
        )
    return value


def _one_of(row: Row, target: Target, column: str) -> Scores:
    """A class by its name, else by its index."""
    cell = row.cell(column)
    names = target.classes
    if cell in names:
        index = names.index(cell)
    elif is_number(cell) and float(cell).is_integer() and 0 <= float(cell) < len(names):
        index = int(float(cell))
    else:
        raise StudyError(
            f"{row.where(column)}: {unknown(f'class of {target.name}', cell, names)} Mend the cell, or add it to `classes:`."
        )
    p = np.zeros(len(names))
    p[index] = 1.0
    return Scores(p=p, names=names)


def _findings(row: Row, target: Target, columns: tuple[str, ...]) -> Scores:
    """One column a finding (1, 0, empty = not assessed), or one column of names joined by ";"."""
    names = target.classes or target.columns
    if len(columns) == 1 and len(names) > 1:
        words = [word.strip() for word in row.cell(columns[0]).split(";") if word.strip()]
        p = np.zeros(len(names))
        for word in words if words != [NO_FINDING] else []:
            if word not in names:
                raise StudyError(f"{row.where(columns[0])}: {unknown(f'finding of {target.name}', word, names)}")
            p[names.index(word)] = 1.0
        return Scores(p=p, names=names)
    return Scores(p=np.array([_yes_or_no(row, column) for column in columns]), names=names)


def _yes_or_no(row: Row, column: str) -> float:
    """1, 0, or NaN for an empty cell."""
    cell = row.cell(column).lower()
    if not cell:
        return math.nan
    if cell in _YES:
        return 1.0
    if cell in _NO:
        return 0.0
    raise StudyError(
        f"{row.where(column)}: expected 1, 0 or an empty cell (not assessed), got {row.cell(column)!r}. "
        "Mend the cell; what is uncertain is not assessed."
    )


def _survival(row: Row, target: Target, columns: tuple[str, ...]) -> Survival:
    """Days, and how they ended: 0 follow-up ended, 1 the event, 2 and more a competing event named in `classes:`."""
    days = row.number(columns[0])
    if days < 0:
        raise StudyError(f"{row.where(columns[0])}: expected days of 0 or more, got {days:g}. Count from the start of follow-up.")
    code = _one_of(row, target, columns[1]).best if target.classes else _ended(row, columns[1])
    return Survival(days=np.array([days]), alive=np.array([0.0 if code == 1 else 1.0]), censored=code == 0, cause=int(code) or 1)


def _ended(row: Row, column: str) -> float:
    """1 the event, 0 follow-up ended without it."""
    try:
        return _yes_or_no(row, column)
    except StudyError:
        raise StudyError(
            f"{row.where(column)}: expected 1 (the event) or 0 (followed up to that day without it), got {row.cell(column)!r}. "
            "Mend the cell, or name what the codes mean: classes: [censored, event, death]."
        ) from None


def _text(row: Row, column: str) -> str:
    """The text itself, or that of a .txt file."""
    cell = row.cell(column)
    if cell.lower().endswith(".txt") and "\n" not in cell and (row.path(cell).is_file() or " " not in cell):
        return row.file(column).read_text(encoding="utf-8")
    return cell


def _reads_like_text(cell: str) -> bool:
    """Tell words from the name of a file that is not there: four words or more, no slash, no suffix."""
    return len(cell.split()) >= 4 and "/" not in cell and "\\" not in cell and not _SUFFIX.search(cell)


def _holds_a_graph(path: Path) -> bool:
    """Tell whether an .npz has the arrays of a graph. Reads its list of contents only."""
    file = split_fragment(path)[0]
    if not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
    return "adjacency.npy" in names or "edges.npy" in names
