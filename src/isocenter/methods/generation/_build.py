"""From settings to the learner of a pair.

In:   settings, images in the frame, conditions.
Out:  AdversarialLearner.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from isocenter.learning.generative.adversarial_learner import AdversarialConfig, AdversarialLearner
from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.generative.networks import PAIRS
from isocenter.methods.generation._settings import AdversarialSettings


def build_learner(
    settings: AdversarialSettings,
    images: NDArray[np.float32],
    conditions: NDArray[np.float32],
    *,
    steps: int,
    seed: int,
) -> AdversarialLearner:
    """Return the learner at its first step.

    images     : (N, C, side, side)
    conditions : (N, K)
    """
    torch.manual_seed(seed)
    generator, critic = PAIRS.get(settings.pair).build(settings.networks(conditions.shape[1]))
    config = AdversarialConfig(
        steps=steps, batch=settings.batch, latent=settings.latent, critic_steps=settings.critic_steps,
        learning_rate=settings.learning_rate, first_moment=settings.first_moment, average=settings.average, seed=seed,
    )  # fmt: skip
    return AdversarialLearner(generator, critic, ADVERSARIES.get(settings.adversary), images, conditions, config)
