"""The training of a classifier of pieces.

In:   settings, volumes, places and the class of each. Out: a learner for the loop.
Not:  no places are found (watershed_classifier.py), no lesson (learning/object_lesson.py).
"""

from collections.abc import Sequence

import numpy as np
import torch

from isocenter.learning.candidate_lesson import TwoScales
from isocenter.learning.context_network import ContextNetwork
from isocenter.learning.gradient_learner import Evaluated, GradientConfig, GradientLearner, unmeasured
from isocenter.learning.object_lesson import ObjectLesson, ObjectTable
from isocenter.methods.localization._object_settings import ObjectSettings


def object_learner(
    settings: ObjectSettings,
    volumes: Sequence[TwoScales],
    table: ObjectTable,
    *,
    outputs: int,
    steps: int,
    seed: int,
    evaluate: Evaluated = unmeasured,
) -> GradientLearner:
    """Return it, its network with random weights.

    outputs : classes, "no object" among them
    """
    torch.manual_seed(seed)
    lesson = ObjectLesson(
        volumes,
        table,
        view=settings.view,
        batch=settings.batch,
        mirror_axes=settings.mirror_axes,
        generator=np.random.default_rng([seed, 3]),
    )
    config = GradientConfig(
        dimensions=sum(n > 1 for n in settings.view), steps=steps, learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay, channels_last=False, seed=seed,
    )  # fmt: skip
    return GradientLearner(ContextNetwork(settings.network(outputs=outputs)), lesson, config, evaluate=evaluate)
