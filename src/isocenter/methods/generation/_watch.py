"""Watching a generator while it learns: how near its images come to tuning images, and whether they are still unlike each other.

In:   what makes images; real tuning images.
Out:  numbers for the log; Diverged when the images have become alike.

Reference: Richardson & Weiss, NeurIPS 2018, arXiv:1805.12462 (collapse is seen in the samples, not in the losses).
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from isocenter.core.errors import Diverged
from isocenter.core.grid import plain_grid
from isocenter.core.image import Image, held_image
from isocenter.imaging.resample import average_to
from isocenter.metrics.gist import SIDE
from isocenter.metrics.per_cohort import kid

LOOKED_AT = 200
"""Tuning images compared with as many generated ones."""
ALIKE = 0.1
"""Share of the real images' diversity below which generated ones have collapsed."""
SETTLED = 0.25
"""Share of the training before which nothing is called a collapse,"""
SETTLED_STEPS = 200
"""nor before so many steps: the images of untrained networks are alike too."""

Images = NDArray[np.floating]


class Watch:
    """What is measured at each look."""

    def __init__(self, real: Sequence[Images]) -> None:
        """Keep some of the tuning images (C, side, side)."""
        self.real = [np.asarray(image) for image in real[:LOOKED_AT]]

    def look(self, sample: Callable[[Sequence[int]], Images], *, step: int, steps: int) -> Mapping[str, float]:
        """Return "tune_kid" and "tune_diversity" (1 = as unlike each other as real images are); {} without tuning images.

        step, steps : how many are done, of how many

        Diverged when the images have become alike, or are no numbers.
        """
        if len(self.real) < 2:
            return {}
        made = sample(range(len(self.real)))
        if not np.isfinite(made).all():
            raise Diverged("the generator's images are no longer numbers. The last good state is kept; try a lower learning rate.")
        share = diversity(made) / max(diversity(np.stack(self.real)), 1e-9)
        if share < ALIKE and step >= max(SETTLED * steps, SETTLED_STEPS):
            raise Diverged(
                f"the generator's images have become alike: they differ from one another {share:.0%} as much as real ones do. The "
                "last good state is kept; try adversary: wasserstein, or a lower learning_rate."
            )
        weights = np.ones((1, len(made)))
        found = kid.measure([_small(i) for i in self.real], [_small(i) for i in made], weights)
        return {"tune_kid": float(found[0]), "tune_diversity": share}


def diversity(images: Images) -> float:
    """Return the mean distance of two images, root mean square over samples."""
    flat = np.asarray(images, float).reshape(len(images), -1)
    return float(pdist(flat).mean() / np.sqrt(flat.shape[1]))


def _small(image: Images) -> Image:
    return held_image(average_to(np.asarray(image, np.float32), (SIDE, SIDE)), plain_grid((SIDE, SIDE)))
