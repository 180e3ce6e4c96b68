"""COCO folders: JSON files of boxes beside or above the images they speak of.

In:   a folder with one or several such files (in it, or in `annotations/`) and the images below it.
Out:  a row an image, its boxes named as `FILE.json#NUMBER`; a column `part` where several files (train, val) are there.
Not:  masks and captions; patients (COCO knows none: fill in the column before splitting).

Reference: Lin et al., ECCV 2014, arXiv:1405.0312.
"""

from pathlib import Path

from isocenter.core.errors import FileError
from isocenter.core.study import Study, Target
from isocenter.io.coco import coco_file
from isocenter.io.layout import Imported, Layout, relative


def _read(folder: Path, root: Path) -> Imported:
    found = [path for path in sorted([*folder.glob("*.json"), *folder.glob("annotations/*.json")]) if _is_coco(path)]
    if not found:
        raise FileError(
            f"expected a COCO file (images, annotations, categories) in {folder.name} or its folder annotations, got none. "
            "Give the folder that holds instances_….json."
        )
    files = {path.name: path for path in sorted(folder.rglob("*")) if path.is_file()}
    rows, names, seen = [], [], set()
    for path in found:
        data = coco_file(path)
        names += [str(c["name"]) for c in data["categories"] if str(c["name"]) not in names]
        for image in data["images"]:
            named = str(image["file_name"])
            place = folder / named if (folder / named).is_file() else files.get(Path(named).name, folder / named)
            key = Path(named).stem if Path(named).stem not in seen else f"{path.stem}_{image['id']}"
            seen.add(key)
            cells = {"case": key, "patient": key, "image": relative(place, root), "boxes": f"{relative(path, root)}#{image['id']}"}
            rows.append(cells | ({"part": path.stem} if len(found) > 1 else {}))
    study = Study(
        name=folder.name,
        cases=Path("cases.csv"),
        inputs={"image": "image"},
        targets=(Target(name="objects", type="boxes", columns=("boxes",), classes=tuple(names)),),
    )
    return Imported(rows=tuple(rows), study=study)


def _is_coco(path: Path) -> bool:
    try:
        coco_file(path)
    except FileError:
        return False
    return True


LAYOUT = Layout(
    name="coco",
    what="JSON files of images, annotations (boxes) and categories, and the images below",
    cite="Lin et al., ECCV 2014, arXiv:1405.0312",
    read=_read,
)
