"""Answers as a table: one row a case, one column an answer, which the next study can read.

In:   targets, predictions' values, the rows they belong to.
Out:  cells (masks, images, points, boxes, graphs as files beside the table); cases.csv.
Not:  predictions.jsonl (io/values.py); what a cell means when read (io/cells.py).

Columns: `predicted_<target>`; besides, `predicted_<target>_p_<class>` for probabilities, `_low` and `_high` for an
amount's interval, `_days` and `_risk` for survival.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.errors import StudyError
from isocenter.core.graph import Graph
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.io.graph_file import write_graph
from isocenter.io.layout import relative
from isocenter.io.points_file import write_points
from isocenter.io.text_columns import write_text_table
from isocenter.io.write import write_image, write_mask

PREFIX = "predicted_"


def answer_columns(target: Target, value: Value | None, *, folder: Path, stem: str, file: Path | None = None) -> dict[str, str]:
    """Return the cells of one answer: text by column.

    value  : None (refused, not measurable) gives empty cells.
    folder : of the table; file cells are relative to it, and files are written there as `<stem>_<target>`.
    stem   : the start of file names, from the input's name or the case key.
    file   : where the caller has written the mask, image, points or graph already; None = write it here.
    return : always the same columns for a target, so that rows of a table line up.
    """
    name = f"{PREFIX}{target.name}"
    empty = dict.fromkeys(_names(target), "")
    match value:
        case None:
            return empty
        case Mask() | Points() | Graph():
            return {name: relative(file or _write(value, folder, f"{safe_name(stem)}_{safe_name(target.name)}"), folder)}
        case Scores():
            return empty | _scores(target, value, name)
        case Amount():
            cells = {name: _number(value.value), f"{name}_low": _number(value.low), f"{name}_high": _number(value.high)}
            return {column: cells[column] for column in _names(target)}
        case Survival():
            return {f"{name}_days": _number(_median_days(value)), f"{name}_risk": _number(1 - float(value.alive[-1]))}
        case Image():
            return {name: relative(file or _write(value, folder, f"{safe_name(stem)}_{safe_name(target.name)}"), folder)}
        case str():
            return {name: value}


def write_cases(rows: Iterable[Mapping[str, str]], path: Path) -> Path:
    """Write rows as cases.csv, `case` first. StudyError when a row has no key or a key comes twice. Returns the path."""
    held = list(rows)
    keys = [row.get("case", "") for row in held]
    twice = sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    if twice or "" in keys:
        raise StudyError(
            f"expected rows with a key each in `case`, got {', '.join(twice) or 'a row without one'}. Name every row once."
        )
    names = list(dict.fromkeys(name for row in held for name in row))
    return write_text_table(held, path, names=["case", *(name for name in names if name != "case")])


def safe_name(text: str) -> str:
    """Return a text as it may stand in a file's name on every system: letters, digits, dot, dash and underscore."""
    return re.sub(r"[^\w.\-]+", "_", text, flags=re.ASCII).strip("._") or "case"


def _names(target: Target) -> list[str]:
    """The columns of a target's answer."""
    name = f"{PREFIX}{target.name}"
    if target.type == "survival":
        return [f"{name}_days", f"{name}_risk"]
    if target.type in ("count", "proportion", "value"):
        return [name, f"{name}_low", f"{name}_high"]
    if target.type in ("class", "ordinal"):
        return [name, *(f"{name}_p_{c}" for c in target.classes)]
    if target.type == "multilabel":
        classes = target.classes or target.columns
        return [*(f"{name}_{c}" for c in classes), *(f"{name}_p_{c}" for c in classes)]
    return [name]


def _scores(target: Target, value: Scores, name: str) -> dict[str, str]:
    """The class by name, or 1/0 a finding; and every probability."""
    cells = {f"{name}_p_{c}": _number(float(p)) for c, p in zip(value.names, value.p, strict=True)}
    if target.type == "multilabel":
        return cells | {f"{name}_{c}": "" if np.isnan(p) else str(int(p >= 0.5)) for c, p in zip(value.names, value.p, strict=True)}
    return cells | {name: value.names[value.best] if value.best >= 0 else ""}


def _median_days(value: Survival) -> float:
    """First time at which P(alive) is 0.5 or less; NaN when the curve does not get there."""
    below = np.flatnonzero(value.alive <= 0.5)
    return float(value.days[below[0]]) if below.size else float("nan")


def _number(value: float) -> str:
    """A number as a cell; NaN is empty. Seven digits: more than any answer is worth."""
    return "" if np.isnan(value) else f"{value:.7g}"


def _write(value: Mask | Points | Graph | Image, folder: Path, stem: str) -> Path:
    """Write a value beside the table: .nii.gz in a volume or where millimetres count, .png for a picture's mask, or a picture."""
    if isinstance(value, Points):
        return write_points(value, folder / f"{stem}.csv")
    if isinstance(value, Graph):
        return write_graph(value, folder / f"{stem}.npz")
    if isinstance(value, Mask):
        picture = value.grid.ndim == 2 and value.grid.world == "px" and not value.overlapping
        return write_mask(value, folder / (f"{stem}.png" if picture else f"{stem}.nii.gz"))
    picture = value.grid.ndim == 2 and value.grid.world == "px" and value.array().dtype in (np.uint8, np.uint16)
    return write_image(value, folder / (f"{stem}.png" if picture and len(value.channels) in (1, 3) else f"{stem}.nii.gz"))
