"""The learner of a network of patches: settings made into network, loss, sampler, augmentation.

In:   settings, prepared cases.
Out:  PatchLearner.
"""

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import nn

from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.gradient_learner import unmeasured
from isocenter.learning.networks import NETWORKS
from isocenter.learning.patch_learner import PatchLearner, PatchLearnerConfig
from isocenter.learning.places import Sampler, class_places
from isocenter.learning.preparation import Prepared
from isocenter.learning.sampling import SAMPLERS
from isocenter.methods._patches.settings import PatchSettings, PatchTraining


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
) -> PatchLearner:
    """Return the learner of a plan, from prepared cases that have a target.

    build  : makes the network, with random weights
    middle : the network answers for the middle sample of a patch alone
    """
    torch.manual_seed(seed)
    network = build()
    drawing = np.random.default_rng([seed, 1])
    return PatchLearner(
        network,
        cases=cases,
        loss=settings.criterion(),
        sampler=_sampler(settings, cases, drawing),
        augment=Augmenter(augmentation_of(settings), np.random.default_rng([seed, 2])),
        evaluate=evaluate,
        config=PatchLearnerConfig(
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
        ),
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
    extra = {"share": settings.foreground_share} if "share" in inspect.signature(kind).parameters else {}
    return kind(places, settings.patch, generator, **extra)
