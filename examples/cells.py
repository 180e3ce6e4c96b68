"""The sets whose objects are counted: cases.csv and split.csv of each, as make_examples.py writes them.

In:   the data folder.
Out:  (cases, split) of one set a function.
"""

import csv
from pathlib import Path

from split_patients import Row, split_patients

Tables = tuple[list[Row], list[Row]]


def cells_vgg(data: Path) -> Tables:
    """Simulated pictures, each for itself: 32 to learn from, 32 to tune on, 36 for test."""
    rows = [
        {
            "case": source["id"],
            "patient": source["id"],
            "image": f"cells_vgg/images/{source['id']}.png",
            "dots": f"cells_vgg/dots/{source['id']}.png",
            "number": source["count"],
        }
        for source in _rows(data / "cells_vgg/counts.csv")
    ]
    return rows, split_patients(rows, test=0.36, tune=0.5)


def cells_mbm(data: Path) -> Tables:
    """Crops of bone marrow: all crops of a patient share a fold; nothing is kept for test."""
    rows = [
        {
            "case": Path(source["file"]).stem,
            "patient": source["patient"],
            "image": f"cells_mbm/images/{source['file']}",
            "dots": f"cells_mbm/dots/{source['file']}",
            "number": source["count"],
        }
        for source in _rows(data / "cells_mbm/counts.csv")
    ]
    return rows, split_patients(rows, test=0, tune=0, folds=len({row["patient"] for row in rows}))


def cells_adipocyte(data: Path) -> Tables:
    """Fat of many donors, one or two pictures each: about 50 pictures to learn from, a third of the donors for test."""
    rows = [
        {
            "case": Path(source["file"]).stem,
            "patient": source["donor"].split("_")[0],
            "image": f"cells_adipocyte/images/{source['file']}",
            "dots": f"cells_adipocyte/dots/{source['file']}",
            "number": source["count_pixels"],
        }
        for source in _rows(data / "cells_adipocyte/counts.csv")
    ]
    return rows, split_patients(rows, test=0.3, tune=0.5)


def bccd(data: Path) -> Tables:
    """Blood smears, each for itself: boxes of three kinds, whose middles are the points."""
    rows = [
        {
            "case": path.stem,
            "patient": path.stem,
            "image": f"bccd/images/{path.stem}.jpg",
            "boxes": f"bccd/annotations/{path.name}",
        }
        for path in sorted((data / "bccd/annotations").glob("*.xml"))
    ]
    return rows, split_patients(rows, test=0.25, tune=0.15)


def _rows(path: Path) -> list[Row]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
