"""nnU-Net raw data: imagesTr/<case>_0000.nii.gz (one file a channel), labelsTr/<case>.nii.gz, dataset.json.

In:   a folder such as Dataset004_Hippocampus.
Out:  a row a case, a column a channel; channel and class names from dataset.json. A channel without file is an empty cell.
Not:  region-based training (labels that are lists): the values are kept as classes, and the user says what belongs together.

Reference: Isensee et al., Nat Methods 2021; 18:203-211.
"""

import re
from pathlib import Path
from typing import Any

from isocenter.core.errors import FileError
from isocenter.core.study import Study, Target
from isocenter.io.layout import Imported, Layout, relative
from isocenter.io.layouts.msd import class_names, files_by_stem, read_dataset_json

_CHANNEL = re.compile(r"^(?P<case>.+)_(?P<channel>\d{4})$")


def _read(folder: Path, root: Path) -> Imported:
    described = read_dataset_json(folder)
    files: dict[str, dict[int, Path]] = {}
    for name, path in files_by_stem(folder / "imagesTr").items():
        found = _CHANNEL.match(name)
        if found:
            files.setdefault(found["case"], {})[int(found["channel"])] = path
    if not files:
        raise FileError(
            f"expected images such as {folder.name}/imagesTr/CASE_0000.nii.gz, got none. "
            "Without the ending _0000 it is the Decathlon's layout: msd."
        )
    columns = _columns(described, sorted({channel for channels in files.values() for channel in channels}))
    labels = files_by_stem(folder / "labelsTr")
    rows = tuple(
        {"case": case, "patient": case}
        | {column: relative(channels[c], root) if c in channels else "" for c, column in columns.items()}
        | {"label": relative(labels[case], root) if case in labels else ""}
        for case, channels in sorted(files.items())
    )
    target = Target(name="label", type="mask", columns=("label",), classes=class_names(described, ("background", "foreground")))
    study = Study(
        name=str(described.get("name") or folder.name),
        cases=Path("cases.csv"),
        inputs={column: column for column in columns.values()},
        targets=(target,),
    )
    return Imported(rows=rows, study=study)


def _columns(described: dict[str, Any], channels: list[int]) -> dict[int, str]:
    """A column name for each channel: as dataset.json calls it, else channel_<n>."""
    named = dict(described.get("channel_names") or described.get("modality") or {})
    columns: dict[int, str] = {}
    for channel in channels:
        name = re.sub(r"\W+", "_", str(named.get(str(channel), f"channel_{channel}"))).strip("_").lower()
        taken = name in columns.values() or name in ("case", "patient", "label", "")
        columns[channel] = f"channel_{channel}" if taken else name
    return columns


LAYOUT = Layout(
    name="nnunet",
    what="imagesTr/CASE_0000 one file a channel, labelsTr/CASE, and dataset.json",
    cite="Isensee et al., Nat Methods 2021; 18:203-211",
    read=_read,
)
