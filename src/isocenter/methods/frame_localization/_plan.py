"""The plan of frame classifiers: fingerprint and budget in, every setting with its reason out.

In:   study, fingerprint, minutes, gigabytes.
Out:  Plan. A few steps are timed on made-up series, so that the estimate is this machine's.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from isocenter.core.errors import StudyError
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.frame_lesson import FrameLesson, Timed
from isocenter.learning.frame_network import FrameNetwork
from isocenter.learning.gradient_learner import GradientLearner, unmeasured
from isocenter.methods._choices import Choices
from isocenter.methods._patches.plan import steps_of, warnings_of
from isocenter.methods._precision import choose_precision
from isocenter.methods.frame_localization._settings import FrameSettings

NAME = "frame_classifiers"
LARGEST = 64
"""Samples of the longer side of a frame that a network looks at: where a border lies is not asked."""
SMALLEST = 8
STEPS_MOST = 1500
TIMED = 2
FRAMES = 25
"""Of a made-up series."""


def plan_frames(study: Study, fingerprint: Mapping[str, Any], events: int, *, minutes: float, gigabytes: float) -> Plan:
    """Choose every setting. SettingError for one that does not exist or cannot work, before anything is timed."""
    started = time.monotonic()
    chosen: Choices[Any] = Choices(study, FrameSettings, method=NAME)
    shapes = fingerprint.get("shapes")
    if not shapes:
        raise StudyError("expected learning cases with series, got none. Look at: isocenter check STUDY")
    if len(study.inputs) != 1:
        raise StudyError(f"expected one input, the series, got {len(study.inputs)}: {', '.join(study.inputs)}.")
    longest = int(np.median([max(shape[:2]) for shape in shapes]))
    size = min(LARGEST, max(longest, SMALLEST))
    chosen.rule("size", size, f"the longer side of a median frame has {longest} samples, of which at most {LARGEST} are looked at")
    given: Mapping[str, Any] = next(iter(fingerprint.get("inputs", {}).values()), {})
    chosen.rule("channels", int(given.get("channels", 1)), "those of the series")

    def timed(**changes: Any) -> float:
        return _seconds(chosen.config(**changes), events)

    seconds = choose_precision(chosen, timed) or timed()
    steps = min(steps_of(study, minutes, seconds, spent=time.monotonic() - started), int(study.settings.get("steps", STEPS_MOST)))
    config = chosen.config()
    memory = _gigabytes(config, len(shapes))
    warnings = warnings_of(steps, minutes, memory, gigabytes, asked="steps" in study.settings)
    return Plan(
        method=NAME, seed=study.seed, steps=steps, minutes=round(steps * seconds / 60, 2), gigabytes=round(memory, 2),
        sane=not warnings, settings=chosen.settings(), warnings=warnings,
    )  # fmt: skip


def build_learner(
    settings: FrameSettings,
    cases: Sequence[Timed],
    *,
    events: int,
    steps: int,
    seed: int,
    evaluate: Callable[[nn.Module], Mapping[str, float]] = unmeasured,
) -> GradientLearner:
    """Return the learner of a plan."""
    torch.manual_seed(seed)
    lesson = FrameLesson(
        cases,
        neighbors=settings.neighbors,
        cyclic=settings.cyclic,
        spread=settings.spread,
        batch=settings.batch,
        augment=Augmenter(settings.augmented(), np.random.default_rng([seed, 2])),
        generator=np.random.default_rng([seed, 1]),
    )
    network = FrameNetwork(settings.network(events))
    return GradientLearner(network, lesson, settings.driven(steps=steps, seed=seed), evaluate=evaluate)


def _seconds(settings: FrameSettings, events: int) -> float:
    """Return the seconds of a step, from some done on noise."""
    rng = np.random.default_rng(0)
    frames = rng.standard_normal((FRAMES, settings.channels, settings.size, settings.size), dtype=np.float32)
    case = Timed(frames=frames, events=np.full(events, FRAMES / 2))
    learner = build_learner(settings, [case], events=events, steps=10 * TIMED, seed=0)
    learner.step(0)  # the first one allocates
    began = time.monotonic()
    for step in range(1, 1 + TIMED):
        learner.step(step)
    return (time.monotonic() - began) / TIMED


def _gigabytes(settings: FrameSettings, cases: int) -> float:
    """Return what a training holds at once: prepared series, and four maps a level of every frame of a batch, there and back."""
    plane = float(settings.size**2) * FRAMES
    maps = sum(4.0 * width * 0.25**level for level, width in enumerate(settings.widths)) * plane * settings.batch
    return (4.0 * settings.channels * plane * cases + 4.0 * maps) / 1e9 + 0.8
