"""Rows of an audit's own table that show one picture: no split may part them, and none may be learned from and asked about.

In:   the rows that are learned from, those that are asked about; each names the file of its image.
Out:  the first without what is asked about, rows of one picture under one patient; how many pictures there are.
Not:  no judgment, no split. What makes two pictures one is what `check` goes by (imaging/perceptual_hash.py, turned_copies.py).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from isocenter.core.record import Record
from isocenter.imaging.perceptual_hash import Look, look_of, same_pictures
from isocenter.imaging.turned_copies import Turnable, turnable, turned_copies
from isocenter.io.images import open_image

Cells = Mapping[str, str]


class Seen(Record):
    """What one picture looks like."""

    look: Look | None
    """None for a flat picture."""
    turns: Turnable | None


class Apart(Record):
    """Rows that can be learned from."""

    rows: Sequence[Cells]
    """`patient` is the same for rows of one patient, and for rows of one picture."""
    pictures: int
    """Different ones among the rows; flat ones are one."""
    flat: int
    """Rows of a flat picture."""
    left_out: int
    """Rows whose picture is asked about."""

    @property
    def repeats(self) -> int:
        """Rows that show a picture again."""
        return len(self.rows) - self.pictures


def see(rows: Sequence[Cells], *, image: str) -> list[Seen]:
    """Return what the picture of each row looks like. FileError for one that cannot be read."""
    arrays = (open_image(Path(row[image])).array() for row in rows)
    return [Seen(look=look_of(samples), turns=turnable(samples)) for samples in arrays]


def kept_apart(rows: Sequence[Cells], tested: Sequence[Seen], *, image: str) -> Apart:
    """Return the rows whose picture is not asked about, joined where they show one picture.

    rows   : with `patient` and the image's file
    tested : what is asked about
    """
    seen = see(rows, image=image)
    pairs = _pairs([*seen, *tested])
    asked = {i for i, j in pairs if i < len(rows) <= j}
    kept = [i for i in range(len(rows)) if i not in asked]
    place = {i: n for n, i in enumerate(kept)}
    alike = [(place[i], place[j]) for i, j in pairs if i in place and j in place]
    flat = [place[i] for i in kept if seen[i].look is None]
    alike += list(pairwise(flat))
    first: dict[str, int] = {}
    one_patient = [(first.setdefault(rows[i]["patient"], n), n) for n, i in enumerate(kept)]
    pictures = _groups(alike, len(kept))
    people = _groups([*alike, *one_patient], len(kept))
    named = {int(group): rows[i]["patient"] for group, i in zip(people[::-1], kept[::-1], strict=True)}
    return Apart(
        rows=[{**rows[i], "patient": named[int(group)]} for group, i in zip(people, kept, strict=True)],
        pictures=len(set(pictures.tolist())),
        flat=len(flat),
        left_out=len(asked),
    )


def _pairs(seen: Sequence[Seen]) -> list[tuple[int, int]]:
    """Return the pairs (i < j) that show one picture."""
    looks = [(i, one.look) for i, one in enumerate(seen) if one.look is not None]
    turns = [(i, one.turns) for i, one in enumerate(seen) if one.turns is not None]
    found = [(looks[i][0], looks[j][0]) for i, j in same_pictures([look for _, look in looks])]
    return found + [(turns[i][0], turns[j][0]) for i, j in turned_copies([turn for _, turn in turns])]


def _groups(pairs: Sequence[tuple[int, int]], count: int) -> NDArray[np.int32]:
    """Return the group of each of so many rows, (N,): rows that pairs join have one."""
    ends = np.asarray(pairs, np.intp).reshape(-1, 2).T
    _, groups = connected_components(coo_array((np.ones(ends.shape[1]), ends), shape=(count, count)), directed=False)
    return np.asarray(groups, np.int32)
