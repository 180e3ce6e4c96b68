"""Columns: features of many cases as one matrix, complete and standardized, as it was learned.

In:   Features.
Out:  (N, F) float64 with mean 0 and SD 1 over the learning cases; what is missing takes the learning mean (so 0) and is flagged.
Not:  no selection of features; nothing is learned from labels.

A flag is a column of its own, 1 where a block is missing, 0 where not; blocks missing in the same learning cases share one. What
was never missing in learning has no flag: it is imputed alone. A category seen once in learning, or never, counts as missing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.methods._tabular.features import Features, mean_known

_LEAST = 2  # cases that must belong to a category for it to get a column


class Columns(Record):
    """Which features there are, in order, and their means and SDs over the learning cases."""

    blocks: Mapping[str, int]
    """Name -> how many numbers."""
    levels: Mapping[str, tuple[str, ...]]
    """Name of a word -> its categories, a column each."""
    flags: tuple[str, ...]
    """Blocks and words whose absence has a column."""
    mean: NDArray[np.float64]
    """(F,), flags last."""
    scale: NDArray[np.float64]
    """(F,), SD; 1 for what does not vary."""

    def matrix(self, rows: Sequence[Features]) -> NDArray[np.float64]:
        """Return the rows as (N, F)."""
        raw = self._raw(rows)
        known = np.isfinite(raw)
        return np.where(known, (np.where(known, raw, 0.0) - self.mean) / self.scale, 0.0)

    def usable(self, row: Features) -> bool:
        """Tell whether a case shows anything of what was learned."""
        numbers = any(
            len(row.blocks[n]) == k and np.isfinite(row.blocks[n]).any() for n, k in self.blocks.items() if n in row.blocks
        )
        return bool(numbers) or any(row.words.get(name) in levels for name, levels in self.levels.items())

    def _raw(self, rows: Sequence[Features]) -> NDArray[np.float64]:
        """Return the rows before imputation, NaN = missing, (N, F)."""
        flags = np.array([[not _shows(row, name, self.blocks, self.levels) for name in self.flags] for row in rows], float)
        parts = [_numbers(rows, name, size) for name, size in self.blocks.items()]
        parts += [_categories(rows, name, levels) for name, levels in self.levels.items()]
        return np.concatenate([*parts, flags.reshape(len(rows), len(self.flags))], axis=1)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return what belongs into safetensors."""
        return {"mean": self.mean, "scale": self.scale}

    def text(self) -> Mapping[str, Any]:
        """Return what belongs into JSON."""
        levels = {name: list(names) for name, names in self.levels.items()}
        return {"blocks": dict(self.blocks), "levels": levels, "flags": list(self.flags)}


def columns_of(rows: Sequence[Features]) -> Columns:
    """Learn the columns of some cases (at least one)."""
    blocks = {n: _commonest(rows, n) for n in dict.fromkeys(n for row in rows for n in row.blocks)}
    blocks = {n: size for n, size in blocks.items() if np.isfinite(_numbers(rows, n, size)).any()}
    levels = {}
    for name in dict.fromkeys(name for row in rows for name in row.words):
        count = Counter(row.words[name] for row in rows if name in row.words)
        levels[name] = tuple(sorted(level for level, n in count.items() if n >= min(_LEAST, len(rows))))
    levels = {name: names for name, names in levels.items() if names}
    patterns: dict[tuple[bool, ...], str] = {}
    for name in (*blocks, *levels):
        patterns.setdefault(tuple(not _shows(row, name, blocks, levels) for row in rows), name)
    flags = tuple(name for pattern, name in patterns.items() if any(pattern) and not all(pattern))
    size = sum(blocks.values()) + sum(map(len, levels.values())) + len(flags)
    plain = Columns(blocks=blocks, levels=levels, flags=flags, mean=np.zeros(size), scale=np.ones(size))
    raw = plain._raw(rows)
    mean = np.nan_to_num(mean_known(raw))
    spread = np.sqrt(np.nan_to_num(mean_known((raw - mean) ** 2)))
    scale = np.where(spread > 1e-12 * np.maximum(np.abs(mean), 1.0), spread, 1.0)
    return Columns(blocks=blocks, levels=levels, flags=flags, mean=mean, scale=scale)


def load_columns(text: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Columns:
    """Return the columns that `text` and `arrays` describe."""
    levels = {name: tuple(names) for name, names in text["levels"].items()}
    return Columns(blocks=text["blocks"], levels=levels, flags=tuple(text["flags"]), mean=arrays["mean"], scale=arrays["scale"])


def _commonest(rows: Sequence[Features], name: str) -> int:
    """Return the size most cases give a block; a case of another size shows something else, and counts as missing."""
    return Counter(len(row.blocks[name]) for row in rows if name in row.blocks).most_common(1)[0][0]


def _shows(row: Features, name: str, blocks: Mapping[str, int], levels: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a case has any number of a block, or a known category."""
    if name in levels:
        return row.words.get(name) in levels[name]
    return name in row.blocks and len(row.blocks[name]) == blocks[name] and bool(np.isfinite(row.blocks[name]).any())


def _numbers(rows: Sequence[Features], name: str, size: int) -> NDArray[np.float64]:
    """Return one block of all cases, (N, size); NaN where missing or not finite."""
    empty = np.full(size, np.nan)
    raw = np.array([row.blocks[name] if name in row.blocks and len(row.blocks[name]) == size else empty for row in rows], float)
    return np.where(np.isfinite(raw), raw, np.nan)


def _categories(rows: Sequence[Features], name: str, levels: Sequence[str]) -> NDArray[np.float64]:
    """Return one word of all cases as a column a category, (N, L); NaN where missing or unknown."""
    raw = np.array([[float(row.words.get(name) == level) for level in levels] for row in rows], float)
    raw[[row.words.get(name) not in levels for row in rows]] = np.nan
    return raw
