"""Pascal VOC folders: an XML file of boxes an image.

In:   a folder with the XML files (often `Annotations/`) and the images (often `JPEGImages/`) anywhere below.
Out:  a row an XML file: image and boxes; the kinds they name, sorted.
Not:  `ImageSets/` (a split is made by patient, or given as split.csv); segmentations; patients (VOC knows none).

Reference: Everingham et al., Int J Comput Vis 2010; 88:303-338.
"""

from pathlib import Path
from xml.etree import ElementTree

from isocenter.core.errors import FileError
from isocenter.core.study import Study, Target
from isocenter.io.layout import Imported, Layout, relative
from isocenter.io.layouts.msd import stem


def _read(folder: Path, root: Path) -> Imported:
    images: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() != ".xml" and stem(path) is not None:
            images.setdefault(path.stem, path)
    rows, names = [], set()
    for path in sorted(folder.rglob("*.xml")):
        kinds = _kinds(path)
        if kinds is None:
            continue
        names |= kinds
        if path.stem not in images:
            raise FileError(f"expected an image named {path.stem}.jpg or the like for {path.name}, got none below {folder.name}.")
        rows.append(
            {
                "case": path.stem,
                "patient": path.stem,
                "image": relative(images[path.stem], root),
                "boxes": relative(path, root),
            }
        )
    if not rows:
        raise FileError(f"expected XML files with <object> and <bndbox> below {folder.name}, got none. Give the folder above them.")
    study = Study(
        name=folder.name,
        cases=Path("cases.csv"),
        inputs={"image": "image"},
        targets=(Target(name="objects", type="boxes", columns=("boxes",), classes=tuple(sorted(names))),),
    )
    return Imported(rows=tuple(rows), study=study)


def _kinds(path: Path) -> set[str] | None:
    """Return the kinds an XML file names; None if it is no file of boxes."""
    try:
        top = ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, OSError):
        return None
    if top.tag != "annotation":
        return None
    return {str(item.findtext("name", "")).strip() for item in top.findall("object")}


LAYOUT = Layout(
    name="voc",
    what="an XML file of boxes an image (Annotations/), and the images (JPEGImages/)",
    cite="Everingham et al., Int J Comput Vis 2010; 88:303-338",
    read=_read,
)
