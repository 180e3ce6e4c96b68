"""A method that trains one network for the labels of whole exams: classes, findings, grades, values, counts, shares, times; masks.

In:   images of one or several inputs, covariates, one or several targets.
Out:  ExamModel.
Not:  no network of its own; a file of a task's folder gives its card and what makes it (a pooling, an encoder).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.core.amount import Amount
from isocenter.core.case import Case, Cases
from isocenter.core.errors import SettingError, unknown
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.learning.exam.batch import alike, collate
from isocenter.learning.exam.covariates import CovariateTable, fit_covariates
from isocenter.learning.exam.dense import Dense, dense_heads
from isocenter.learning.exam.items import Item, units_of
from isocenter.learning.exam.lesson import mean_loss, truth_counts
from isocenter.learning.exam.network import ExamNetwork, look
from isocenter.learning.exam.start import start_at_the_mean
from isocenter.learning.head import Head
from isocenter.learning.heads.cox import Cox
from isocenter.learning.loop import run_loop
from isocenter.methods._baselines.labels import labeled, nothing_to_learn, targets_of
from isocenter.methods._exam.build import covariates_of, fit_heads, head_name, new_network, uses_covariates
from isocenter.methods._exam.familiar import fit_familiar
from isocenter.methods._exam.model import ExamModel, load_model, readable
from isocenter.methods._exam.plan import plan_exam
from isocenter.methods._exam.settings import NONE, ExamSettings
from isocenter.methods._exam.start import start_from
from isocenter.methods._exam.training import build_training
from isocenter.metrics.conformal import fit_conformal

LOOKED_AT = 64
"""Tuning exams looked at while training."""
AT_ONCE = 16
"""Of them, in one batch."""


class Said(Record):
    """What a network says of one item."""

    item: Item
    raw: Mapping[str, NDArray[np.floating[Any]]]
    """By target, (outputs,)."""


class ExamMethod:
    """See Method in core/method.py."""

    def __init__(self, card: Card, preset: Mapping[str, tuple[Any, str]] | None = None) -> None:
        """Make a method of a card and the settings that make it what it is, each with its reason."""
        self.card = card
        self.preset = dict(preset or {})

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps. SettingError for settings that speak of nothing the study has."""
        _check_heads(targets_of(study, self.card), study.settings.get("heads"))
        return plan_exam(
            study,
            fingerprint,
            learned_targets(study, self.card, study.settings.get("weights")),
            method=self.card.name,
            preset=self.preset,
            minutes=minutes,
            gigabytes=gigabytes,
        )

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> ExamModel:
        """Train from where the journal's state stands. StudyError when no learning case has one of the targets."""
        settings = plan.config(ExamSettings)
        targets = learned_targets(study, self.card, settings.weights)
        labels: dict[str, list[Value]] = {t.name: [value for _, value in labeled(t, learn)] for t in targets}
        for target in targets:
            if not labels[target.name]:
                raise nothing_to_learn(target)
        table = _covariate_table(study, learn, settings)
        heads = fit_heads(targets, labels, settings)
        inputs = tuple(study.inputs)
        learned: dict[str, Head | Dense] = {**heads, **dense_heads(targets)}
        network = new_network(settings, learned, covariates=table.size, seed=plan.seed)
        model = ExamModel(network, heads, inputs=inputs, targets=targets, settings=settings, covariates=table)
        items = labeled_items(model, learn)
        tuning = labeled_items(model, tune)

        def evaluate(module: nn.Module) -> Mapping[str, float]:
            return tuning_losses(module, learned, tuning[:LOOKED_AT])

        start_at_the_mean(network, learned, items)
        pretrained = settings.pretrain != NONE
        training = build_training(
            settings, network, learned, items, images=[*items, *unlabeled_items(model, learn)] if pretrained else [],
            taken=start_from(network, settings.start), steps=plan.steps, seed=plan.seed, evaluate=evaluate,
        )  # fmt: skip
        run_loop(training if pretrained else training.last, journal, steps=plan.steps)
        # Laid out as it will be loaded, so that both answer bit for bit alike.
        averaged = training.last.ema.network.cpu().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
        if not isinstance(averaged, ExamNetwork):
            raise TypeError(f"expected the averaged network of exams, got {type(averaged).__name__}")
        scored = [t for t in study.targets if t.use == "score" and readable(t, targets)]
        fitted = ExamModel(averaged, heads, inputs=inputs, targets=targets, settings=settings, covariates=table, scored=scored)
        timed = any(isinstance(head, Cox) for head in heads.values())
        said = what_is_said(fitted, tuning or items) if timed or settings.calibrate or settings.interval else []
        heads = heads_with_baselines(heads, [*what_is_said(fitted, items), *said] if timed and tuning else said)
        fitted.heads = calibrated_heads(heads, said) if settings.calibrate else heads
        fitted.widths = interval_widths(fitted.heads, said, coverage=settings.interval) if settings.interval and tuning else {}
        fitted.familiar = fit_familiar(fitted.look_at, learn, items, inputs=inputs)
        return fitted

    def load(self, folder: Path) -> ExamModel:
        """Return the model `save` wrote."""
        return load_model(folder, self.card.name)


def learned_targets(study: Study, card: Card, weights: Any) -> tuple[Target, ...]:
    """Return the targets a network learns: those of the method's kinds whose loss does not weigh 0.

    A target of weight 0 is neither learned nor answered. SettingError for a weight of no target, or below 0; or when none is left.
    """
    targets = targets_of(study, card)
    given = dict(weights) if isinstance(weights, Mapping) else {}
    _check_named(given, targets, setting="weights")
    for name, weight in given.items():
        if not isinstance(weight, int | float) or not 0 <= weight < float("inf"):
            raise SettingError(f"expected weights of 0 or more, got {name}: {weight!r}.")
    left = tuple(t for t in targets if given.get(t.name, 1.0) > 0)
    if not left:
        raise SettingError(f"expected a target whose loss weighs more than 0, got weights of 0 for {', '.join(given)}.")
    return left


def _check_named(given: Iterable[str], targets: Sequence[Target], *, setting: str) -> None:
    """Refuse names of targets that are not there. SettingError, with "did you mean"."""
    for name in given:
        if name not in {t.name for t in targets}:
            raise SettingError(unknown("target", name, [t.name for t in targets]) + f" Mend `{setting}` in the settings.")


def _check_heads(targets: Sequence[Target], heads: Any) -> None:
    """Refuse heads of targets that are not there, and of kinds they cannot answer."""
    given = dict(heads) if isinstance(heads, Mapping) else {}
    _check_named(given, targets, setting="heads")
    for target in targets:
        if target.name in given:
            head_name(target, ExamSettings(heads=given))


def _covariate_table(study: Study, learn: Cases, settings: ExamSettings) -> CovariateTable:
    """Return how covariates become numbers. SettingError where they are asked for and no learning case has any."""
    if not uses_covariates(settings):
        return CovariateTable()
    names = covariates_of(study)
    told = [case.covariates for case in learn]
    if not any(covariates.get(name, "") != "" for covariates in told for name in names):
        raise SettingError(
            f"expected learning cases with a covariate for covariates: {settings.covariates}, got empty cells in "
            f"{', '.join(names)}. Fill the columns, or leave the setting out."
        )
    return fit_covariates(names, told)


def labeled_items(model: ExamModel, cases: Cases) -> list[Item]:
    """Return the items of the cases that carry a label of at least one target."""
    wanted = {target.name for target in model.targets}
    per_patient = any(target.per == "patient" for target in model.targets)
    found: list[Item] = []
    for unit in units_of(_with_labels(cases, wanted), per_patient=per_patient):
        found += [item for item in model.items(unit, labeled=True) if item.truths or item.masks]
    return found


def unlabeled_items(model: ExamModel, cases: Cases) -> list[Item]:
    """Return the items of the cases that carry no label of any target, as far as they show an input."""
    wanted = {target.name for target in model.targets}
    found = [case for case in cases if not wanted & set(case.labels) and any(name in case.inputs for name in model.inputs)]
    per_patient = any(target.per == "patient" for target in model.targets)
    return [item for unit in units_of(found, per_patient=per_patient) for item in model.items(unit, labeled=False)]


def _with_labels(cases: Cases, wanted: set[str]) -> list[Case]:
    return [case for case in cases if wanted & set(case.labels)]


def tuning_losses(network: nn.Module, heads: Mapping[str, Head | Dense], items: Sequence[Item]) -> Mapping[str, float]:
    """Return the mean loss on items not learned from, "tune_loss"; with several targets also of each, "tune_loss_<target>"."""
    if not items:
        return {}
    counts = truth_counts(heads, items)
    sums: dict[str, list[tuple[float, int]]] = {name: [] for name in heads}
    device = next(network.parameters()).device
    with torch.inference_mode():
        for group in alike(items, AT_ONCE):
            batch = collate(group, truths=counts).map(lambda tensor: tensor.to(device))
            output = look(network.eval(), batch)
            for name, head in heads.items():
                if name not in batch.truths:
                    continue
                loss = mean_loss(head, output.raw[name].float(), batch.truths[name])
                if loss is not None:
                    sums[name].append((float(loss), sum(name in item.truths or name in item.masks for item in group)))
    means = {name: sum(loss * n for loss, n in found) / sum(n for _, n in found) for name, found in sums.items() if found}
    if not means:
        return {}
    several = {f"tune_loss_{name}": mean for name, mean in means.items()} if len(means) > 1 else {}
    return {"tune_loss": float(np.sum(list(means.values()))), **several}


def what_is_said(model: ExamModel, items: Sequence[Item]) -> list[Said]:
    """Return what the network says of each item, in no order; whatever is chosen on them is chosen from this one look."""
    said: list[Said] = []
    for group in alike(items, AT_ONCE):
        raw = model.look_at(group).raw
        said += [Said(item=item, raw={name: raw[name][i].numpy() for name in model.heads}) for i, item in enumerate(group)]
    return said


def calibrated_heads(heads: Mapping[str, Head], said: Sequence[Said]) -> dict[str, Head]:
    """Return the heads with what is chosen on tuning items, or on learning items where there are no others."""
    chosen: dict[str, Head] = {}
    for name, head in heads.items():
        known = [one for one in said if name in one.item.truths]
        chosen[name] = head.calibrated(*_numbers(name, known)) if known else head
    return chosen


def heads_with_baselines(heads: Mapping[str, Head], said: Sequence[Said]) -> dict[str, Head]:
    """Return the heads, those of Cox with the baseline hazards of all items: without them there is no answer, calibrated or not.

    Few tuning items may hold no event at all; so these are the learning items too. StudyError if none of all has it.
    """
    known = {name: [one for one in said if name in one.item.truths] for name in heads}
    return {
        name: head.with_baseline(*_numbers(name, known[name])) if isinstance(head, Cox) else head for name, head in heads.items()
    }


def interval_widths(heads: Mapping[str, Head], said: Sequence[Said], *, coverage: float) -> dict[str, float]:
    """Return half the width of each amount's conformal interval, from tuning patients; infinite when they are too few."""
    widths: dict[str, float] = {}
    for name, head in heads.items():
        errors, patients = [], []
        for one in said:
            truth = one.item.truths.get(name)
            if truth is None or len(truth) != 2:
                continue
            answer = head.answer(one.raw[name])
            if isinstance(answer, Amount):
                errors.append(_outside(answer.value, truth * getattr(head, "whole", 1.0)))
                patients.append(one.item.patient)
        if errors:
            widths[name] = fit_conformal(errors, patients, coverage=coverage).half_width()
    return widths


def _numbers(name: str, said: Sequence[Said]) -> tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
    """Return what the network says (N, outputs), and the truths (N, T)."""
    return np.stack([one.raw[name] for one in said]), np.stack([one.item.truths[name] for one in said])


def _outside(value: float, ends: Any) -> float:
    """Return how far a value lies outside a label (low, high)."""
    return float(max(value - ends[1], ends[0] - value, 0.0))
