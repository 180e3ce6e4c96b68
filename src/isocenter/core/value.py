"""Value: what a label can be and an answer can be — the same thing."""

from typing import Literal

from isocenter.core.amount import Amount
from isocenter.core.graph import Graph
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.slide import Slide
from isocenter.core.survival import Survival

Value = Mask | Points | Scores | Amount | Survival | Graph | Image | str
"""A truth or the answer to it; str is report text."""

Input = Value | Slide | tuple[Image, ...]
"""What a case shows; a tuple is a bag: patches, slices, serial visits."""

Kind = Literal[
    "mask",
    "points",
    "boxes",
    "count",
    "proportion",
    "class",
    "multilabel",
    "ordinal",
    "value",
    "survival",
    "image",
    "graph",
    "text",
]
"""The kinds of target."""

PLACES: tuple[Kind, ...] = ("points", "boxes")
AMOUNTS: tuple[Kind, ...] = ("count", "proportion", "value")
SCORES: tuple[Kind, ...] = ("class", "multilabel", "ordinal")
"""Kinds whose values are Points, Amount and Scores."""
