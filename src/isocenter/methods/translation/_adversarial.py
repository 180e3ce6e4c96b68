"""A translation learned against critics.

In:   images of one or several inputs; an image target; where a regularizer is asked for, a mask that guides.
Out:  AdversarialTranslation, to be made with a card, settings that make it what it is, and how its learner is built.
Not:  no networks and no losses (learning/generative).
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import nn

from isocenter.core.case import Cases
from isocenter.core.errors import StudyError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.study import Study, Target
from isocenter.learning.generative.translation_learner import TranslationLearner
from isocenter.learning.last_good import driven
from isocenter.learning.phases import Phase, Phases
from isocenter.learning.weights import read_weights
from isocenter.methods.translation._build import build_generator
from isocenter.methods.translation._guided import build_image_regularizer, phases_before
from isocenter.methods.translation._plan import Build, learned_image, plan_translation
from isocenter.methods.translation._prepared import Sides, apart, paired
from isocenter.methods.translation._settings import TranslationSettings
from isocenter.methods.translation._translator import Translator, tuning_error

LOOKED_AT = 8
"""Tuning cases looked at while training; none of it chooses anything."""


class AdversarialTranslation:
    """See Method in core/method.py."""

    def __init__(self, card: Card, build: Build, *, preset: Mapping[str, tuple[Any, str]], pairs: bool, networks: int) -> None:
        """Make a method.

        build    : settings and both sides -> learner
        preset   : settings that make it what it is, each with its reason
        pairs    : whether source and target must be one case's
        networks : passes through networks of the generator's size in a step
        """
        self.card, self._build, self._preset, self._pairs, self._networks = card, build, dict(preset), pairs, networks

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        return plan_translation(
            study,
            fingerprint,
            self._build,
            method=self.card.name,
            preset=self._preset,
            networks=self._networks,
            minutes=minutes,
            gigabytes=gigabytes,
        )

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> Translator:
        """Train from where the journal's state stands. StudyError when a side has no image; Diverged where no look was good."""
        settings = plan.config(TranslationSettings)
        target, inputs = learned_image(study), tuple(study.inputs)
        looked_at = paired(tune.select(list(tune.keys)[:LOOKED_AT]), inputs, target, settings)
        regularizer = build_image_regularizer(settings, study)
        sides = self._sides(learn, inputs, target, settings)
        before: Sequence[Phase] = ()
        if regularizer is not None:
            before = phases_before(settings, study, regularizer, learn=learn, pairs=sides.pairs, steps=plan.steps)
        left = plan.steps - sum(phase.steps for phase in before)

        def translator(generator: nn.Module, ended: str = "") -> Translator:
            return Translator(generator, inputs=inputs, target=target, settings=settings, ended=ended)

        def evaluate(generator: nn.Module) -> Mapping[str, float]:
            return tuning_error(translator(generator), looked_at)

        def build() -> TranslationLearner:
            learner = self._build(settings, list(sides.sources), list(sides.targets), left, plan.seed, regularizer)
            learner.evaluate = evaluate
            return learner

        phases = Phases(before, build)
        ended = driven(phases, journal, steps=plan.steps, good=phases.in_last)
        return translator(phases.last.ema.network.cpu(), ended)

    def load(self, folder: Path) -> Translator:
        """Return the model `save` wrote."""
        data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        settings = as_config(TranslationSettings, data["settings"], method=self.card.name)
        generator = build_generator(settings)
        read_weights(generator, folder / "weights.safetensors")
        target = Target.model_validate(data["target"])
        return Translator(generator, inputs=tuple(data["inputs"]), target=target, settings=settings, ended=data["ended"])

    def _sides(self, learn: Cases, inputs: tuple[str, ...], target: Target, settings: TranslationSettings) -> Sides:
        """Return both sides of the learning cases. StudyError when one has none."""
        if self._pairs:
            cases = paired(learn, inputs, target, settings)
            sides = Sides(
                sources=tuple(c.image for c in cases),
                targets=tuple(c.target for c in cases if c.target is not None),
                pairs=tuple(cases),
            )
        else:
            sides = apart(learn, inputs, target, settings)
        if not sides.sources or not sides.targets:
            wanted = "pairs of input and target" if self._pairs else "inputs and targets, of one case or of different ones"
            raise StudyError(
                f"expected learning cases with {wanted}, got {len(sides.sources)} inputs and {len(sides.targets)} images "
                f"{target.name}. Look at: isocenter check STUDY"
            )
        return sides
