"""Images without their labels, as the encoders of a network of exams see them.

In:   items, a network, a batch size, an augmenter.
Out:  Images (learning/pretrainer.py).
Not:  no loss (pretraining/).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from isocenter.learning.exam.batch import ExamBatch
from isocenter.learning.exam.lesson import ExamLesson


class Unlabelled:
    """Draws batches; an encoder that sees all views gets them stacked, one of a single view those in which it is there."""

    def __init__(self, lesson: ExamLesson, channels: Sequence[int], *, joined: bool, constant: int = 0) -> None:
        """Take in a lesson that draws.

        channels : of each view
        joined   : one encoder sees the views stacked; otherwise each has its own
        constant : channels of covariates the encoders see beside an image; here zeros
        """
        self.lesson, self.joined, self.constant = lesson, joined, constant
        self.channels = (sum(channels) + constant * len(channels),) if joined else tuple(n + constant for n in channels)

    def draw(self) -> list[Tensor | None]:
        """Return the next images of each encoder; see Images."""
        batch = self.lesson.draw()
        views = [_beside(view.flatten(0, 1), self.constant) for view in batch.views]  # (N * B, C, *S)
        if self.joined:
            return [_at_least_two(torch.cat(views, dim=1)[batch.filled.flatten() > 0])]
        return [_at_least_two(view[there]) for view, there in zip(views, _there(batch), strict=True)]

    def state(self) -> Mapping[str, Any]:
        """Return generators, and what is left of the round."""
        return self.lesson.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.lesson.restore(state)


def _there(batch: ExamBatch) -> list[Tensor]:
    """Return for each view which images are there, (N * B,)."""
    present = batch.present.flatten(0, 1) > 0
    return [present[:, v] for v in range(present.shape[1])]


def _beside(images: Tensor, constant: int) -> Tensor:
    return torch.cat([images, images.new_zeros(len(images), constant, *images.shape[2:])], dim=1) if constant else images


def _at_least_two(images: Tensor) -> Tensor | None:
    """Return images, one alone twice (a batch normalization needs two); None where there is none."""
    if not len(images):
        return None
    return torch.cat([images, images]) if len(images) == 1 else images
