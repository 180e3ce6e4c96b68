"""CycleGAN: without pairs; an image translated there and back must be itself again.

In:   images of one or several inputs; images wanted, of the same cases or of others. Which belong together is not looked at.
Out:  the image wanted, in the input's geometry.
Not:  nothing holds the answer to the patient: what the target's images show more often than the source's is put in, what they show
      less often is taken out. For pairs use pix2pix.py.

Reference: Zhu et al., ICCV 2017, arXiv:1703.10593; Cohen, Luck & Honari, MICCAI 2018, arXiv:1805.08841 (the hazard).
Differs:   U-Nets sized for a stated budget in place of residual networks; no identity loss; averaged generator.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from isocenter.core.errors import SettingError
from isocenter.core.method import Card
from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.generative.cycle_lesson import CycleLesson
from isocenter.learning.generative.patch_critic import PatchCritic
from isocenter.learning.generative.translation_batch import UnpairedBatches
from isocenter.learning.generative.translation_learner import TranslationLearner
from isocenter.learning.regularizer import ImageRegularizer
from isocenter.methods._patches.learner import augmentation_of
from isocenter.methods.translation._adversarial import AdversarialTranslation
from isocenter.methods.translation._build import build_generator, config_of, seen_axes, turned
from isocenter.methods.translation._settings import TranslationSettings


def build(
    settings: TranslationSettings,
    sources: list[NDArray[np.float32]],
    targets: list[NDArray[np.float32]],
    steps: int,
    seed: int,
    regularizer: ImageRegularizer | None = None,
) -> TranslationLearner:
    """Return the learner of two sides.

    SettingError without critics (nothing else tells the sides apart), and for what compares an image with the true one.
    """
    if regularizer is not None:
        raise SettingError("expected regularizer none: it compares an image with the true one, and without pairs there is none.")
    if settings.favored:
        raise SettingError(
            f"expected favored [], got {list(settings.favored)}: it weighs the distance from the true image, and without pairs "
            "there is none. pix2pix and residual_regression know it."
        )
    if settings.adversarial == 0:
        raise SettingError("expected adversarial above 0, got 0: without pairs, the critics alone know what a target looks like.")
    torch.manual_seed(seed)
    there = build_generator(settings)
    back = build_generator(turned(settings))
    axes = seen_axes(settings)
    critics = tuple(
        PatchCritic(axes, channels, width=settings.critic_width, levels=settings.critic_levels)
        for channels in (sum(settings.channels), settings.target_channels)
    )
    lesson = CycleLesson(
        (there, back),
        (critics[0], critics[1]),
        UnpairedBatches(sources, targets, settings.patch, augmentation_of(settings), seed=seed),
        adversary=ADVERSARIES.get(settings.adversary),
        distance=settings.plain_loss(),
        adversarial=settings.adversarial,
        fidelity=settings.fidelity,
        seed=seed,
    )
    return TranslationLearner(lesson, config_of(settings, steps=steps, seed=seed))


METHOD = AdversarialTranslation(
    Card(
        name="cyclegan",
        task="translation",
        answers=frozenset({"image"}),
        learned=True,
        cite="Zhu et al., ICCV 2017, arXiv:1703.10593",
        differs="U-Nets sized for a stated budget; no identity loss; the averaged generator answers",
        unpaired=True,
    ),
    build,
    preset={
        "fidelity": (3.0, "the paper's 10 held answers to the source's shades in short trainings"),
        "batch": (4, "critics and generators need many turns more than steady ones"),
    },
    pairs=False,
    networks=5,
)
