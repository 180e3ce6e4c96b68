"""From the settings of a translation to what its learners are built of.

In:   settings. Out: the generator, the axes networks see, how both sides are driven, the settings of the way back.
"""

import dataclasses

from torch import nn

from isocenter.learning.generative.shortcut import Shortcut
from isocenter.learning.generative.translation_learner import TranslationConfig
from isocenter.methods._patches.learner import build_network
from isocenter.methods.translation._settings import TranslationSettings


def build_generator(settings: TranslationSettings) -> nn.Module:
    """Return a generator with random weights."""
    network = build_network(settings, outputs=settings.target_channels)
    if not settings.residual:
        return network
    return Shortcut(network, sum(settings.channels), settings.target_channels, dimensions=settings.dimensions)


def seen_axes(settings: TranslationSettings) -> tuple[int, ...]:
    """Return the samples per axis of what networks see: axes of one sample are dropped."""
    return tuple(n for n in settings.patch if n > 1)


def config_of(settings: TranslationSettings, *, steps: int, seed: int) -> TranslationConfig:
    """Return how both sides are driven."""
    return TranslationConfig(
        dimensions=settings.dimensions,
        steps=steps,
        batch=settings.batch,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        average=settings.average,
        precision=settings.precision,
        channels_last=settings.channels_last,
        seed=seed,
    )


def turned(settings: TranslationSettings) -> TranslationSettings:
    """Return the settings of the generator that goes back: target in, source out."""
    return dataclasses.replace(settings, channels=(settings.target_channels,), target_channels=sum(settings.channels))
