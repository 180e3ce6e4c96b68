"""The plan of a classifier of tiles: fingerprint and budget in, every setting with its reason out.

In:   study, fingerprint, minutes, gigabytes. Out: Plan. A few steps are timed on made-up tiles.
Not:  no slide is opened.
"""

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from isocenter.core.errors import StudyError
from isocenter.core.plan import Cost, Plan
from isocenter.core.slide import read_at
from isocenter.core.study import Study, Target
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner
from isocenter.learning.planning.budget import too_few
from isocenter.learning.slides.bag import HEAT_MAP
from isocenter.learning.slides.lesson import Learned, LessonConfig, SlideLesson
from isocenter.learning.slides.network import SlideNetwork, SlideNetworkConfig
from isocenter.methods._choices import Choices
from isocenter.methods._precision import choose_precision
from isocenter.methods._slides.settings import SlideSettings

NAME = "slide_patches"
TILE_UM = 64.0
"""Side of a tile: some tens of cells, which is what tells tissues apart."""
SMALLEST, LARGEST = 32, 256
STEPS_SANE = 100
STEPS_MOST = 4000
ROUNDS_MOST = 30
"""Times every tile is seen at most."""
TRAINED = 0.7
"""Share of the minutes that training takes; the rest reads slides and looks over them."""
WIDTHS = (16, 32, 64, 128)
TIMED = 5


def plan_slides(study: Study, fingerprint: Mapping[str, Any], *, regions: Target | None, minutes: float, gigabytes: float) -> Plan:
    """Choose every setting. StudyError where no input is a slide."""
    if not study.at:
        raise StudyError(
            f"expected a study whose input is a slide for method {NAME}, got none. Say how large its samples are read: "
            f"at: {{{next(iter(study.inputs))}: 20x}}."
        )
    if not fingerprint.get("shapes"):
        raise StudyError("expected learning cases with slides, got none. Look at: isocenter check STUDY")
    began = time.monotonic()
    chosen = Choices(study, SlideSettings, method=NAME)
    um = read_at(next(iter(study.at.values())))
    chosen.rule("um_per_px", um, f"the study reads slides at {next(iter(study.at.values()))}")
    side = int(np.clip(8 * round(TILE_UM / chosen["um_per_px"] / 8), SMALLEST, LARGEST))
    chosen.rule("tile", side, f"{side} samples are {side * um:.0f} um, some tens of cells ({TILE_UM:.0f} wanted)")
    if regions is not None:
        chosen.rule("pooling", HEAT_MAP, f"{regions.name} teaches which tiles matter: a slide is told by the map of them")
    else:
        chosen.rule("pooling", "attention", "no regions were drawn: which tiles decide is learned")
    chosen.rule("encoder_settings", _shape(chosen), "halved at once where tiles are large, to look at more of them")

    def timed(**changes: Any) -> float:
        return seconds_a_step(chosen.config(**changes), regions)

    seconds = choose_precision(chosen, timed) or timed()
    config = chosen.config()
    cases = int(fingerprint["cases"])
    area = float(
        np.median([np.prod(np.asarray(s, float) * p) for s, p in zip(fingerprint["shapes"], fingerprint["spacings"], strict=True)])
    )
    tiles = cases * min(config.per_slide, max(1.0, area / config.side_um**2))
    fitting = int(max(1.0, TRAINED * minutes * 60 - (time.monotonic() - began)) / seconds)
    rounds = max(2 * STEPS_SANE, math.ceil(ROUNDS_MOST * tiles / config.batch))
    steps = int(study.settings.get("steps", max(1, min(fitting, rounds, STEPS_MOST))))
    memory = 1.0 + 2e-9 * 12 * config.batch * config.tile**2 * WIDTHS[0]
    few = too_few(steps, sane=STEPS_SANE, minutes=minutes, asked="steps" in study.settings)
    warnings = [few] if few else []
    if memory > gigabytes:
        warnings.append(f"training needs about {memory:.1f} GB and {gigabytes:.1f} GB are free: --set batch=… makes it smaller")
    return Plan(
        method=NAME,
        seed=study.seed,
        steps=steps,
        minutes=round(steps * seconds / 60, 2),
        gigabytes=round(memory, 2),
        sane=not warnings,
        settings=chosen.settings(),
        warnings=tuple(warnings),
        costs=(
            Cost(
                name="disk for tiles",
                value=round(tiles * 3 * config.tile**2 / 1e9, 3),
                unit="GB",
                how=f"{cases} slides, at most {config.per_slide} tiles of each, 3 bytes a sample",
            ),
        ),
    )


def _shape(chosen: Choices[SlideSettings]) -> dict[str, Any]:
    if chosen.user_set("encoder") and chosen.config().encoder != "convnet":
        return {}
    return {"widths": WIDTHS, "first_stride": 2 if chosen["tile"] >= 96 else 1}


def seconds_a_step(settings: SlideSettings, regions: Target | None) -> float:
    """Return the median seconds of a few steps on made-up tiles; those of bags cost the same."""
    count = len(regions.classes) if regions is not None else 2
    rng = np.random.default_rng(0)
    made = Learned(
        tiles=rng.integers(0, 256, (2 * count, 3, settings.tile, settings.tile)).astype(np.uint8),
        label=np.arange(2 * count) % count,
        slide=np.zeros(2 * count, np.intp),
        bags={},
    )
    learner = build_learner(
        settings,
        network_of(settings, classes=count, outputs={}, seed=0),
        SlideLesson(made, {}, lesson_of(settings, 0)),
        steps=100,
        seed=0,
    )
    learner.step(0)
    seconds = []
    for step in range(TIMED):
        began = time.monotonic()
        learner.step(step + 1)
        seconds.append(time.monotonic() - began)
    return float(np.median(seconds))


def lesson_of(settings: SlideSettings, seed: int) -> LessonConfig:
    """Return how batches are drawn."""
    return LessonConfig(
        batch=settings.batch, instances=settings.instances, balanced=settings.balance == "sampling",
        jitter=settings.stain_augmentation, seed=seed,
    )  # fmt: skip


def network_of(settings: SlideSettings, *, classes: int, outputs: Mapping[str, int], seed: int) -> SlideNetwork:
    """Return a network whose random weights follow from the seed alone."""
    torch.manual_seed(seed)
    return SlideNetwork(
        SlideNetworkConfig(
            classes=classes, outputs=outputs, pooling=settings.pooling, encoder=settings.encoder,
            encoder_settings=settings.encoder_settings, dropout=settings.dropout,
        )
    )  # fmt: skip


def build_learner(
    settings: SlideSettings, network: SlideNetwork, lesson: SlideLesson, *, steps: int, seed: int, **more: Any
) -> GradientLearner:
    """Return the learner of a plan."""
    gradients = GradientConfig(
        dimensions=2, steps=steps, learning_rate=settings.learning_rate, weight_decay=settings.weight_decay,
        average=settings.average, precision=settings.precision, seed=seed,
    )  # fmt: skip
    return GradientLearner(network, lesson, gradients, **more)
