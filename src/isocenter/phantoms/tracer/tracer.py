"""A study and its cases for each kind of target, made in memory in milliseconds.

In:   a kind and a seed.
Out:  (Study, CaseList); 24 or more patients, images of at most 24 samples along an axis.
Not:  no realism. A tracer shows that a kind travels from cases.csv to the report, and what its baseline scores is known by
      construction: the shares of labels are equal in learn, tune and test.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from isocenter.core.case import CaseList
from isocenter.core.study import Study
from isocenter.core.value import Kind
from isocenter.phantoms.tracer import amounts, graphs, pictures, places, scores, texts, times

Drawer = Callable[[np.random.Generator], tuple[Study, CaseList]]

DRAWERS: Mapping[Kind, Drawer] = {
    "mask": pictures.mask,
    "points": places.points,
    "boxes": places.boxes,
    "count": amounts.count,
    "proportion": amounts.proportion,
    "class": scores.one_of,
    "multilabel": scores.findings,
    "ordinal": scores.grades,
    "value": amounts.value,
    "survival": times.survival,
    "image": pictures.image,
    "graph": graphs.graph,
    "text": texts.text,
}


def tracer(kind: Kind, seed: int = 0) -> tuple[Study, CaseList]:
    """Return the tracer of one kind; the same seed gives the same cases."""
    return DRAWERS[kind](np.random.default_rng(seed))


def text_tracer(seed: int = 0) -> tuple[Study, CaseList]:
    """Return the tracer whose input is report text and whose truth is a set of findings."""
    return texts.reports(np.random.default_rng(seed))


def structure_tracer(kind: Literal["boxes", "points"], seed: int = 0) -> tuple[Study, CaseList]:
    """Return the tracer of structures of which a volume has one each: their boxes, or their places."""
    draw = places.organs if kind == "boxes" else places.landmarks
    return draw(np.random.default_rng(seed))
