"""What is learned of tiles: their class where regions were drawn, or only what is said of the bag they came in.

In:   tiles of the learning slides, the class of each, bags of them with what is said of each bag.
Out:  a Lesson (gradient_learner.py): batches, turned and with jittered stains, and how wrong the network is on them.
Not:  which tiles there are (tiles.py), no network (network.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from isocenter.core.record import Record
from isocenter.learning.head import Head
from isocenter.learning.slides.stain import as_tensor, jittered, turned

UNKNOWN = -1
"""Class of a tile nobody assessed."""


class Bag(Record):
    """Tiles that one label speaks of."""

    tiles: NDArray[np.intp]
    truth: NDArray[np.float32]
    """(T,)."""


class Learned(Record):
    """What there is to learn from."""

    tiles: NDArray[np.uint8]
    """(N, 3, P, P), in memory or mapped from disk."""
    label: NDArray[np.intp]
    """(N,), UNKNOWN where nobody says."""
    slide: NDArray[np.intp]
    """(N,): number of the slide each is from."""
    bags: Mapping[str, Sequence[Bag]]
    """By target."""


@dataclass(frozen=True, kw_only=True)
class LessonConfig:
    """How batches are drawn."""

    batch: int = 32
    """Tiles a step."""
    instances: int = 16
    """Of them, in one bag, where only bags have labels."""
    balanced: bool = True
    """Every class equally often, and of each every slide equally often."""
    jitter: float = 0.0
    """Of stains; 0 = none."""
    seed: int = 0


class SlideLesson:
    """See Lesson in gradient_learner.py: of tiles where any has a class, else of bags."""

    def __init__(self, learned: Learned, heads: Mapping[str, Head], config: LessonConfig) -> None:
        self.data, self.heads, self.config = learned, heads, config
        self._generator = np.random.default_rng([config.seed, 1])
        self._chance = tile_chances(learned, balanced=config.balanced)

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the loss of one batch."""
        if self._chance is not None:
            drawn = self._generator.choice(len(self.data.label), self.config.batch, p=self._chance)
            logits = network(place(self._shown(drawn)))
            return cross_entropy(logits.float(), place(torch.from_numpy(self.data.label[drawn])))
        losses = []
        for name, bags in self.data.bags.items():
            if not bags:
                continue
            drawn_bags = self._bags(name, max(1, self.config.batch // self.config.instances))
            index = np.concatenate([self._generator.choice(bag.tiles, self.config.instances) for bag in drawn_bags])
            raw = network(place(self._shown(index)), bag=self.config.instances)[name]
            truth = place(torch.from_numpy(np.stack([bag.truth for bag in drawn_bags])))
            losses.append(self.heads[name].loss(raw.float(), truth).mean())
        return torch.stack(losses).sum()

    def learned(self, loss: float) -> None:
        """Nothing is drawn by losses."""

    def state(self) -> Mapping[str, Any]:
        """Return the generator."""
        return {"generator": self._generator.bit_generator.state}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self._generator.bit_generator.state = state["generator"]

    def _shown(self, index: NDArray[np.intp]) -> Tensor:
        tiles = as_tensor(self.data.tiles[index])
        return turned(jittered(tiles, self._generator, strength=self.config.jitter), self._generator)

    def _bags(self, name: str, count: int) -> list[Bag]:
        bags = self.data.bags[name]
        chance = bag_chances(bags) if self.config.balanced else None
        return [bags[int(i)] for i in self._generator.choice(len(bags), count, p=chance)]


def tile_chances(learned: Learned, *, balanced: bool) -> NDArray[np.float64] | None:
    """Return how likely each tile is drawn, (N,); None where none has a class.

    balanced : each class alike, within a class each slide, within a slide each tile; else every tile that has a class alike
    """
    known = learned.label != UNKNOWN
    if not known.any():
        return None
    if not balanced:
        return np.asarray(known / known.sum(), float)
    groups = learned.label.astype(np.int64) * (int(learned.slide.max()) + 1) + learned.slide
    chance = np.zeros(len(groups))
    classes = np.unique(learned.label[known])
    for label in classes:
        inside = learned.label == label
        numbers, which, counts = np.unique(groups[inside], return_inverse=True, return_counts=True)
        chance[inside] = 1.0 / (len(classes) * len(numbers) * counts[which])
    return np.asarray(chance / chance.sum())


def bag_chances(bags: Sequence[Bag]) -> NDArray[np.float64]:
    """Return how likely each bag is drawn: every label equally often."""
    words = [tuple(np.nan_to_num(bag.truth, nan=-1.0).tolist()) for bag in bags]
    counts = {word: words.count(word) for word in set(words)}
    chance = np.array([1.0 / (len(counts) * counts[word]) for word in words])
    return np.asarray(chance / chance.sum())
