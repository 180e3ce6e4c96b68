"""BIDS: sub-*/[ses-*/]<datatype>/sub-…_<suffix>.nii.gz, masks under derivatives/, participants.tsv.

In:   a data set's root folder.
Out:  a row a session (or subject); a column for each image suffix (T1w, FLAIR, bold with its task …), a column for each kind of
      mask in derivatives, and the participants' columns as covariates.
Not:  several runs of one suffix in one session: the first is taken and the others are named in a column `more`.

Reference: Gorgolewski et al., Sci Data 2016; 3:160044; BIDS specification 1.10.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from isocenter.core.errors import FileError
from isocenter.core.study import Study, Target
from isocenter.io.layout import Imported, Layout, relative
from isocenter.io.layouts.msd import stem
from isocenter.io.text_columns import read_text_table

_DATATYPES = frozenset({"anat", "func", "dwi", "fmap", "perf", "pet", "micr"})
_MASKS = frozenset({"mask", "dseg", "roi"})
_EMPTY = frozenset({"n/a", ""})


def _read(folder: Path, root: Path) -> Imported:
    subjects = sorted(path for path in folder.glob("sub-*") if path.is_dir())
    if not subjects:
        raise FileError(f"expected folders sub-… in {folder.name}, got none. Give the root of the BIDS data set.")
    rows: dict[str, dict[str, str]] = {}
    for path, entities, suffix in _images(folder):
        row = rows.setdefault(_session(entities), _new_row(entities))
        _put(row, _column(entities, suffix), relative(path, root))
    masks: list[str] = []
    for path, entities, suffix in _images(folder / "derivatives"):
        key = _session(entities)
        if suffix in _MASKS and key in rows:
            column = "_".join([*(entities[e] for e in ("desc", "label") if e in entities), suffix])
            _put(rows[key], column, relative(path, root))
            masks.append(column)
    views = sorted({name for row in rows.values() for name in row} - {"case", "patient", "session", "more", *masks})
    if not views:
        raise FileError(f"expected images such as sub-01/anat/sub-01_T1w.nii.gz in {folder.name}, got none.")
    covariates = _participants(folder, rows)
    columns = ["case", "patient", "session", *covariates, *views, *sorted(set(masks)), "more"]
    used = [name for name in columns if any(row.get(name) for row in rows.values())]
    targets = tuple(
        Target(name=name, type="mask", columns=(name,), classes=("background", "foreground")) for name in sorted(set(masks))
    )
    study = Study(
        name=folder.name,
        cases=Path("cases.csv"),
        inputs={name.lower(): name for name in views},
        targets=targets,
        covariates=tuple(name for name in covariates if name in used),
    )
    return Imported(rows=tuple({name: row.get(name, "") for name in used} for row in rows.values()), study=study)


def _images(folder: Path) -> Iterator[tuple[Path, dict[str, str], str]]:
    """Yield image files below sub-…/ of a data set, or of the pipelines under derivatives, with entities and suffix."""
    if not folder.is_dir():
        return
    roots = (
        [folder] if folder.name != "derivatives" else sorted(p for p in folder.rglob("*") if p.is_dir() and any(p.glob("sub-*")))
    )
    for base in dict.fromkeys(roots):
        for path in sorted(base.glob("sub-*/**/*")):
            name = stem(path)
            if name is None or path.parent.name not in _DATATYPES:
                continue
            *pairs, suffix = name.split("_")
            entities = dict(pair.split("-", 1) for pair in pairs if "-" in pair)
            if "sub" in entities:
                yield path, entities, suffix


def _session(entities: dict[str, str]) -> str:
    """The case key: sub-01 or sub-01_ses-02."""
    return f"sub-{entities['sub']}" + (f"_ses-{entities['ses']}" if "ses" in entities else "")


def _new_row(entities: dict[str, str]) -> dict[str, str]:
    return {"case": _session(entities), "patient": f"sub-{entities['sub']}", "session": entities.get("ses", "")}


def _column(entities: dict[str, str], suffix: str) -> str:
    """The view: the suffix, with task, contrast agent, acquisition and echo where they tell files apart."""
    return "_".join([*(f"{e}-{entities[e]}" for e in ("task", "acq", "ce", "rec", "dir", "echo", "part") if e in entities), suffix])


def _put(row: dict[str, str], column: str, cell: str) -> None:
    """Fill a cell; what comes second goes to `more`, so that nothing is lost."""
    if column in row:
        row["more"] = ";".join(part for part in (row.get("more", ""), cell) if part)
    else:
        row[column] = cell


def _participants(folder: Path, rows: dict[str, dict[str, str]]) -> list[str]:
    """Add the columns of participants.tsv to the rows; return their names. "n/a" is missing."""
    path = folder / "participants.tsv"
    if not path.exists():
        return []
    table = read_text_table(path)
    if "participant_id" not in table.names:
        raise FileError(f"expected the column participant_id in {path.name}, got {', '.join(table.names)}.")
    row_of = {_with_sub(table.cell(row, "participant_id")): row for row in range(len(table))}
    names = [name for name in table.names if name != "participant_id"]
    for case in rows.values():
        row = row_of.get(case["patient"])
        for name in names:
            cell = table.cell(row, name) if row is not None else ""
            case[name] = "" if cell.lower() in _EMPTY else cell
    return names


def _with_sub(name: str) -> str:
    return re.sub(r"^(?!sub-)", "sub-", name)


LAYOUT = Layout(
    name="bids",
    what="sub-…/[ses-…/]anat/sub-…_T1w.nii.gz, masks under derivatives/, participants.tsv",
    cite="Gorgolewski et al., Sci Data 2016; 3:160044",
    read=_read,
)
