"""A recurrent network over the words of a report, and what teaches it.

In:   words as numbers, labels with NaN where not assessed.
Out:  RecurrentReader: words (N, L) -> logits (N, K); the lesson a GradientLearner follows.
Not:  no text (labels.py), no plan (report_recurrent.py).

Reference: Cho et al., EMNLP 2014, arXiv:1406.1078 (GRU); Bustos et al., Med Image Anal 2020, arXiv:1901.07441 (PadChest: recurrent
           labelers learned from the 27 % of reports that were labeled by hand).
Differs:   one layer in each direction and the maximum over words; no attention, no word vectors from elsewhere.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from isocenter.learning.turns import Turns

NOTHING, UNKNOWN = 0, 1
"""Numbers of the padding and of a word that was not learned."""


class RecurrentReader(nn.Module):
    """words (N, L) int64 -> logits (N, K)."""

    def __init__(self, *, words: int, findings: int, width: int, dropout: float) -> None:
        super().__init__()
        self.embed = nn.Embedding(words, width, padding_idx=NOTHING)
        self.drop = nn.Dropout(dropout)
        self.read = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * width, findings)

    def forward(self, words: Tensor) -> Tensor:
        """Read a batch; padding stands at the end and takes no part in the maximum."""
        states, _ = self.read(self.drop(self.embed(words)))  # (N, L, 2W)
        states = states.masked_fill((words == NOTHING)[..., None], -1e4)
        logits: Tensor = self.head(self.drop(states.amax(dim=1)))  # (N, K)
        return logits


def learn_words(texts: Sequence[str], *, least: int) -> tuple[str, ...]:
    """Return the words that stand in `least` texts or more, the commonest first; their numbers start after UNKNOWN."""
    counts = Counter(word for text in texts for word in set(text.split()))
    return tuple(word for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count >= least)


def number_words(texts: Sequence[str], known: Mapping[str, int], *, longest: int) -> NDArray[np.int64]:
    """Return texts as numbers (N, L), padded with NOTHING; L is that of the longest text, at most `longest`, at least 1."""
    rows = [[known.get(word, UNKNOWN) for word in text.split()[:longest]] for text in texts]
    table = np.full((len(rows), max(1, *(len(row) for row in rows)) if rows else 1), NOTHING, np.int64)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    return table


class ReadingLesson:
    """Reports in random turns; the loss counts assessed findings only, a rare one as much as a common one up to a limit."""

    def __init__(
        self, texts: Sequence[str], labels: NDArray[np.float64], known: Mapping[str, int], *, longest: int, batch: int, seed: int
    ) -> None:
        self._texts, self._labels, self._known, self._longest, self._batch = tuple(texts), labels, known, longest, batch
        self._generator = np.random.default_rng(seed)
        self._turns = Turns(range(len(self._texts)), self._generator)
        present = np.nansum(labels, axis=0)
        absent = (~np.isnan(labels)).sum(axis=0) - present
        self._weight = torch.tensor(np.sqrt(np.clip(absent / np.maximum(present, 1.0), 1.0, 100.0)), dtype=torch.float32)

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Draw a batch and return its loss, ()."""
        drawn = [self._turns.next() for _ in range(self._batch)]
        words = torch.from_numpy(number_words([self._texts[i] for i in drawn], self._known, longest=self._longest))
        return masked_loss(network(place(words)), place(torch.from_numpy(self._labels[drawn]).float()), place(self._weight))

    def learned(self, loss: float) -> None:
        """Take no notice: turns do not depend on the loss."""

    def state(self) -> Mapping[str, Any]:
        """Return the deck and the generator."""
        return {"turns": dict(self._turns.state()), "generator": self._generator.bit_generator.state}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a deck and a generator."""
        self._turns.restore(state["turns"])
        self._generator.bit_generator.state = state["generator"]


def masked_loss(logits: Tensor, labels: Tensor, weight: Tensor) -> Tensor:
    """Return the cross-entropy of assessed findings, (); 0 when none was assessed.

    logits, labels : (N, K); NaN = not assessed
    weight         : (K,), how much more a present finding counts than an absent one
    """
    known = ~torch.isnan(labels)
    each = nn.functional.binary_cross_entropy_with_logits(logits, torch.nan_to_num(labels), pos_weight=weight, reduction="none")
    return (each * known).sum() / known.sum().clamp(min=1)
