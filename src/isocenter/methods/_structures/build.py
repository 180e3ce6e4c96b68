"""Cases and settings of slice classifiers made into a learner.

In:   prepared cases, where their structures lie; settings.
Out:  cases with how much of each slice is filled; the learner of the three networks.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.core.points import Points
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.gradient_learner import GradientLearner, unmeasured
from isocenter.learning.preparation import Prepared
from isocenter.learning.slice_lesson import Sliced, SliceLesson
from isocenter.learning.slice_network import SliceNetwork
from isocenter.learning.slice_runs import filled
from isocenter.methods._patches.placing import in_samples, sides_in_samples
from isocenter.methods._structures.settings import StructureSettings


def sliced(prepared: Prepared, places: Points, settings: StructureSettings) -> Sliced:
    """Return a case and how much of its slices each structure fills; a landmark fills `landmark_slices` around it."""
    shape = prepared.image.shape[1:]
    middle = in_samples(places.world, prepared)  # (N, 3)
    if places.extent is None:
        side: NDArray[np.float64] = np.broadcast_to(np.asarray(settings.landmark_slices, float), middle.shape)
    else:
        side = sides_in_samples(places, prepared)
    shares = [np.zeros((count, len(places.names)), np.float32) for count in shape]
    for kind, center, full in zip(places.kind, middle, side, strict=True):
        for share, at, size in zip(shares, center, full, strict=True):
            share[:, kind] = filled(at - size / 2, at + size / 2, len(share))
    return Sliced(image=prepared.image, filled=tuple(shares))


def frame_around(cases: Sequence[Sliced]) -> tuple[int, ...]:
    """Return the samples per axis that every case fits in."""
    return tuple(int(n) for n in np.max([case.image.shape[1:] for case in cases], axis=0))


def build_learner(
    settings: StructureSettings,
    cases: Sequence[Sliced],
    *,
    structures: int,
    steps: int,
    seed: int,
    evaluate: Callable[[nn.Module], Mapping[str, float]] = unmeasured,
) -> GradientLearner:
    """Return the learner of a plan."""
    torch.manual_seed(seed)
    lesson = SliceLesson(
        cases,
        frame=frame_around(cases),
        neighbors=settings.neighbors,
        batch=settings.batch,
        augment=Augmenter(settings.augmented(), np.random.default_rng([seed, 2])),
        generator=np.random.default_rng([seed, 1]),
    )
    network = SliceNetwork(settings.network(structures))
    return GradientLearner(network, lesson, settings.driven(steps=steps, seed=seed), evaluate=evaluate)
