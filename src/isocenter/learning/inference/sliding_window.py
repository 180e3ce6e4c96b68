"""Sliding-window prediction with bounded memory: finished slabs of class scores are handed on as the windows advance.

In:   an image (C, *S), in memory or mapped, and a network for windows.
Out:  slabs of scores, in order along one axis, to a receiver that keeps only what it needs.
Not:  no choice of arithmetic (choose.py), no labels (to_labels.py), no resampling (to_grid.py).

Scores of overlapping windows are averaged with Gaussian weights. Only a slab as deep as one window is held: with K classes,
4 K bytes x window depth x the other two axes. The axis along which this is least is chosen.

Reference: Isensee et al., Nat Methods 2021; 18:203-211; equals MONAI's sliding_window_inference.
Differs:   a window whose samples are all alike is predicted once and remembered, which changes nothing but the time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.core.errors import PlanError
from isocenter.core.record import Record
from isocenter.learning.inference.window_network import WindowNetwork
from isocenter.learning.places import cut
from isocenter.learning.tiling import gaussian_weights, padding_before, window_starts

T = TypeVar("T")
PIECE_BYTES = 256_000_000
"""Greatest size of a slab handed on."""
REMEMBERED = 4
"""Constant windows kept."""


class Slab(Record):
    """Finished scores of consecutive rows along one axis of the image. Valid only while the receiver runs."""

    axis: int
    first: int
    """Index of the first row."""
    scores: Tensor
    """(K, *S) float32, averaged logits; S is the image's, but for `axis`, which has only these rows."""

    @property
    def rows(self) -> int:
        """How many rows."""
        return int(self.scores.shape[self.axis + 1])

    @property
    def where(self) -> tuple[slice, ...]:
        """Where the scores lie in an array (*S)."""
        return (slice(None),) * self.axis + (slice(self.first, self.first + self.rows),)


Receiver = Callable[[Slab], None]


def predict_volume(
    network: WindowNetwork,
    image: NDArray[Any],
    window: Sequence[int],
    receive: Receiver,
    *,
    classes: int,
    step: float = 0.5,
    gaussian: bool = True,
    mirror_axes: Sequence[int] = (),
    skip_empty: bool = True,
    track: Callable[[Iterable[Any]], Iterable[Any]] = iter,
) -> None:
    """Predict an image and hand finished slabs of scores to `receive`, in ascending order, each row once.

    image       : (C, *S) normalized; a memory map is read window by window. Shorter axes are padded with 0 on both sides
    window      : samples per axis, as the network was built for
    classes     : channels of the network's logits
    step        : distance of two windows as a share of the window
    gaussian    : weigh a window's middle higher; False = evenly
    mirror_axes : axes of space over whose mirror images logits are averaged
    skip_empty  : predict windows of one constant value only once per value
    track       : wraps the iteration over rows of windows, for a progress bar
    """
    size = tuple(image.shape[1:])
    if len(size) != len(window):
        raise PlanError(f"expected an image with {len(window)} axes of space for the window {tuple(window)}, got {size}.")
    axis = streaming_axis(size, window)
    sums = _Sums(classes, size, window, axis, step=step, gaussian=gaussian)
    seen = _Predictor(network, image, window, mirror_axes, remember=skip_empty)
    starts = window_starts(size, window, step=step)
    before = padding_before(size, window)
    rows = starts[axis]
    for first, following in track(list(zip(rows, (*rows[1:], None), strict=True))):
        others = [(first,) if a == axis else starts[a] for a in range(len(size))]
        origins = [tuple(s - b for s, b in zip(place, before, strict=True)) for place in product(*others)]
        for origin, logits in seen.windows(origins):
            sums.add(tuple(o + b for o, b in zip(origin, before, strict=True)), logits)
        sums.finish(first, following, receive)


def predict_scores(
    network: WindowNetwork, image: NDArray[Any], window: Sequence[int], *, classes: int, **more: Any
) -> NDArray[np.float32]:
    """Return all scores (classes, *S) at once: for images small enough. `more` as in predict_volume."""
    scores = np.empty((classes, *image.shape[1:]), np.float32)

    def keep(slab: Slab) -> None:
        scores[(slice(None), *slab.where)] = slab.scores.numpy()

    predict_volume(network, image, window, keep, classes=classes, **more)
    return scores


def streaming_axis(size: Sequence[int], window: Sequence[int]) -> int:
    """Return the axis along which a slab as deep as the window is the smallest part of the image."""
    return max(range(len(size)), key=lambda a: max(size[a], window[a]) / window[a])


class _Predictor:
    """Logits of windows, batched, mirrored, constant ones remembered."""

    def __init__(
        self, network: WindowNetwork, image: NDArray[Any], window: Sequence[int], mirror_axes: Sequence[int], *, remember: bool
    ) -> None:
        self.network, self.image, self.window, self.remember = network, image, tuple(window), remember
        axes = [a + 1 for a in mirror_axes]
        self.flips = [flip for n in range(len(axes) + 1) for flip in combinations(axes, n)]  # () first
        self.known: dict[tuple[float, ...], NDArray[Any]] = {}

    def windows(self, origins: Sequence[tuple[int, ...]]) -> Iterator[tuple[tuple[int, ...], NDArray[Any]]]:
        """Yield each origin with its logits (K, *window); the array is valid until the next one is asked for."""
        waiting: list[tuple[tuple[int, ...], NDArray[Any]]] = []
        for origin in origins:
            samples = cut(self.image, origin, self.window).astype(np.float32, copy=False)  # (C, *window)
            value = _constant(samples) if self.remember else None
            if value is not None:
                yield origin, self._constant_logits(value, samples)
                continue
            waiting.append((origin, samples))
            if len(waiting) >= self.network.batch:
                yield from self._predicted(waiting)
                waiting = []
        if waiting:
            yield from self._predicted(waiting)

    def _constant_logits(self, value: tuple[float, ...], samples: NDArray[Any]) -> NDArray[Any]:
        if value not in self.known:
            if len(self.known) == REMEMBERED:
                self.known.pop(next(iter(self.known)))
            self.known[value] = np.array(next(self._predicted([((), samples)]))[1])
        return self.known[value]

    def _predicted(self, waiting: Sequence[tuple[tuple[int, ...], NDArray[Any]]]) -> Iterator[tuple[tuple[int, ...], NDArray[Any]]]:
        stack = np.stack([samples for _, samples in waiting])  # (B, C, *window)
        if len(self.flips) == 1:
            yield from zip([origin for origin, _ in waiting], self.network(stack), strict=True)
            return
        total: list[NDArray[Any]] = []
        for flip in self.flips:
            axes = tuple(a + 1 for a in flip)
            answers = self.network(np.ascontiguousarray(np.flip(stack, axes)) if axes else stack)
            turned = [np.flip(logits, flip) if flip else logits for logits in answers]
            total = [t + logits for t, logits in zip(total, turned, strict=True)] if total else [np.array(t) for t in turned]
        for (origin, _), logits in zip(waiting, total, strict=True):
            yield origin, logits / len(self.flips)


class _Sums:
    """Weighted sums of logits in a ring of rows as deep as one window; the ring lies along `axis`, in the image's axis order."""

    def __init__(self, classes: int, size: Sequence[int], window: Sequence[int], axis: int, *, step: float, gaussian: bool) -> None:
        self.axis, self.depth, self.size, self.window = axis, window[axis], tuple(size), tuple(window)
        self.before = padding_before(size, window)
        ring = [w if a == axis else max(n, w) for a, (n, w) in enumerate(zip(size, window, strict=True))]
        self.weights = torch.from_numpy(gaussian_weights(window) if gaussian else np.ones(tuple(window), np.float32))
        self.sums = torch.zeros(classes, *ring)
        self.totals = torch.zeros(ring)
        # Every group of windows that start at one row adds the same weights: summed once.
        self.layer = torch.zeros(ring)
        starts = window_starts(size, window, step=step)
        for place in product(*((0,) if a == axis else starts[a] for a in range(len(size)))):
            self.layer[self._inside(place, slice(None))] += self.weights
        self.counted: int | None = None

    def _along(self, rows: slice) -> tuple[slice, ...]:
        return tuple(rows if a == self.axis else slice(None) for a in range(len(self.size)))

    def _inside(self, start: Sequence[int], rows: slice) -> tuple[slice, ...]:
        return tuple(rows if a == self.axis else slice(s, s + w) for a, (s, w) in enumerate(zip(start, self.window, strict=True)))

    def _turns(self, first: int, count: int) -> list[tuple[slice, slice]]:
        """Return (rows of the ring, rows counted from `first`): one piece, or two around the ring's end."""
        at = first % self.depth
        head = min(count, self.depth - at)
        pieces = [(slice(at, at + head), slice(0, head))]
        if head < count:
            pieces.append((slice(0, count - head), slice(head, count)))
        return pieces

    def add(self, start: Sequence[int], logits: NDArray[Any]) -> None:
        """Add a window's logits (K, *window) at its start in the padded image."""
        first, added = start[self.axis], torch.from_numpy(logits)
        for ring, rows in self._turns(first, self.depth):
            part = self._along(rows)
            self.sums[(slice(None), *self._inside(start, ring))].addcmul_(added[(slice(None), *part)], self.weights[part])
            if self.counted != first:
                self.totals[self._along(ring)] += self.layer[part]
        self.counted = first

    def finish(self, first: int, following: int | None, receive: Receiver) -> None:
        """Hand on the rows no later window touches, and clear them."""
        count = (following if following is not None else first + self.depth) - first
        at_once = max(1, PIECE_BYTES * self.depth // (self.sums.numel() * 4))
        for ring, rows in self._turns(first, count):
            for low in range(ring.start, ring.stop, at_once):
                piece = slice(low, min(low + at_once, ring.stop))
                row = first + rows.start + low - ring.start - self.before[self.axis]  # in the image
                self._hand_on(piece, row, receive)

    def _hand_on(self, piece: slice, row: int, receive: Receiver) -> None:
        inside = slice(max(row, 0), min(row + piece.stop - piece.start, self.size[self.axis]))
        if inside.start < inside.stop:
            kept = slice(piece.start + inside.start - row, piece.start + inside.stop - row)
            crop = tuple(
                kept if a == self.axis else slice(b, b + n) for a, (b, n) in enumerate(zip(self.before, self.size, strict=True))
            )
            receive(Slab(axis=self.axis, first=inside.start, scores=self.sums[(slice(None), *crop)].div_(self.totals[crop])))
        self.sums[(slice(None), *self._along(piece))].zero_()
        self.totals[self._along(piece)].zero_()


def _constant(samples: NDArray[Any]) -> tuple[float, ...] | None:
    """Return the value of each channel, or None unless every channel is constant."""
    corner = samples.reshape(samples.shape[0], -1)[:, :1]
    flat = samples.reshape(samples.shape[0], -1)
    # Most windows are told apart by their first samples.
    if (flat[:, :64] != corner).any() or (flat != corner).any():
        return None
    return tuple(float(v) for v in corner[:, 0])
