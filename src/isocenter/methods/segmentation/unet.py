"""U-Net for segmentation, configured from the data and the budget.

In:   images of one or several inputs, a mask target.
Out:  masks in the original geometry, and probability maps where asked for.
Not:  the network (learning/networks/unet.py), the rules (_patches/plan.py), the windows (learning/inference).

Reference: Ronneberger, Fischer & Brox, MICCAI 2015, arXiv:1505.04597; Isensee et al., Nat Methods 2021; 18:203-211.
Differs:   trained with AdamW on a one-cycle schedule and averaged weights for a stated budget, not for 250,000 steps.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from isocenter.core.case import Cases
from isocenter.core.errors import StudyError
from isocenter.core.journal import Journal
from isocenter.core.mask import Mask
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.study import Study, Target
from isocenter.learning.loop import run_loop
from isocenter.learning.preparation import Prepared, prepare_all, prepared_bytes
from isocenter.learning.weights import read_weights
from isocenter.methods.segmentation._build import build_segmentation
from isocenter.methods.segmentation._objects import ObjectRule, choose_rule
from isocenter.methods.segmentation._parts import scored_parts
from isocenter.methods.segmentation._segmenter import Segmenter, validation_dice
from isocenter.methods.segmentation._training import build_training
from isocenter.methods.segmentation._unet_config import UNetSettings
from isocenter.methods.segmentation._unet_plan import learned_target, output_channels, plan_unet

LOOKED_AT = 8
"""Tuning cases looked at while training."""
IN_MEMORY = 4e9
"""Bytes of prepared arrays kept in memory; above, they are mapped from disk."""


class UNetSegmentation:
    """A U-Net (or another network of the registry) trained on patches."""

    card = Card(
        name="unet",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=True,
        cite="Ronneberger et al., MICCAI 2015, arXiv:1505.04597; Isensee et al., Nat Methods 2021; 18:203-211",
        differs="AdamW, one-cycle schedule and averaged weights, for a stated budget of minutes",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        return plan_unet(study, fingerprint, minutes=minutes, gigabytes=gigabytes)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> Segmenter:
        """Train from where the journal's state stands. StudyError when no learning case has the target."""
        settings = plan.config(UNetSettings)
        target = learned_target(study)
        cases = _prepared(study, learn, target, settings, scratch=journal.scratch / "learn")
        if not cases:
            raise StudyError(f"expected learning cases with the mask {target.name}, got none. Look at: isocenter check STUDY")
        looked_at = _prepared(study, tune.select(list(tune.keys)[:LOOKED_AT]), target, settings, scratch=journal.scratch / "tune")

        def evaluate(network: nn.Module) -> Mapping[str, float]:
            return validation_dice(network, looked_at, target, settings)

        training = build_training(
            settings,
            cases=cases,
            steps=plan.steps,
            seed=plan.seed,
            evaluate=evaluate,
            outputs=output_channels(target),
        )
        run_loop(training, journal, steps=plan.steps)
        network, parts = training.last.ema.network.cpu(), scored_parts(study, target)
        model = Segmenter(network, inputs=tuple(study.inputs), target=target, settings=settings, parts=parts)
        if target.instances:
            model.rule = _rule(model, tune.select(list(tune.keys)[:LOOKED_AT]), scratch=journal.scratch)
        return model

    def load(self, folder: Path) -> Segmenter:
        """Return the model `save` wrote."""
        data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        config = as_config(UNetSettings, data["settings"], method=self.card.name)
        target = Target.model_validate(data["target"])
        network = build_segmentation(config, outputs=output_channels(target))
        read_weights(network, folder / "weights.safetensors")
        rule = ObjectRule(**data["rule"]) if data.get("rule") is not None else None
        parts = tuple(Target.model_validate(t) for t in data["parts"])
        return Segmenter(network.eval(), inputs=tuple(data["inputs"]), target=target, settings=config, rule=rule, parts=parts)


def _rule(model: Segmenter, tune: Cases, *, scratch: Path) -> ObjectRule:
    """Choose how objects are told apart on tuning cases whose truth numbers them."""
    cases = []
    for prediction in model.predict(tune, scratch=scratch):
        truth, answer = tune[prediction.case].labels.get(model.target.name), prediction.answers.get(model.target.name)
        if isinstance(truth, Mask) and truth.objects is not None and isinstance(answer, Mask):
            cases.append((answer.labels.array()[0] > 0, truth.objects.array()[0]))
    return choose_rule(cases)


def _prepared(study: Study, cases: Cases, target: Target, settings: UNetSettings, *, scratch: Path) -> list[Prepared]:
    config = settings.preparation(tuple(study.inputs))
    mapped = prepared_bytes(cases, config) > IN_MEMORY
    return prepare_all(cases, config, target=target, scratch=scratch if mapped else None)


METHOD = UNetSegmentation()
