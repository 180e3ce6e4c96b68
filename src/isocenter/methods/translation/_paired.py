"""The learner of pairs, with or without a critic.

In:   settings, both sides.
Out:  TranslationLearner.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.generative.favored_distance import FavoredDistance
from isocenter.learning.generative.paired_lesson import PairedLesson
from isocenter.learning.generative.patch_critic import PatchCritic
from isocenter.learning.generative.shortcut import Shortcut
from isocenter.learning.generative.translation_batch import PairedBatches
from isocenter.learning.generative.translation_learner import TranslationLearner
from isocenter.learning.regularizer import ImageRegularizer
from isocenter.methods._patches.learner import augmentation_of
from isocenter.methods.translation._build import build_generator, config_of, seen_axes
from isocenter.methods.translation._scale import to_scale
from isocenter.methods.translation._settings import TranslationSettings


def build(
    settings: TranslationSettings,
    sources: list[NDArray[np.float32]],
    targets: list[NDArray[np.float32]],
    steps: int,
    seed: int,
    regularizer: ImageRegularizer | None = None,
) -> TranslationLearner:
    """Return the learner of pairs."""
    torch.manual_seed(seed)
    generator = build_generator(settings)
    if isinstance(generator, Shortcut):
        generator.fit(sources, targets)
    critic = partial(PatchCritic, seen_axes(settings), width=settings.critic_width, levels=settings.critic_levels)
    lesson = PairedLesson(
        generator,
        critic(sum(settings.channels) + settings.target_channels),
        PairedBatches(sources, targets, settings.patch, _augmentation(settings), seed=seed),
        adversary=ADVERSARIES.get(settings.adversary),
        distance=_distance(settings),
        adversarial=settings.adversarial,
        fidelity=settings.fidelity,
        regularizer=regularizer,
    )
    learner = TranslationLearner(lesson, config_of(settings, steps=steps, seed=seed))
    if regularizer is not None:
        regularizer.to(learner.fabric.device)
    return learner


def _augmentation(settings: TranslationSettings) -> AugmentationConfig:
    """Return what changes a batch; labels are moved, and nothing else, having no intensities."""
    config = augmentation_of(settings)
    return replace(config, order=("spatial",)) if settings.scheme == "none" else config


def _distance(settings: TranslationSettings) -> Callable[[Tensor, Tensor], Tensor]:
    if not settings.favored:
        return settings.plain_loss()
    low, high = to_scale(np.array(settings.favored), settings).tolist()
    return FavoredDistance(power=2 if settings.loss == "l2" else 1, low=low, high=high, favor=settings.favor)
