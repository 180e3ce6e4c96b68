"""Watching a generator while it learns: are its images still numbers and unlike each other, and how near do they come to real ones?

In:   a learner and what makes images with it; real images, learned from and of tuning cases.
Out:  the learner with looks: numbers for the log, a few images for who watches; Diverged when the images are lost.

Reference: Richardson & Weiss, NeurIPS 2018, arXiv:1805.12462 (collapse is seen in the samples, not in the losses).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from isocenter.core.errors import Diverged
from isocenter.core.grid import plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.journal import Journal
from isocenter.imaging.resample import average_to
from isocenter.learning.loop import Learner
from isocenter.metrics.gist import SIDE
from isocenter.metrics.per_cohort import kid

LOOKED_AT = 200
"""Tuning images compared with as many generated ones; learning images their diversity is told by."""
FEWEST = 16
"""Images made for a look, however few tuning images there are."""
SHOWN = 8
"""Of them kept as pictures, of the same seeds at every look."""
DIVERSITY = "made_diversity"
ALIKE = 0.1
"""Share of the real images' diversity below which generated ones have collapsed."""
SETTLED = 0.25
"""Share of the training before which nothing is called a collapse,"""
SETTLED_STEPS = 200
"""nor before so many steps: the images of untrained networks are alike too."""

Images = NDArray[np.floating]
T = TypeVar("T")


class Watch:
    """A generator's learner that is looked at; see Learner in learning/loop.py."""

    def __init__(
        self,
        learner: Learner,
        sample: Callable[[Sequence[int]], Images],
        *,
        learned: Sequence[Images],
        tune: Sequence[Images],
        steps: int,
        journal: Journal,
        collapses: bool = True,
    ) -> None:
        """Keep some of the real images, (C, side, side) each.

        sample    : seeds -> images (N, C, side, side) of the averaged generator
        learned   : what was learned from, two or more: how unlike each other real images are
        tune      : what generated images are compared with; [] = they are not
        steps     : of the whole training
        collapses : whether images that have become alike end the training: one network has no adversary to collapse before
        """
        self._learner, self._sample, self._steps, self._journal, self._collapses = learner, sample, steps, journal, collapses
        self._real_diversity = max(diversity(np.stack(spread(learned, LOOKED_AT))), 1e-9)
        self._tune = [_small(image) for image in tune[:LOOKED_AT]] if len(tune) > 1 else []

    def step(self, step: int) -> Mapping[str, float]:
        """Let the generator learn."""
        return self._learner.step(step)

    def validate(self, step: int) -> Mapping[str, float]:
        """Return "made_diversity" (1 = as unlike each other as real images are) and, with tuning images, "tune_kid".

        Diverged when the images have become alike, or are no numbers.
        """
        made = self._sample(range(max(len(self._tune), FEWEST)))
        if not np.isfinite(made).all():
            raise Diverged("the generator's images are no longer numbers.")
        self._journal.show(step, made[:SHOWN])
        seen = {DIVERSITY: diversity(made) / self._real_diversity}
        if self._collapses and seen[DIVERSITY] < ALIKE and step >= max(SETTLED * self._steps, SETTLED_STEPS):
            raise Diverged(
                f"the generator's images have become alike: they differ from one another {seen[DIVERSITY]:.0%} as much as real "
                "ones do."
            )
        if self._tune:
            compared = [_small(image) for image in made[: len(self._tune)]]
            seen["tune_kid"] = float(kid.measure(self._tune, compared, np.ones((1, len(compared))))[0])
        return seen

    def good(self, step: int, seen: Mapping[str, float]) -> bool:
        """Tell whether a look's state is one to go back to; see Good in learning/loop.py.

        Early images are none: unlike each other they are noise, and alike they are no collapse yet.
        """
        return step >= SETTLED * self._steps and (seen[DIVERSITY] >= ALIKE or not self._collapses)

    def state(self) -> Mapping[str, Any]:
        """Return the learner's."""
        return self._learner.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self._learner.restore(state)


def diversity(images: Images) -> float:
    """Return the mean distance of two images, root mean square over samples."""
    flat = np.asarray(images, float).reshape(len(images), -1)
    return float(pdist(flat).mean() / np.sqrt(flat.shape[1]))


def spread(found: Sequence[T], most: int) -> Sequence[T]:
    """Return at most so many, from all over the sequence: cases are often listed kind by kind."""
    return [found[i * len(found) // most] for i in range(most)] if len(found) > most else found


def _small(image: Images) -> Image:
    return held_image(average_to(np.asarray(image, np.float32), (SIDE, SIDE)), plain_grid((SIDE, SIDE)))
