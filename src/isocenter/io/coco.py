"""COCO JSON: the boxes of one image.

In:   a file of images, annotations and categories; the number of an image in it.
Out:  Points with extents, in pixels of that image.
Not:  polygons and run lengths (a box stands for them); the list of images (layouts/coco.py).

Reference: Lin et al., ECCV 2014, arXiv:1405.0312. A box is [x, y, width, height], from the corner of the first pixel.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from isocenter.core.errors import FileError, StudyError, unknown
from isocenter.core.points import Points


def read_coco(path: Path, image: str, names: Sequence[str]) -> Points:
    """Return the boxes of the image of this number. FileError for another file; StudyError for an image or a kind it lacks.

    names : kinds in order; empty = the file's categories
    """
    data = coco_file(path)
    if image not in {str(i["id"]) for i in data["images"]}:
        raise StudyError(f"{path.name}: {unknown('image', image, [str(i['id']) for i in data['images']])}")
    categories = {c["id"]: str(c["name"]) for c in data["categories"]}
    known = tuple(names) or tuple(categories.values())
    kinds, corners, sizes = [], [], []
    for item in data["by_image"].get(image, ()):
        word = categories.get(item["category_id"], str(item["category_id"]))
        if word not in known:
            raise StudyError(f"{path.name}: {unknown('kind', word, known)} Add it to `classes:` of the target.")
        x, y, width, height = (float(v) for v in item["bbox"])
        kinds.append(known.index(word))
        corners.append((x, y))
        sizes.append((width, height))
    extent = np.array(sizes, float).reshape(-1, 2)
    return Points(
        world=np.array(corners, float).reshape(-1, 2) + extent / 2 - 0.5,
        kind=np.array(kinds, np.intp),
        score=np.full(len(kinds), np.nan),
        names=known,
        extent=extent,
    )


def coco_file(path: Path) -> Mapping[str, Any]:
    """Return what a COCO file says, its annotations also by image as "by_image". FileError if it is none."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise FileError(f"cannot read the COCO file {path.name}: {error.strerror or error}.") from None


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Mapping[str, Any]:
    """Read once a file: a table asks for it a row at a time. changed : its time, so that a new file is read anew."""
    del changed
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        by_image: dict[str, list[Any]] = {}
        for item in data["annotations"]:
            if len(item["bbox"]) != 4:
                raise ValueError(f"a box of {len(item['bbox'])} numbers")
            by_image.setdefault(str(item["image_id"]), []).append(item)
        return {"images": list(data["images"]), "categories": list(data["categories"]), "by_image": by_image}
    except (KeyError, TypeError, ValueError) as error:  # JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise FileError(
            f"expected a COCO file with images, annotations and categories, got {path.name}, which lacks or garbles {error}."
        ) from None
