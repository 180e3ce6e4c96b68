"""Batch: items side by side, bags filled up to the longest.

In:   items. Out: tensors a network of exams takes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.core.record import Record
from isocenter.learning.exam.items import Item


class ExamBatch(Record):
    """N items of up to B instances, V views each."""

    views: tuple[Tensor, ...]
    """Per input (N, B, C, *S)."""
    present: Tensor
    """(N, B, V) of 0 and 1."""
    filled: Tensor
    """(N, B): 1 where there is an instance, 0 where the bag was filled up."""
    where: Mapping[str, Tensor]
    """By target (N, B, 1, *S); a target that is not named speaks of everything."""
    covariates: Tensor
    """(N, K)."""
    truths: Mapping[str, Tensor]
    """By target (N, T); a row of NaN was not assessed. Of a mask (N, B, *S), there only if a case of the batch has one."""

    def map(self, function: Callable[[Tensor], Tensor]) -> "ExamBatch":
        """Return the batch with every tensor changed, to a device for instance."""
        return ExamBatch(
            views=tuple(function(view) for view in self.views),
            present=function(self.present),
            filled=function(self.filled),
            where={name: function(where) for name, where in self.where.items()},
            covariates=function(self.covariates),
            truths={name: function(truth) for name, truth in self.truths.items()},
        )


def alike(items: Sequence[Item], most: int) -> Iterator[list[Item]]:
    """Yield the items in groups of at most `most` with one number of instances each, so that no bag has to be filled up."""
    groups: dict[int, list[Item]] = {}
    for item in items:
        groups.setdefault(len(item.present), []).append(item)
    for group in groups.values():
        yield from (group[i : i + most] for i in range(0, len(group), most))


def collate(
    items: Sequence[Item],
    *,
    truths: Mapping[str, int],
    chosen: Sequence[NDArray[np.intp]] | None = None,
) -> ExamBatch:
    """Return items as one batch.

    truths : numbers a label has, by target; masks come by themselves
    chosen : per item the instances to take, None = all
    """
    picks = chosen if chosen is not None else [np.arange(len(item.present)) for item in items]
    longest = max(len(pick) for pick in picks)
    names = sorted({name for item in items for name in item.where})
    views = tuple(
        torch.from_numpy(np.stack([_filled(item.views[v][pick], longest) for item, pick in zip(items, picks, strict=True)]))
        for v in range(len(items[0].views))
    )
    where = {
        name: torch.from_numpy(
            np.stack(
                [_filled(_where(item, name)[pick].astype(np.float32), longest) for item, pick in zip(items, picks, strict=True)]
            )
        )
        for name in names
    }
    filled = np.stack([np.arange(longest) < len(pick) for pick in picks]).astype(np.float32)
    return ExamBatch(
        views=views,
        present=torch.from_numpy(np.stack([_filled(item.present[pick], longest) for item, pick in zip(items, picks, strict=True)])),
        filled=torch.from_numpy(filled),
        where=where,
        covariates=torch.from_numpy(np.stack([item.covariates for item in items])),
        truths={
            name: torch.from_numpy(np.stack([item.truths.get(name, np.full(count, np.nan, np.float32)) for item in items]))
            for name, count in truths.items()
        }
        | {name: _masks(items, name, picks, longest) for name in sorted({name for item in items for name in item.masks})},
    )


def _masks(items: Sequence[Item], name: str, picks: Sequence[NDArray[np.intp]], longest: int) -> Tensor:
    """Return the masks of one target (N, B, *S), NaN where there is none."""
    size = items[0].views[0].shape[2:]
    found = np.full((len(items), longest, *size), np.nan, np.float32)
    for index, (item, pick) in enumerate(zip(items, picks, strict=True)):
        if name in item.masks:
            found[index, : len(pick)] = item.masks[name][pick]
    return torch.from_numpy(found)


def _where(item: Item, name: str) -> NDArray[np.bool_]:
    """Return where an item speaks of a target: everywhere if nothing else is said, nowhere if it is another target's item."""
    view = item.views[0]
    return item.where[name] if name in item.where else np.full((len(view), 1, *view.shape[2:]), name in item.targets)


def _filled(array: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    """Return (length, …) of an array (b, …), zeros behind its end."""
    if len(array) == length:
        return array
    return np.concatenate([array, np.zeros((length - len(array), *array.shape[1:]), array.dtype)])
