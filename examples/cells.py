"""The sets whose objects are counted: cases.csv and split.csv of each, as make_examples.py writes them.

In:   the data folder.
Out:  (cases, split) of one set a function.
"""

from pathlib import Path

from split_patients import Row, split_patients
from tables import read_rows

Tables = tuple[list[Row], list[Row]]


def cells_vgg(data: Path) -> Tables:
    """Simulated pictures, each for itself: 32 to learn from, 32 to tune on, 36 for test."""
    rows = [_dotted("cells_vgg", f"{s['id']}.png", s["id"], s["count"]) for s in read_rows(data / "cells_vgg/counts.csv")]
    return rows, split_patients(rows, test=0.36, tune=0.5)


def cells_mbm(data: Path) -> Tables:
    """Crops of bone marrow: all crops of a patient share a fold; nothing is kept for test."""
    rows = [_dotted("cells_mbm", s["file"], s["patient"], s["count"]) for s in read_rows(data / "cells_mbm/counts.csv")]
    return rows, split_patients(rows, test=0, tune=0, folds=len({row["patient"] for row in rows}))


def cells_adipocyte(data: Path) -> Tables:
    """Fat of many donors, one or two pictures each: about 50 pictures to learn from, a third of the donors for test."""
    rows = [
        _dotted("cells_adipocyte", s["file"], s["donor"].split("_")[0], s["count_pixels"])
        for s in read_rows(data / "cells_adipocyte/counts.csv")
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


def bccd_boxes(data: Path) -> Tables:
    """The same smears, asked for boxes."""
    return bccd(data)


def gbm40_nuclei(data: Path) -> Tables:
    """Six tiles of glioblastoma, each for itself, two a fold; nothing is kept for test."""
    rows = [
        {
            "case": path.stem,
            "patient": path.stem,
            "image": f"gbm40_nuclei/images/{path.stem}.tif",
            "nuclei": f"gbm40_nuclei/labels/{path.name}",
        }
        for path in sorted((data / "gbm40_nuclei/labels").glob("*.png"))
    ]
    return rows, split_patients(rows, test=0, tune=0, folds=3)


def gbm40_objects(data: Path) -> Tables:
    """The same tiles and folds, asked for outlines of nuclei."""
    return gbm40_nuclei(data)


def consep(data: Path) -> Tables:
    """Colon cancer, H&E: six patches of each of 27 tiles; a tile stands in for a patient, who is not named."""
    rows = [
        {
            "case": source["patch"],
            "tile": source["tile"],
            "image": f"consep/images/{source['patch']}.jpg",
            "nuclei": f"consep/instances/{source['patch']}.png",
            "kinds": f"consep/types/{source['patch']}.png",
        }
        for source in sorted(read_rows(data / "consep/patches.csv"), key=lambda source: source["patch"])
    ]
    by_tile = [{"case": row["case"], "patient": row["tile"]} for row in rows]
    return rows, split_patients(by_tile, test=0.25, tune=0.15)


def consep_objects(data: Path) -> Tables:
    """The same patches and the same split, asked of a watershed and a classifier of its pieces."""
    return consep(data)


def _dotted(folder: str, file: str, patient: str, number: str) -> Row:
    """Return the row of a picture whose dots lie in a picture of the same name."""
    image, dots = f"{folder}/images/{file}", f"{folder}/dots/{file}"
    return {"case": Path(file).stem, "patient": patient, "image": image, "dots": dots, "number": number}
