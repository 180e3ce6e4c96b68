"""Medical Segmentation Decathlon: imagesTr/ and labelsTr/, with or without dataset.json.

In:   a folder such as Task04_Hippocampus.
Out:  a row for each image in imagesTr; its label where one is; class names and modality from dataset.json.
Not:  imagesTs (no labels; give them to `isocenter predict`). A 4-D image is one file with several channels.

Reference: Antonelli et al., Nat Commun 2022; 13:4128.
"""

import json
import re
from pathlib import Path
from typing import Any

from isocenter.core.errors import FileError
from isocenter.core.study import Study, Target
from isocenter.io.layout import Imported, Layout, relative

_ENDINGS = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd", ".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp")


def stem(path: Path) -> str | None:
    """Return an image file's name without its ending, None for other files and for hidden ones (._ of macOS)."""
    if path.name.startswith("."):
        return None
    return next((path.name.removesuffix(end) for end in _ENDINGS if path.name.lower().endswith(end)), None)


def files_by_stem(folder: Path) -> dict[str, Path]:
    """Return the image files of a folder by stem, sorted; a folder that is not there has none."""
    if not folder.is_dir():
        return {}
    found = {stem(path): path for path in sorted(folder.iterdir())}
    return {name: path for name, path in found.items() if name is not None}


def read_dataset_json(folder: Path) -> dict[str, Any]:
    """Return dataset.json, {} when there is none. FileError when it is damaged."""
    path = folder / "dataset.json"
    if not path.exists():
        return {}
    try:
        described = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise FileError(f"expected JSON in {path}, got: {error}. Mend it, or move it away to go by the folders alone.") from None
    return described if isinstance(described, dict) else {}


def class_names(described: dict[str, Any], default: tuple[str, ...]) -> tuple[str, ...]:
    """Return class names by label value, from {"0": "background", …} (MSD) or {"background": 0, …} (nnU-Net).

    A value without a name is called label_<value>; names of regions (lists of values) are left to the user.
    """
    by_value: dict[int, str] = {}
    for left, right in dict(described.get("labels") or {}).items():
        if str(left).isdigit() and isinstance(right, str):
            by_value[int(left)] = right.strip()
        elif isinstance(right, int) or (isinstance(right, str) and right.isdigit()):
            by_value[int(right)] = str(left).strip()
    if not by_value:
        return default
    return tuple(by_value.get(v, "background" if v == 0 else f"label_{v}") for v in range(max(by_value) + 1))


def _read(folder: Path, root: Path) -> Imported:
    described = read_dataset_json(folder)
    images = files_by_stem(folder / "imagesTr")
    labels = files_by_stem(folder / "labelsTr")
    if not images:
        raise FileError(f"expected images in {folder.name}/imagesTr, got none. A Decathlon task has imagesTr and labelsTr.")
    rows = tuple(
        {
            "case": name,
            "patient": name,
            "image": relative(path, root),
            "label": relative(labels[name], root) if name in labels else "",
        }
        for name, path in images.items()
    )
    modalities = [str(m) for m in dict(described.get("modality") or {}).values()]
    view = re.sub(r"\W+", "_", modalities[0]).strip("_").lower() if len(modalities) == 1 else "image"
    target = Target(name="label", type="mask", columns=("label",), classes=class_names(described, ("background", "foreground")))
    name = str(described.get("name") or folder.name)
    return Imported(
        rows=rows, study=Study(name=name, cases=Path("cases.csv"), inputs={view or "image": "image"}, targets=(target,))
    )


LAYOUT = Layout(
    name="msd",
    what="imagesTr/ and labelsTr/ with the same file names, and dataset.json",
    cite="Antonelli et al., Nat Commun 2022; 13:4128",
    read=_read,
)
