"""How long a step of a network of exams takes here: timed on made-up exams.

In:   settings, targets.
Out:  seconds; infinite where the settings cannot be carried out on this machine.
"""

import math
import time
from collections.abc import Sequence

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.learning.exam.dense import dense_heads
from isocenter.learning.exam.items import Item
from isocenter.learning.loop import Learner
from isocenter.methods._exam.build import fit_heads, new_network
from isocenter.methods._exam.settings import NONE, ExamSettings
from isocenter.methods._exam.training import build_training, pretraining

EXAMS, TIMED, ENOUGH_S = 4, 6, 20.0


def seconds_a_step(settings: ExamSettings, targets: Sequence[Target]) -> float:
    """Return the median seconds of a few steps. PlanError when none can be done in float32."""
    rng = np.random.default_rng(0)
    labels = {t.name: [_label(t, i) for i in range(EXAMS)] for t in targets if t.type != "mask"}
    try:
        heads = fit_heads(targets, labels, settings)
        dense = dense_heads(targets)
        items = [
            Item(
                keys=(str(i),),
                patient=str(i),
                targets=(*heads, *dense),
                views=tuple(
                    rng.standard_normal((_bag(settings), count, *settings.size[: settings.dimensions]), dtype=np.float32)
                    for count in settings.view_channels
                ),
                present=np.ones((_bag(settings), len(settings.view_channels)), np.float32),
                where={},
                covariates=np.zeros(1, np.float32),
                truths={name: head.truth(labels[name][i]) for name, head in heads.items()},
                frames=(),
                masks={name: np.zeros((_bag(settings), *settings.size[: settings.dimensions]), np.float32) for name in dense},
            )
            for i in range(EXAMS)
        ]
        network = new_network(settings, {**heads, **dense}, covariates=1, seed=0)
        training = build_training(settings, network, {**heads, **dense}, items, images=items, taken=None, steps=100, seed=0)
        ahead = pretraining(settings, network, items, steps=100, seed=0) if settings.pretrain != NONE else ()
        before = _median_seconds(ahead[-1].build()) if ahead else 0.0  # the topmost layer's, where there are several
        seconds = _median_seconds(training.last)
    except (RuntimeError, ImportError, OSError) as error:
        if settings.precision == "float32":
            raise PlanError(
                f"no training step could be done with these settings: {str(error).splitlines()[0]}. "
                "Look at size, encoder and encoder_settings, or leave them to the plan."
            ) from error
        return math.inf
    share = settings.pretrain_share if ahead else 0.0
    return share * before + (1.0 - share) * seconds


def _median_seconds(learner: Learner) -> float:
    learner.step(0)  # the first one allocates
    seconds: list[float] = []
    while len(seconds) < TIMED and sum(seconds) < ENOUGH_S:
        started = time.monotonic()
        learner.step(len(seconds) + 1)
        seconds.append(time.monotonic() - started)
    return float(np.median(seconds))


def _bag(settings: ExamSettings) -> int:
    return settings.size[-1] if settings.slices else 1


def _label(target: Target, index: int) -> Value:
    """Return a made-up label; what it says does not matter, only how large it is."""
    if target.type in ("class", "ordinal", "multilabel"):
        names = target.classes or target.columns
        return Scores(p=np.eye(len(names))[index % len(names)], names=names)
    if target.type == "survival":
        return Survival(days=np.array([100.0 + index]), alive=np.zeros(1), censored=index % 2 == 1)
    return Amount(value=0.2 * index, unit=target.unit)
