"""pix2pix: from pairs, near the true image and such that a critic of neighborhoods finds nothing made about it.

In:   images of one or several inputs, and the image wanted of the same case.
Out:  that image in the input's geometry.
Not:  no pairs, no pix2pix: cyclegan.py learns without.

Reference: Isola et al., CVPR 2017, arXiv:1611.07004.
Differs:   U-Net sized for a stated budget, with instance normalization and without dropout; least-squares adversary; averaged
           generator. `adversarial: 0` is the plain regression beside it.
"""

from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from isocenter.core.method import Card
from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.generative.paired_lesson import PairedLesson
from isocenter.learning.generative.patch_critic import PatchCritic
from isocenter.learning.generative.translation_batch import PairedBatches
from isocenter.learning.generative.translation_learner import TranslationLearner
from isocenter.learning.losses import LOSSES
from isocenter.methods._patches.learner import augmentation_of, build_network
from isocenter.methods.translation._adversarial import AdversarialTranslation
from isocenter.methods.translation._build import config_of, seen_axes
from isocenter.methods.translation._settings import TranslationSettings


def build(
    settings: TranslationSettings, sources: list[NDArray[np.float32]], targets: list[NDArray[np.float32]], steps: int, seed: int
) -> TranslationLearner:
    """Return the learner of pairs."""
    torch.manual_seed(seed)
    generator = build_network(settings, outputs=settings.target_channels)
    critic = partial(PatchCritic, seen_axes(settings), width=settings.critic_width, levels=settings.critic_levels)
    lesson = PairedLesson(
        generator,
        critic(sum(settings.channels) + settings.target_channels),
        PairedBatches(sources, targets, settings.patch, augmentation_of(settings), seed=seed),
        adversary=ADVERSARIES.get(settings.adversary),
        distance=LOSSES.get(settings.loss),
        adversarial=settings.adversarial,
        fidelity=settings.fidelity,
    )
    return TranslationLearner(lesson, config_of(settings, steps=steps, seed=seed))


METHOD = AdversarialTranslation(
    Card(
        name="pix2pix",
        task="translation",
        answers=frozenset({"image"}),
        learned=True,
        cite="Isola et al., CVPR 2017, arXiv:1611.07004",
        differs="a U-Net sized for a stated budget, without dropout; least-squares adversary; the averaged generator answers",
    ),
    build,
    preset={
        "fidelity": (100.0, "the paper's, for an adversary of weight 1"),
        "batch": (4, "critic and generator need many turns more than steady ones"),
    },
    pairs=True,
    networks=2,
)
