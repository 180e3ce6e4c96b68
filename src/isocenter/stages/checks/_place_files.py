"""Which columns name files of places: those of points and boxes, and of counts that are read off such files.

Out:  columns, each once; the file and the places of one case.
Not:  no judgment (dots.py, places.py).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.core.value import Kind
from isocenter.io.file_kind import split_fragment
from isocenter.io.points_file import read_points
from isocenter.io.table import target_columns
from isocenter.io.text_columns import is_number
from isocenter.stages.examination import Examination, OpenedCase

LISTED = (".csv", ".tsv", ".txt", ".xml", ".json", ".geojson")
"""Files that list places; all others are pictures of dots."""


class PlaceColumn(Record):
    """A column whose cells may name files of places."""

    target: Target
    label: str
    """The target, or "target@rater"."""
    name: str


def place_columns(study: Study, kinds: Sequence[Kind]) -> Iterator[PlaceColumn]:
    """Yield the columns of targets of these kinds. Where two read one column, it is that of the earlier kind."""
    known = set()
    for kind in kinds:
        for target in study.targets:
            if target.type != kind or target.instances or target.values or len(target.columns) != 1:
                continue
            for rater in target.raters or ("",):
                name = target_columns(target, rater)[0]
                if name not in known:
                    known.add(name)
                    yield PlaceColumn(target=target, label=f"{target.name}@{rater}" if rater else target.name, name=name)


def file_of(seen: Examination, key: str, column: PlaceColumn) -> Path | None:
    """Return the file a case's cell names; None without one, for a number, or where it did not open (another check tells)."""
    if column.label not in seen.opened[key].labels or is_number(seen.cases.cells(key)[column.name]):
        return None
    paths = seen.cases.paths(key, column.name)
    return paths[0] if len(paths) == 1 else None


def is_list(path: Path) -> bool:
    """Tell a file that lists places from a picture of dots."""
    return split_fragment(path)[0].suffix.lower() in LISTED


def places_of(seen: Examination, key: str, column: PlaceColumn) -> Points | None:
    """Return a case's places; of a count, those of the file that were counted."""
    label, path = seen.opened[key].labels.get(column.label), file_of(seen, key, column)
    if isinstance(label, Points):
        return label
    return None if path is None else read_points(path, (), grid=lambda: grid_of(seen.opened[key]))


def grid_of(case: OpenedCase) -> Grid | None:
    """Return where the labels lie: on the case's first image, of a slide its finest level."""
    for name, images in case.inputs.items():
        return case.slides[name].grid if name in case.slides else images[0].grid
    return None
