"""Settings made into heads, network and learner.

In:   settings, targets, items.
Out:  heads by target, ExamNetwork, GradientLearner.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from isocenter.core.errors import StudyError
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.exam.dense import Dense
from isocenter.learning.exam.items import Item
from isocenter.learning.exam.lesson import ExamLesson, LessonConfig
from isocenter.learning.exam.network import ExamNetwork, ExamNetworkConfig
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner, one_group, unmeasured
from isocenter.learning.head import Head
from isocenter.learning.heads import HEADS, default_head
from isocenter.learning.heads.cumulative import Cumulative
from isocenter.learning.heads.sigmoid import Sigmoid
from isocenter.learning.heads.softmax import Softmax
from isocenter.methods._exam.settings import NONE, ExamSettings

Groups = Callable[[nn.Module, float], list[dict[str, Any]]]
Heads = Mapping[str, Head | Dense]
Weighted = Softmax | Sigmoid | Cumulative
"""Heads whose classes may weigh unlike in the loss: those of the kinds BALANCED."""
BALANCED = frozenset({"class", "ordinal", "multilabel"})


def head_name(target: Target, settings: ExamSettings) -> str:
    """Return the head of a target. StudyError when it cannot answer that kind."""
    name = settings.heads.get(target.name) or default_head(target.type)
    kinds = HEADS.get(name).kinds
    if target.type not in kinds:
        raise StudyError(
            f"expected a head for the {target.type} target {target.name!r}, got {name}, which answers {', '.join(sorted(kinds))}."
        )
    return name


def balanced_target(targets: Sequence[Target]) -> Target | None:
    """Return the target the setting `balance` speaks of: the first that has classes, grades or findings; None without one."""
    return next((target for target in targets if target.type in BALANCED), None)


def fit_heads(targets: Sequence[Target], labels: Mapping[str, Sequence[Value]], settings: ExamSettings) -> dict[str, Head]:
    """Return the head of every target but masks, fitted to the learning cases' labels; of the balanced one classes weigh unlike
    if the settings say so.
    """
    heads: dict[str, Head] = {}
    for target in targets:
        if target.type == "mask":
            continue
        head = HEADS.get(head_name(target, settings)).fit(target, labels[target.name])
        if settings.balance == "loss" and target == balanced_target(targets) and isinstance(head, Weighted):
            weights = _class_weights(head, labels[target.name], positive=target.type == "multilabel")
            head = dataclasses.replace(head, weights=weights)
        heads[target.name] = head
    return heads


def _class_weights(head: Weighted, labels: Sequence[Value], *, positive: bool) -> tuple[float, ...]:
    """Return one weight a class: inverse to its frequency, mean 1; of findings, negatives for each positive, at most 20."""
    truths = np.array([head.truth(label) for label in labels], float)
    if positive:
        there, known = np.nansum(truths, axis=0), (~np.isnan(truths)).sum(axis=0)
        return tuple(float(w) for w in np.clip((known - there) / np.maximum(there, 1), 0.05, 20.0))
    classes = truths[~np.isnan(truths[:, 0]), 0].astype(int)
    counts = np.maximum(np.bincount(classes, minlength=len(head.names)), 1)
    weights = 1.0 / counts
    return tuple(float(w) for w in weights * len(weights) / weights.sum())


def build_network(settings: ExamSettings, heads: Heads, *, covariates: int) -> ExamNetwork:
    """Return a network with random weights."""
    return ExamNetwork(
        ExamNetworkConfig(
            dimensions=settings.dimensions,
            channels=settings.view_channels,
            outputs={name: head.outputs for name, head in heads.items()},
            dense=tuple(name for name, head in heads.items() if isinstance(head, Dense)),
            covariates=covariates,
            encoder=settings.encoder,
            encoder_settings=settings.encoder_settings,
            fusion=settings.fusion,
            pooling=settings.pooling,
            conditioning=settings.covariates,
            dropout=settings.dropout,
            pooled_norm=settings.pooled_norm,
        )
    )


def build_lesson(settings: ExamSettings, heads: Heads, items: Sequence[Item], *, seed: int) -> ExamLesson:
    """Return what draws batches of a plan; with no heads, of images alone."""
    classes = next((name for name, head in heads.items() if isinstance(head, Weighted)), "")  # heads stand as targets do
    return ExamLesson(
        items,
        heads,
        config=LessonConfig(
            batch=settings.batch,
            instances=settings.instances,
            view_dropout=settings.view_dropout,
            auxiliary_weight=settings.auxiliary_weight,
            weights=settings.weights,
        ),
        augment=Augmenter(augmentation_of(settings), np.random.default_rng([seed, 2])),
        generator=np.random.default_rng([seed, 1]),
        balance=classes if settings.balance == "sampling" else "",
    )


def build_learner(
    settings: ExamSettings,
    network: ExamNetwork,
    heads: Heads,
    items: Sequence[Item],
    *,
    steps: int,
    seed: int,
    evaluate: Callable[[nn.Module], Mapping[str, float]] = unmeasured,
    groups: Groups = one_group,
) -> GradientLearner:
    """Return the learner of a plan."""
    lesson = build_lesson(settings, heads, items, seed=seed)
    gradients = GradientConfig(
        dimensions=settings.dimensions,
        steps=steps,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        average=settings.average,
        precision=settings.precision,
        channels_last=True,
        seed=seed,
    )
    return GradientLearner(network, lesson, gradients, evaluate=evaluate, groups=groups)


def new_network(settings: ExamSettings, heads: Heads, *, covariates: int, seed: int) -> ExamNetwork:
    """Return a network whose random weights follow from the seed alone."""
    torch.manual_seed(seed)
    return build_network(settings, heads, covariates=covariates)


def augmentation_of(settings: ExamSettings) -> AugmentationConfig:
    """Return the augmentation, every probability scaled by the setting `augmentation`."""
    strength = settings.augmentation
    plain = AugmentationConfig(rotation_probability=0.5, scaling_probability=0.5, scaling=(0.85, 1.18))
    scaled = {
        f.name: min(1.0, getattr(plain, f.name) * strength) for f in dataclasses.fields(plain) if f.name.endswith("probability")
    }
    turns = (settings.rotation_deg,) * (3 if settings.dimensions == 3 else 1)
    mirrored = tuple(a for a in settings.mirror_axes if a < settings.dimensions) if strength > 0 else ()
    if any(scheme == "ct" for scheme in settings.schemes):  # Hounsfield units are what is measured: they are not moved
        scaled |= {"brightness_probability": 0.0, "contrast_probability": 0.0, "gamma_probability": 0.0}
        scaled |= {"gamma_inverted_probability": 0.0}
    return dataclasses.replace(plain, **scaled, mirror_axes=mirrored, rotation_deg=turns)


def uses_covariates(settings: ExamSettings) -> bool:
    """Tell whether covariates enter the network."""
    return settings.covariates != NONE


def covariates_of(study: Study) -> list[str]:
    """Return the covariates a network may look at: those of the study that are no answer."""
    answers = {column for target in study.targets for column in target.columns}
    return [name for name in study.covariates if name not in answers]
