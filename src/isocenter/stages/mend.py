"""Mend: a copy of a study whose mistakes that have one answer are put right; originals stay as they are.

In:   what check examined and found.
Out:  a folder: the study, cases.csv, split file, mended masks, and mended.csv, which says what was done to each.
Not:  nothing is guessed. 0/255 becomes 0/1; blended edges take the nearest class; gaps are renumbered when there are as many values
      as classes; but no number of a target is changed while another of its masks holds one without meaning. A mask is resampled
      (nearest) when both headers place it in the patient and they overlap; a mask whose header says nothing takes its image's
      place when the shapes are equal. Cases that cannot be read are left out and named.
"""

import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError, IsocenterError
from isocenter.core.finding import Finding
from isocenter.core.grid import Grid
from isocenter.core.image import held_image
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.core.study import Study
from isocenter.imaging.resample import to_grid
from isocenter.io.answers import safe_name
from isocenter.io.file_kind import split_fragment
from isocenter.io.layout import relative
from isocenter.io.raw_labels import one_channel_where_equal
from isocenter.io.study_file import write_study
from isocenter.io.table import DATA_VARIABLE, TableCases, target_columns
from isocenter.io.text_columns import read_text_table, write_text_table
from isocenter.io.write import write_mask
from isocenter.stages.checks.mask_grid import difference
from isocenter.stages.checks.mask_labels import labels_in_order
from isocenter.stages.examination import Examination, OpenedCase, RawMask
from isocenter.stages.mask_values import count_values, is_0_255, is_blended, pure_values
from isocenter.stages.progress import Progress
from isocenter.stages.split_parts import split_file

MASK_CODES = frozenset({"mask_0_255", "mask_anti_aliased", "mask_label_gaps", "mask_other_shape", "mask_other_place"})
LEFT_OUT_CODES = frozenset({"unreadable_file"})
OVERLAP = 0.5
"""Share of the mask's box that must lie in the image's for a mask to be resampled."""


class Mended(Record):
    """One mask put right."""

    case: str
    column: str
    what: str
    before: str
    after: str


def mend(
    study: Study,
    cases: TableCases,
    examination: Examination,
    findings: Sequence[Finding],
    *,
    source: Path,
    folder: Path,
    data: Path | None,
    progress: Progress,
) -> list[Finding]:
    """Write the mended copy; return what was mended and what was left out. FileError when the folder is the study's own."""
    if folder.resolve() == source.resolve().parent:
        raise FileError(f"expected a folder of its own for the mended copy, got the study's, {folder}. Choose another.")
    folder.mkdir(parents=True, exist_ok=True)
    left_out = {key for f in findings if f.code in LEFT_OUT_CODES for key in f.cases}
    touched = [k for k in dict.fromkeys(key for f in findings if f.code in MASK_CODES for key in f.cases) if k not in left_out]
    orders = _orders(examination)
    unsettled = _unsettled(examination, orders)
    mended: list[Mended] = []
    for key in progress.track(touched, total=len(touched), label="mend"):
        mended += _mend_case(examination.opened[key], orders, unsettled, folder)
    _write_table(study, cases, mended, left_out, folder, data)
    _write_study(study, source, folder)
    _write_split(study, source.resolve().parent, folder, left_out)
    write_text_table(
        [{"case": m.case, "column": m.column, "what": m.what, "before": m.before, "after": m.after} for m in mended]
        + [{"case": key, "column": "", "what": "left out: cannot be read", "before": "", "after": ""} for key in sorted(left_out)],
        folder / "mended.csv",
        names=["case", "column", "what", "before", "after"],
    )
    return _said(mended, left_out, folder)


def mended_labels(
    samples: NDArray[Any], classes: int, order: Mapping[int, int] | None
) -> tuple[NDArray[np.integer[Any]], str] | None:
    """Return class indices and what was done, or None when the numbers are right or have no one answer.

    samples : (1, *S) as in the file
    order   : value -> class for gaps, when all masks of the target agree
    """
    values = count_values(samples)
    kind = np.uint8 if classes <= 256 else np.uint16
    if is_0_255(values, classes):
        return (samples == 255).astype(kind), "255 written as 1"
    if is_blended(values, classes):
        pure = np.asarray(pure_values(values, classes))
        limits = (pure[1:] + pure[:-1]) / 2
        drawn = ", ".join(f"{v:g}" for v in pure)
        return np.searchsorted(limits, samples, side="left").astype(kind), f"{len(values)} values set to the nearest of {drawn}"
    if order is not None and any(v >= classes for v in values) and set(values) <= set(map(float, order)):
        out = np.zeros(samples.shape, kind)
        for value, index in order.items():
            out[samples == value] = index
        return out, "renumbered " + ", ".join(f"{value} as {index}" for value, index in order.items() if value != index)
    return None


def _orders(examination: Examination) -> dict[str, dict[int, int]]:
    """Value -> class by target, where gaps can be closed in one way."""
    held: dict[str, dict[str, frozenset[float]]] = {}
    for key, masks in examination.seen.get("mask_labels", {}).items():
        for target, values in masks.items():
            held.setdefault(target, {})[key] = values
    classes = {m.target: len(m.classes) for case in examination.opened.values() for m in case.masks.values()}
    orders = {target: labels_in_order(values, classes[target]) for target, values in held.items()}
    return {target: order for target, order in orders.items() if order is not None}


def _unsettled(examination: Examination, orders: Mapping[str, Mapping[int, int]]) -> frozenset[str]:
    """Targets with numbers without meaning: their masks keep their numbers, so that one `values` can say it for all."""
    classes = {m.target: len(m.classes) for case in examination.opened.values() for m in case.masks.values()}
    odd = {
        target
        for masks in examination.seen.get("mask_labels", {}).values()
        for target, values in masks.items()
        if target not in orders and not values <= set(map(float, range(classes[target])))
    }
    return frozenset(odd)


def _mend_case(case: OpenedCase, orders: Mapping[str, Mapping[int, int]], unsettled: frozenset[str], folder: Path) -> list[Mended]:
    """Mend the masks of one case; those that fail to load were found already."""
    done: list[Mended] = []
    for mask in case.masks.values():
        try:
            samples = one_channel_where_equal(mask.image.array())
            if samples.shape[0] != 1:
                continue
            made = _mend_mask(case, mask, samples, orders.get(mask.target), folder, keep=mask.coded or mask.target in unsettled)
        except (IsocenterError, OSError, ValueError, EOFError):
            continue
        if made is not None:
            done.append(made)
    return done


def _mend_mask(
    case: OpenedCase, mask: RawMask, samples: NDArray[Any], order: Mapping[int, int] | None, folder: Path, *, keep: bool
) -> Mended | None:
    """Mend numbers (unless they are to be kept), then place, and write the file if anything changed."""
    numbers = None if keep else mended_labels(samples, len(mask.classes), order)
    labels = numbers[0] if numbers is not None else samples
    what = [numbers[1]] if numbers is not None else []
    grids = [images[0].grid for images in case.inputs.values()]
    grid = mask.image.grid
    if difference(grid, grids) is not None:
        placed = _onto(labels, grid, grids[0])
        if placed is not None:
            labels, said = placed
            grid = grids[0]
            what.append(said)
    if not what or not (labels == np.round(labels)).all() or labels.min(initial=0) < 0:
        return None
    if labels.dtype.kind not in "iu":
        labels = labels.astype(np.uint8 if labels.max(initial=0) < 256 else np.int32)
    picture = grid.ndim == 2 and grid.world == "px" and labels.max(initial=0) < 256
    path = folder / "mended" / safe_name(mask.column) / (safe_name(case.key) + (".png" if picture else ".nii.gz"))
    held = held_image(labels, grid, channels=("label",))
    write_mask(Mask(labels=held, names=mask.classes), path)
    before = ", ".join(f"{v:g}" for v in list(count_values(samples))[:8])
    return Mended(case=case.key, column=mask.column, what="; ".join(what), before=before, after=relative(path, folder))


def _onto(labels: NDArray[Any], grid: Grid, image: Grid) -> tuple[NDArray[Any], str] | None:
    """Put labels on the image's grid where the headers leave no doubt; None where they do."""
    bare = np.allclose(np.abs(grid.matrix), np.eye(grid.ndim + 1))
    if grid.shape == image.shape and bare:
        return labels, "took the image's place: its own header says none"
    if grid.world != image.world or grid.world == "px" or grid.ndim != image.ndim or _overlap(grid, image) < OVERLAP:
        return None
    moved = to_grid(labels, grid, image, order=0)
    before, after = (float((a > 0).sum() * np.prod(g.spacing)) for a, g in ((labels, grid), (moved, image)))
    if before > 0 and after == 0:
        return None
    return moved, f"resampled (nearest) from {_shape(grid)} to {_shape(image)}; drawn volume {before:.4g} to {after:.4g}"


def _overlap(grid: Grid, image: Grid) -> float:
    """Share of the mask's box, along the world's axes, that lies in the image's."""
    low_a, high_a = _box(grid)
    low_b, high_b = _box(image)
    common = np.clip(np.minimum(high_a, high_b) - np.maximum(low_a, low_b), 0, None)
    return float(np.prod(common / np.maximum(high_a - low_a, 1e-9)))


def _box(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest world coordinates of a grid, to the outer borders of its samples."""
    corners = np.array(np.meshgrid(*[(-0.5, n - 0.5) for n in grid.shape], indexing="ij")).reshape(grid.ndim, -1).T
    world = grid.to_world(corners)
    return world.min(axis=0), world.max(axis=0)


def _shape(grid: Grid) -> str:
    return " × ".join(map(str, grid.shape))


def _write_table(
    study: Study, cases: TableCases, mended: Sequence[Mended], left_out: set[str], folder: Path, data: Path | None
) -> None:
    """Write cases.csv: mended files by their new path, the others so that they are found from the new folder."""
    new = {(m.case, m.column): m.after for m in mended}
    files = set(study.inputs.values()) | {t.region for t in study.targets if t.region is not None}
    for target in study.targets:
        for rater in target.readings:
            files |= set(target_columns(target, rater))
    named = data is not None or DATA_VARIABLE in os.environ
    rows = []
    for key in cases.keys:
        if key in left_out:
            continue
        row = {"case": key, **cases.cells(key)}
        for column in files:
            row[column] = new.get((key, column)) or _found_from(row[column], cases, named, folder)
        rows.append(row)
    write_text_table(rows, folder / "cases.csv", names=["case", *(n for n in cases.table.names if n != "case")])


def _found_from(cell: str, cases: TableCases, named: bool, folder: Path) -> str:
    """Rewrite the relative paths of a cell that do not start in a named data folder; other cells stay as they are."""
    parts = []
    for part in cell.split(";"):
        path = Path(part.strip()).expanduser()
        place = next((f for f in cases.folders if part.strip() and split_fragment(f / path)[0].exists()), None)
        keep = place is None or path.is_absolute() or (named and place == cases.folders[0])
        parts.append(part if keep or place is None else relative((place / path).absolute(), folder.absolute()))
    return ";".join(parts)


def _write_study(study: Study, source: Path, folder: Path) -> None:
    """Copy the study as it is written; only a table of another name, or a layout, is put in place of `cases`."""
    if study.cases == Path("cases.csv"):
        shutil.copyfile(source, folder / source.name)
    else:
        write_study(study.model_copy(update={"cases": Path("cases.csv")}), folder / source.name)


def _write_split(study: Study, source: Path, folder: Path, left_out: set[str]) -> None:
    """Copy a split file that lies beside the study, without the cases left out."""
    path = split_file(study, source)
    name = Path(str(study.split.get("file", "split.csv")))
    if path.is_file() and not name.is_absolute():
        table = read_text_table(path)
        rows = [{n: table.cell(row, n) for n in table.names} for row in range(len(table))]
        write_text_table([row for row in rows if row.get("case") not in left_out], folder / name, names=table.names)


def _said(mended: Sequence[Mended], left_out: set[str], folder: Path) -> list[Finding]:
    """What was done, as findings."""
    said = []
    if mended:
        kinds = Counter(m.what.split(";")[0].split(" from ")[0] for m in mended)
        said.append(
            Finding(
                code="mended",
                severity="note",
                expected="masks that can be learned from",
                got=f"{len(mended)} mended in {folder.name}/: " + ", ".join(f"{what} in {n}" for what, n in kinds.most_common(6)),
                do=f"Look at {folder.name}/mended.csv and at some of the masks, then go on with the study in {folder.name}/.",
                cases=tuple(dict.fromkeys(m.case for m in mended)),
            )
        )
    if left_out:
        said.append(
            Finding(
                code="left_out",
                severity="warning",
                expected="every case in the mended copy",
                got=f"{len(left_out)} left out, which cannot be read",
                do="Copy these files again from their source if you can; the originals and the first table still name them.",
                cases=tuple(sorted(left_out)),
            )
        )
    return said
