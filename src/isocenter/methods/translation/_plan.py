"""What a translation asks of its networks: the scale of the target, and steps that cost more than a generator's alone.

In:   study, fingerprint, minutes; the settings that make a method what it is.
Out:  Plan, by the rules of every network of patches; a few steps of all networks together are timed.
"""

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import SettingError, StudyError
from isocenter.core.plan import Plan, Setting
from isocenter.core.study import Study, Target
from isocenter.learning.generative.translation_learner import TranslationLearner
from isocenter.learning.planning.budget import STEPS_SANE, too_few
from isocenter.learning.regularizer import ImageRegularizer
from isocenter.methods._choices import Choices
from isocenter.methods._patches.learner import build_network
from isocenter.methods._patches.plan import Question, plan_patches
from isocenter.methods.translation._alike import ALIKE, finer_spacing
from isocenter.methods.translation._guided import build_image_regularizer
from isocenter.methods.translation._settings import TranslationSettings

TIMED = 3
NEVER = {
    "deep_supervision": "a critic is shown one image, at full resolution",
    "compiled": "networks that learn in turn are not compiled",
}
"""Settings of other networks of patches that are off here, and why."""

Build = Callable[
    [TranslationSettings, list[NDArray[np.float32]], list[NDArray[np.float32]], int, int, ImageRegularizer | None],
    TranslationLearner,
]
"""(settings, sources, targets, steps, seed, what adds to the loss) -> the learner at its first step."""


def learned_image(study: Study) -> Target:
    """Return the one image target this method learns. StudyError when there are several."""
    targets = [t for t in study.targets if t.type == "image" and t.use == "learn"]
    if len(targets) != 1:
        raise StudyError(
            f"expected one image target to learn, got {len(targets)} ({', '.join(t.name for t in targets) or 'none'}). "
            "Mark the others `use: score`, or write one study for each."
        )
    return targets[0]


def plan_translation(
    study: Study,
    fingerprint: Mapping[str, Any],
    build: Build,
    *,
    method: str,
    preset: Mapping[str, tuple[Any, str]],
    networks: int,
    minutes: float,
    gigabytes: float,
) -> Plan:
    """Choose every setting. SettingError for one that does not exist or cannot work, before anything is timed.

    build    : makes the learner whose steps are timed
    preset   : settings that make the method what it is, each with its reason
    networks : passes through networks of the generator's size in a step; the generator is made for that share of the minutes
    """
    started = time.monotonic()
    for name, why in NEVER.items():
        if study.settings.get(name):
            raise SettingError(f"expected {name} to be off, got {study.settings[name]!r}: {why}.")
    target = learned_image(study)
    seen = fingerprint.get("targets", {}).get(target.name, {})
    channels = int(seen.get("channels", 1))

    def make_target(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
        return generator.random((channels, *shape), dtype=np.float32)

    def choose(chosen: Choices[Any]) -> None:
        for name, (value, reason) in preset.items():
            chosen.rule(name, value, reason)
        _choose_scale(chosen, seen, channels)
        chosen.rule("finer", finer is not None, finer.reason if finer is not None else "the targets' samples are no finer")
        if finer is None:
            _keep_samples(chosen, np.asarray(fingerprint["spacings"], float))

    spacings = np.asarray(fingerprint.get("spacings") or [[]], float)
    finer = _finer(spacings, seen.get("spacing", ()), unit=str(fingerprint.get("unit", "px")))
    question = Question(
        method=method,
        config=TranslationSettings,
        build=partial(build_network, outputs=channels),
        make_target=make_target,
        choose=choose,
        objects=True,
        spacing=finer,
    )
    plan = plan_patches(study, fingerprint, question, minutes=minutes / networks, gigabytes=gigabytes)
    kept = tuple(_off(setting) for setting in plan.settings)
    plan = dataclasses.replace(plan, settings=kept)
    config = plan.config(TranslationSettings)
    seconds = _timed_step(config, build, build_image_regularizer(config, study))
    asked = "steps" in study.settings
    left = max(minutes * 60 - (time.monotonic() - started), 0.5 * minutes * 60)
    steps = int(study.settings["steps"]) if asked else max(1, int(0.9 * left / seconds))
    few = too_few(steps, sane=STEPS_SANE, minutes=minutes, asked=asked)
    memory = tuple(w for w in plan.warnings if "GB" in w)
    return dataclasses.replace(
        plan,
        steps=steps,
        minutes=round(steps * seconds / 60, 2),
        gigabytes=round(plan.gigabytes * networks, 2),
        sane=not few and not memory,
        warnings=((few,) if few else ()) + memory,
    )


def _choose_scale(chosen: Choices[Any], seen: Mapping[str, Any], channels: int) -> None:
    low, high = seen.get("low"), seen.get("high")
    known = low is not None and high is not None and high > low
    why = "all but one in 2000 samples of each learning target lie inside" if known else "the learning targets do not say"
    chosen.rule("target_low", float(low) if known and low is not None else 0.0, why)
    chosen.rule("target_high", float(high) if known and high is not None else 255.0, why)
    for name, value in (("channels", channels), ("unit", seen.get("unit", "1")), ("dtype", seen.get("dtype", "float32"))):
        chosen.rule(f"target_{name}", value, "the learning targets'")


def _keep_samples(chosen: Choices[Any], spacings: NDArray[np.float64]) -> None:
    """Work on each case's own samples where spacings (N, axes) are alike: an image resampled twice has lost its edges."""
    median = np.median(spacings, axis=0)
    widest = float(np.abs(spacings / median - 1.0).max())
    if widest <= ALIKE:
        why = f"spacings are within {100 * widest:.0f} % of their median, and what is resampled loses its edges"
        chosen.rule("spacing", (), why)


def _finer(spacings: NDArray[np.float64], wanted: Sequence[float], *, unit: str) -> Setting | None:
    """Return the setting `spacing` of an answer with finer samples than its input: the targets'. None = no axis of them is finer.

    spacings : (cases, axes) of the inputs
    wanted   : of the targets, median
    """
    median = np.median(spacings, axis=0).tolist()
    value = finer_spacing(median, wanted, unit=unit)
    if not value:
        return None
    shown = ", ".join(
        f"{w:.3g} {unit} along axis {a} in place of {m:.3g}" for a, (w, m) in enumerate(zip(value, median, strict=True)) if w
    )
    return Setting(
        name="spacing", value=value, reason=f"the targets have finer samples ({shown}), and so has the answer", origin="rule"
    )


def _off(setting: Setting) -> Setting:
    """Return a setting; those that are never on here as off."""
    if setting.name not in NEVER:
        return setting
    return Setting(name=setting.name, value=False, reason=NEVER[setting.name], origin="fixed")


def _timed_step(settings: TranslationSettings, build: Build, regularizer: ImageRegularizer | None) -> float:
    """Return the seconds of a step of all networks, from some done on noise; the least, as other work can only slow it."""
    rng = np.random.default_rng(0)
    sources = [rng.standard_normal((sum(settings.channels), *settings.patch), dtype=np.float32) for _ in range(2)]
    targets = [rng.uniform(-1, 1, (settings.target_channels, *settings.patch)).astype(np.float32) for _ in range(2)]
    learner = build(settings, sources, targets, 100, 0, regularizer)
    learner.step(0)
    seconds = []
    for step in range(TIMED):
        began = time.monotonic()
        learner.step(step + 1)
        seconds.append(time.monotonic() - began)
    return min(seconds)
