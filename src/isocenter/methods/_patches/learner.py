"""The learner of a network of patches: settings made into network, loss, sampler, augmentation.

In:   settings, prepared cases.
Out:  PatchLearner.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import nn

from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.code_lesson import CodeLesson
from isocenter.learning.gradient_learner import GradientLearner, unmeasured
from isocenter.learning.mask_lesson import MaskLesson
from isocenter.learning.networks import NETWORKS
from isocenter.learning.patch_learner import PatchLearner, PatchLearnerConfig, PatchLesson
from isocenter.learning.places import Sampler, class_places
from isocenter.learning.preparation import Prepared
from isocenter.learning.regularizer import ImageRegularizer, Regularizer
from isocenter.learning.sampling import SAMPLERS
from isocenter.methods._patches.parts import sampler_options
from isocenter.methods._patches.settings import PatchSettings, PatchTraining

MASKS = 8
"""Masks a step, at least, where masks alone are learned: they cost little, and their codes are standardized over the batch."""


def build_network(settings: PatchSettings, *, outputs: int) -> nn.Module:
    """Return a network with random weights and so many channels of output."""
    entry = NETWORKS.get(settings.network)
    fields = {f.name for f in dataclasses.fields(entry.config)}
    wanted = {
        "dimensions": settings.dimensions,
        "in_channels": sum(settings.channels),
        "out_channels": outputs,
        "widths": settings.widths,
        "strides": settings.strides,
        "kernels": settings.kernels,
        "deep_supervision": settings.deep_supervision,
        "normalization": settings.normalization,
    }
    return entry.build(entry.config(**{n: v for n, v in wanted.items() if n in fields}))


def build_learner(
    settings: PatchTraining,
    *,
    build: Callable[[], nn.Module],
    cases: Sequence[Prepared],
    steps: int,
    seed: int,
    evaluate: Callable[[nn.Module], Mapping[str, float]] = unmeasured,
    middle: bool = False,
    regularizer: Regularizer | None = None,
) -> PatchLearner:
    """Return the learner of a plan, from prepared cases that have a target.

    build       : makes the network, with random weights
    middle      : the network answers for the middle sample of a patch alone
    regularizer : adds its cost to the loss
    """
    torch.manual_seed(seed)
    network = build()
    drawing, augment = _drawing(settings, cases, seed)
    return PatchLearner(
        network,
        cases=cases,
        loss=settings.criterion(),
        sampler=drawing,
        augment=augment,
        evaluate=evaluate,
        config=_config(settings, steps=steps, seed=seed, middle=middle),
        regularizer=regularizer,
    )


def build_mask_learner(
    settings: PatchTraining, network: nn.Module, *, cases: Sequence[Prepared], steps: int, seed: int, classes: int
) -> GradientLearner:
    """Return a learner of a network of masks (maps -> logits), from the masks of the same patches, by the same loss.

    classes : channels of the maps
    """
    patches = _plain_patches(settings, cases, steps=steps, seed=seed)
    return GradientLearner(network, MaskLesson(patches, classes=classes), patches.config.gradients())


def build_code_learner(
    settings: PatchTraining, regularizer: ImageRegularizer, *, cases: Sequence[Prepared], steps: int, seed: int, classes: int
) -> GradientLearner:
    """Return a learner of a regularizer's network of images, from images and what its network of masks says of their masks.

    classes : channels of the maps
    """
    patches = _plain_patches(settings, cases, steps=steps, seed=seed)
    lesson = CodeLesson(patches, regularizer, classes=classes)
    learner = GradientLearner(regularizer.of_images, lesson, patches.config.gradients())
    regularizer.to(learner.fabric.device)
    return learner


def _plain_patches(settings: PatchTraining, cases: Sequence[Prepared], *, steps: int, seed: int) -> PatchLesson:
    """Return patches for networks of codes: many a step, at full precision."""
    config = _config(settings, steps=steps, seed=seed)
    config = dataclasses.replace(config, batch=max(config.batch, MASKS), precision="float32", compiled=False)
    sampler, augment = _drawing(settings, cases, seed)
    return PatchLesson(cases, loss=settings.plain_loss(), sampler=sampler, augment=augment, config=config)


def _drawing(settings: PatchTraining, cases: Sequence[Prepared], seed: int) -> tuple[Sampler, Augmenter]:
    """Return what draws patches, and what changes them."""
    sampler = _sampler(settings, cases, np.random.default_rng([seed, 1]))
    return sampler, Augmenter(augmentation_of(settings), np.random.default_rng([seed, 2]))


def _config(settings: PatchTraining, *, steps: int, seed: int, middle: bool = False) -> PatchLearnerConfig:
    return PatchLearnerConfig(
        patch=settings.patch,
        middle=middle,
        foreground_augmented=settings.augmented == "foreground",
        batch=settings.batch,
        steps=steps,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        average=settings.average,
        precision=settings.precision,
        channels_last=settings.channels_last,
        compiled=settings.compiled,
        seed=seed,
    )


def augmentation_of(settings: PatchTraining) -> AugmentationConfig:
    """Return nnU-Net's augmentation, every probability scaled by the setting `augmentation`."""
    strength = settings.augmentation
    plain = AugmentationConfig()
    scaled = {
        f.name: min(1.0, getattr(plain, f.name) * strength) for f in dataclasses.fields(plain) if f.name.endswith("probability")
    }
    if settings.rotation_deg == 0:
        scaled["rotation_probability"] = 0.0
    if max(settings.zoom) == min(settings.zoom) == 1.0:
        scaled["scaling_probability"] = 0.0
    live = [a for a, n in enumerate(settings.patch) if n > 1]
    mirrored = tuple(live.index(a) for a in settings.mirror_axes if a in live) if strength > 0 else ()
    turns = (settings.rotation_deg,) * (3 if settings.dimensions == 3 else 1)
    return dataclasses.replace(
        plain,
        **scaled,
        scaling=settings.zoom,
        mirror_axes=mirrored,
        rotation_deg=turns,
        untouched_axis=settings.untouched_axis,
    )


def _sampler(settings: PatchTraining, cases: Sequence[Prepared], generator: np.random.Generator) -> Sampler:
    places = []
    for case in cases:
        if case.target is None:
            continue
        overlapping = case.target.ndim == case.image.ndim
        places.append(class_places(case.target, overlapping=overlapping, generator=generator))
    kind = SAMPLERS.get(settings.sampler)
    return kind(places, settings.patch, generator, **sampler_options(settings.sampler, settings.sampler_settings))
