"""A truth mask and an answer mask, read once and cut to where the truth was assessed.

In:   a Pair whose truth and answer are masks.
Out:  arrays, spacing and unit; one bool pair per foreground class; measurements per class and their mean.
Not:  no metric of its own.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError, StudyError, UnknownName
from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.record import Record
from isocenter.core.task import Pair
from isocenter.metrics.confusion import Counts, confusion_matrix, counts_of_class, counts_of_masks


class ClassPair(Record):
    """One class: where it is and where it was answered to be, both False outside the region."""

    name: str
    truth: NDArray[np.bool_]
    answer: NDArray[np.bool_]


class MaskPair(Record):
    """Two masks on one grid."""

    truth: NDArray[Any]
    """(1, *S) labels, or (K - 1, *S) if overlapping."""
    answer: NDArray[Any]
    truth_overlaps: bool
    answer_overlaps: bool
    names: tuple[str, ...]
    """K classes of the truth, background first."""
    answer_index: tuple[int, ...]
    """Where the answer keeps each of them."""
    same_names: bool
    """Both masks number their classes alike."""
    region: NDArray[np.bool_] | None
    spacing: tuple[float, ...]
    unit: str
    """Of lengths: "mm", or "px" where the grid has no millimetres."""

    def classes(self) -> Iterator[ClassPair]:
        """Yield the foreground classes, one at a time."""
        for index in range(1, len(self.names)):
            truth = _class_of(self.truth, index, self.truth_overlaps)
            answer = _class_of(self.answer, self.answer_index[index], self.answer_overlaps)
            if self.region is not None:
                truth, answer = truth & self.region, answer & self.region
            yield ClassPair(name=self.names[index], truth=truth, answer=answer)

    def counts(self) -> Iterator[tuple[str, Counts]]:
        """Yield the name and the counts of each foreground class."""
        if self.truth_overlaps or self.answer_overlaps or not self.same_names:
            for pair in self.classes():
                yield pair.name, counts_of_masks(pair.truth, pair.answer, region=self.region)
        else:
            matrix = confusion_matrix(self.truth[0], self.answer[0], len(self.names), region=self.region)
            for index in range(1, len(self.names)):
                yield self.names[index], counts_of_class(matrix, index)


@lru_cache(maxsize=1)
def read_mask_pair(pair: Pair) -> MaskPair:
    """Load both masks of a pair. The last pair is kept, so that several metrics of one case read it once.

    Returns
    -------
    MaskPair. StudyError if either is no mask, GeometryError if they (or the region) lie on different grids, UnknownName if
    the answer lacks a class of the truth.
    """
    truth, answer = pair.truth, pair.answer
    if not isinstance(truth, Mask) or not isinstance(answer, Mask):
        raise StudyError(
            f"case {pair.case}: expected a mask as truth and answer of target {pair.target.name!r}, "
            f"got {type(truth).__name__} and {type(answer).__name__}. Ask for metrics that fit the target's type."
        )
    if not truth.grid.same_as(answer.grid):
        raise GeometryError(
            f"case {pair.case}: expected the answer on the truth's grid {truth.grid.shape}, got {answer.grid.shape} "
            "or another place. Resample the answer to the truth's grid first."
        )
    for name in truth.names[1:]:
        if name not in answer.names:
            raise UnknownName("class of the answer", name, answer.names)
    return MaskPair(
        truth=truth.labels.array(),
        answer=answer.labels.array(),
        truth_overlaps=truth.overlapping,
        answer_overlaps=answer.overlapping,
        names=truth.names,
        answer_index=(0, *(answer.names.index(name) for name in truth.names[1:])),
        same_names=truth.names[1:] == answer.names[1:],
        region=read_region(pair, truth.grid.shape),
        spacing=truth.grid.spacing if truth.grid.world == "px" else truth.grid.spacing_mm,
        unit="px" if truth.grid.world == "px" else "mm",
    )


def read_region(pair: Pair, shape: tuple[int, ...]) -> NDArray[np.bool_] | None:
    """Return where the truth was assessed: any class of the region mask but its background; None = everywhere."""
    if pair.region is None:
        return None
    if pair.region.grid.shape != shape:
        raise GeometryError(
            f"case {pair.case}: expected the region on the truth's grid {shape}, got {pair.region.grid.shape}. "
            "Resample the region to the mask's grid first."
        )
    return np.asarray((pair.region.labels.array() > 0).any(axis=0), bool)


def per_class(pair: Pair, *, name: str, unit: str, method: str, measure: Callable[[ClassPair], float]) -> list[Measurement]:
    """Measure every foreground class: `<name>_<class>`, and their mean `<name>`. Nothing where the truth is no mask."""
    if not isinstance(pair.truth, Mask):
        return []
    masks = read_mask_pair(pair)
    values = {one.name: measure(one) for one in masks.classes()}
    return with_mean(pair, values, name=name, unit=unit, method=method)


def per_class_counts(pair: Pair, *, name: str, method: str, measure: Callable[[Counts], float]) -> list[Measurement]:
    """Measure every foreground class from its counts, like `per_class`."""
    if not isinstance(pair.truth, Mask):
        return []
    values = {one: measure(counts) for one, counts in read_mask_pair(pair).counts()}
    return with_mean(pair, values, name=name, unit="1", method=method)


def with_mean(pair: Pair, values: Mapping[str, float], *, name: str, unit: str, method: str) -> list[Measurement]:
    """Return one measurement a class and `<name>`, the mean of the classes that could be measured (NaN if none could)."""
    each = [
        Measurement(case=pair.case, name=class_name(name, one), value=value, unit=unit, method=method)
        for one, value in values.items()
    ]
    mean = mean_of_measured(list(values.values()))
    return [*each, Measurement(case=pair.case, name=name, value=mean, unit=unit, method=f"{method}; mean over classes")]


def class_name(name: str, one: str) -> str:
    """Return the name of a metric for one class: "dice_anterior"; spaces become underscores."""
    return f"{name}_{'_'.join(one.split())}"


def mean_of_measured(values: Sequence[float]) -> float:
    """Return the mean of what is not NaN; NaN if nothing is."""
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


def _class_of(array: NDArray[Any], index: int, overlaps: bool) -> NDArray[np.bool_]:
    """Return where one class is, bool (*S)."""
    chosen: NDArray[np.bool_] = array[index - 1] > 0 if overlaps else array[0] == index
    return chosen
