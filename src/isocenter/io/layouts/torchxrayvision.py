"""Chest X-ray tables as NIH, PadChest, CheXpert and MIMIC ship them and torchxrayvision reads them.

In:   a folder with one such CSV and its images below.
Out:  a row an image; a 1/0 column for each finding (empty = not assessed; CheXpert's -1, uncertain, too); patient, view, age, sex.
Not:  boxes; reports; the choice of views (split or filter the table by its column `view`).

Reference: Cohen et al., TorchXRayVision, MIDL 2022, arXiv:2111.00595.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from isocenter.core.errors import FileError
from isocenter.core.study import Study, Target
from isocenter.io.layout import Imported, Layout, relative
from isocenter.io.layouts.msd import stem
from isocenter.io.text_columns import TextTable, is_number, read_text_table

_NAMES: Mapping[str, tuple[str, ...]] = {
    "image": ("Image Index", "ImageID", "Path", "path", "imageid", "filename", "image", "dicom_id", "file"),
    "patient": ("Patient ID", "PatientID", "patientid", "subject_id", "patient_id", "patient"),
    "view": ("View Position", "Projection", "ViewPosition", "AP/PA", "view"),
    "age": ("Patient Age", "PatientAge", "Age", "age", "age_years"),
    "sex": ("Patient Gender", "Patient Sex", "PatientSex_DICOM", "PatientSex", "Sex", "sex"),
}
_LISTS = ("Finding Labels", "Labels", "labels", "findings", "finding")
_NORMAL = frozenset({"no finding", "normal", "", "nan", "unchanged"})
_ASSESSED = frozenset({"", "0", "1", "-1", "0.0", "1.0", "-1.0"})


def _read(folder: Path, root: Path) -> Imported:
    table = _table(folder)
    column = {ours: next((n for n in theirs if n in table.names), None) for ours, theirs in _NAMES.items()}
    findings = _findings(table, [name for name in column.values() if name])
    if not findings:
        raise FileError(
            f'expected findings in {table.file}: columns of 1, 0 and empty cells, or "Finding Labels" with "|", '
            f"got {', '.join(table.names)}."
        )
    files: dict[str, Path] = {}
    for file in sorted(folder.rglob("*")):
        if stem(file) is not None or file.suffix.lower() == ".dcm":
            files.setdefault(file.name, file)
            files.setdefault(file.stem, file)
    rows = []
    seen: dict[str, int] = {}
    for row in range(len(table)):
        named = table.cell(row, str(column["image"]))
        found = files.get(Path(named).name, files.get(Path(named).stem))
        path = found if found is not None and not (folder / named).is_file() else folder / named
        key = Path(named).stem
        seen[key] = seen.get(key, 0) + 1
        cells = {"case": key if seen[key] == 1 else f"{key}_{seen[key]}", "patient": _cell(table, row, column["patient"]) or key}
        cells["image"] = relative(path, root)
        cells |= {ours: _demographic(ours, _cell(table, row, column[ours])) for ours in ("view", "age", "sex") if column[ours]}
        rows.append(cells | {name: values[row] for name, values in findings.items()})
    study = Study(
        name=folder.name,
        cases=Path("cases.csv"),
        inputs={"xray": "image"},
        targets=(Target(name="findings", type="multilabel", columns=tuple(findings)),),
        covariates=tuple(name for name in ("view", "age", "sex") if column[name]),
    )
    return Imported(rows=tuple(rows), study=study)


def _table(folder: Path) -> TextTable:
    """The one CSV of the folder that names images."""
    found = []
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.csv.gz")]):
        if path.suffix == ".csv":
            table = read_text_table(path)
            if any(name in table.names for name in _NAMES["image"]):
                found.append(table)
    if len(found) != 1:
        got = ", ".join(table.file for table in found) or "none"
        raise FileError(
            f"expected one CSV in {folder.name} with a column of images ({', '.join(_NAMES['image'][:3])} …), got {got}. "
            "Unpack .csv.gz; move the tables that are not meant away."
        )
    return found[0]


def _findings(table: TextTable, known: list[str]) -> dict[str, list[str]]:
    """Cells by finding: from a column of lists, else from every column of 1, 0, -1 and empty cells."""
    listed = next((name for name in _LISTS if name in table.names), None)
    if listed is not None:
        words = [_words(cell) for cell in table.cells(listed)]
        names = sorted({word for row in words for word in row})
        return {_clean(name): [str(int(name in row)) for row in words] for name in names}
    columns = {name: table.cells(name) for name in table.names if name not in known}
    return {
        _clean(name): ["" if not cell or float(cell) < 0 else str(int(float(cell))) for cell in cells]
        for name, cells in columns.items()
        if set(cells) <= _ASSESSED and any(cells) and name.lower() not in ("no finding", "fracture_no")
    }


def _words(cell: str) -> set[str]:
    """The findings of one cell: "Effusion|Mass", or "['nodule', 'mass']" as PadChest writes."""
    parts = re.split(r"[|,;]", cell.strip("[] "))
    return {part.strip(" '\"") for part in parts} - {part.strip(" '\"") for part in parts if part.strip(" '\"").lower() in _NORMAL}


def _clean(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").lower()


def _cell(table: TextTable, row: int, column: str | None) -> str:
    return table.cell(row, column) if column else ""


def _demographic(name: str, cell: str) -> str:
    """Age as years ("058Y" -> 58); the rest as it stands."""
    if name != "age":
        return cell
    digits = re.sub(r"\D*$", "", cell)
    return f"{float(digits):g}" if is_number(digits) else ""


LAYOUT = Layout(
    name="torchxrayvision",
    what="a CSV of images with findings as 1/0 columns or joined by |, and the images below it",
    cite="Cohen et al., MIDL 2022, arXiv:2111.00595",
    read=_read,
)
