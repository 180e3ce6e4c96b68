"""The plan of an adversarial generator: fingerprint and budget in, every setting with its reason out.

In:   study, fingerprint, minutes; the settings that make a method what it is.
Out:  Plan. A few steps are timed on made-up images, so that the estimate is this machine's.
"""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.learning.generative.adversarial_learner import AdversarialLearner
from isocenter.methods._choices import Choices
from isocenter.methods._framing import put_frame
from isocenter.methods.generation._build import build_learner
from isocenter.methods.generation._settings import AdversarialSettings

STEPS_SANE = 1000
"""Below this nothing that looks like an image comes out."""
STEPS_MOST = 60_000
TIMED = 8


def plan_adversarial(
    study: Study, fingerprint: Mapping[str, Any], *, method: str, preset: Mapping[str, tuple[Any, str]], minutes: float
) -> Plan:
    """Choose every setting."""
    started = time.monotonic()
    chosen: Choices[Any] = Choices(study, AdversarialSettings, method=method)
    for name, (value, reason) in preset.items():
        chosen.rule(name, value, reason)
    put_frame(chosen, fingerprint)
    seconds = timed_step(chosen.config())
    left = max(minutes * 60 - (time.monotonic() - started), 0.5 * minutes * 60)
    fitting = max(1, min(STEPS_MOST, int(0.95 * left / seconds)))
    steps = int(study.settings.get("steps", fitting))
    return Plan(
        method=method,
        seed=study.seed,
        steps=steps,
        minutes=round(steps * seconds / 60, 2),
        gigabytes=1.0,
        sane=steps >= STEPS_SANE,
        settings=chosen.settings(),
        warnings=too_few(steps, minutes, asked="steps" in study.settings),
    )


def timed_step(settings: AdversarialSettings) -> float:
    """Return the mean seconds of a step, from some done on noise. They are spread over the training, since a pair grows."""
    noise = np.random.default_rng(0).uniform(-1, 1, (settings.batch, settings.channels, settings.side, settings.side))
    learner: AdversarialLearner = build_learner(
        settings, noise.astype(np.float32), np.zeros((settings.batch, 0), np.float32), steps=TIMED, seed=0
    )
    learner.step(TIMED - 1)
    began = time.monotonic()
    for step in range(TIMED):
        learner.step(step)
    return (time.monotonic() - began) / TIMED


def too_few(steps: int, minutes: float, *, asked: bool) -> tuple[str, ...]:
    """Return the warning of a plan that can yield no image."""
    if steps >= STEPS_SANE:
        return ()
    more = "ask for more steps" if asked else f"give it about {minutes * STEPS_SANE / max(steps, 1):.0f} minutes (--time-limit)"
    return (f"{steps} steps: below {STEPS_SANE} no image worth looking at is to be expected; {more}, or a smaller side",)
