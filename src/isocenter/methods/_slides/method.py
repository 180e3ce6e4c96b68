"""A classifier of tiles as a method: plan, fit, load.

In:   a task, slides, regions drawn on them, what slides and patients are.
Out:  a SlideModel.
Not:  the rules (plan.py), the fit of bags (bags.py), which tiles are learned from (table.py).
"""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from isocenter.core.case import Cases
from isocenter.core.errors import StudyError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.study import Study, Target
from isocenter.core.task import Task
from isocenter.learning.head import Head
from isocenter.learning.heads import HEADS, default_head
from isocenter.learning.loop import run_loop
from isocenter.learning.slides.lesson import UNKNOWN, Learned, SlideLesson
from isocenter.learning.slides.network import SlideNetwork
from isocenter.learning.slides.stain import as_tensor, reference_from
from isocenter.learning.weights import read_weights
from isocenter.methods._baselines.labels import labeled, targets_of
from isocenter.methods._exam.model import head_numbers
from isocenter.methods._slides.bags import bags_of, calibrated, fit_bag, tile_border
from isocenter.methods._slides.model import SlideModel
from isocenter.methods._slides.plan import NAME, build_learner, lesson_of, network_of, plan_slides
from isocenter.methods._slides.settings import SlideSettings
from isocenter.methods._slides.table import learned_tiles, survey

LOOKED_AT = 512
"""Tuning tiles looked at while training."""


class SlidePatches:
    """See Method in core/method.py."""

    def __init__(self, task: Task) -> None:
        self.card = Card(
            name=NAME,
            task=task.name,
            answers=task.answers,
            learned=True,
            cite="Wang et al., arXiv:1606.05718; Ilse, Tomczak & Welling, ICML 2018, arXiv:1802.04712; Bándi et al., IEEE Trans "
            "Med Imaging 2019; 38:550-560",
            differs="small network; heat maps are joined by regression, and bags by any pooling there is",
            reads="slides",
        )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        regions, _ = split_targets(targets_of(study, self.card))
        return plan_slides(study, fingerprint, regions=regions, minutes=minutes, gigabytes=gigabytes)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> SlideModel:
        """Train tiles, or bags of them, from where the journal's state stands; then join what tiles say."""
        settings = plan.config(SlideSettings)
        regions, targets = split_targets(targets_of(study, self.card))
        shown = next(iter(study.at))
        heads: dict[str, Head] = {
            t.name: HEADS.get(default_head(t.type)).fit(t, [value for _, value in labeled(t, learn)]) for t in targets
        }
        surveyed = survey(learn, shown, settings)
        tabled = partial(
            learned_tiles,
            regions=regions, targets=targets, heads=heads, settings=settings, reference=surveyed.reference, seed=plan.seed,
        )  # fmt: skip
        data = tabled(surveyed, scratch=journal.scratch / "learn")
        if regions is not None and not (data.label != UNKNOWN).any():
            raise StudyError(f"expected learning slides with regions of target {regions.name}, got none. Draw some, or use: score.")
        if regions is None and not any(data.bags.values()):
            raise StudyError("expected learning slides with a label, got none. Look at: isocenter check STUDY")
        tuning = tabled(survey(tune, shown, settings), scratch=journal.scratch / "tune")
        network = network_of(
            settings,
            classes=len(regions.classes) if regions is not None else 0,
            outputs={name: head.outputs for name, head in heads.items()},
            seed=plan.seed,
        )

        def evaluate(module: nn.Module) -> Mapping[str, float]:
            return tuning_loss(module, tuning, heads, instances=settings.instances)

        lesson = SlideLesson(data, heads, lesson_of(settings, plan.seed))
        learner = build_learner(settings, network, lesson, steps=plan.steps, seed=plan.seed, evaluate=evaluate)
        run_loop(learner, journal, steps=plan.steps)
        averaged = learner.ema.network.cpu().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
        if not isinstance(averaged, SlideNetwork):
            raise TypeError(f"expected the averaged network of slides, got {type(averaged).__name__}")
        model = SlideModel(
            averaged, heads, shown=shown, regions=regions, targets=targets, settings=settings, reference=surveyed.reference,
            learned=summary(data, regions),
        )  # fmt: skip
        fit_joined(model, learn, tune, seed=plan.seed, scratch=journal.scratch)
        return model

    def load(self, folder: Path) -> SlideModel:
        """Return the model `save` wrote."""
        data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        settings = as_config(SlideSettings, data["settings"], method=NAME)
        regions = None if data["regions"] is None else Target.model_validate(data["regions"])
        targets = [Target.model_validate(t) for t in data["targets"]]
        heads = {
            t.name: as_config(HEADS.get(default_head(t.type)).config, head_numbers(data["heads"][t.name]), method=NAME)
            for t in targets
        }
        network = network_of(
            settings,
            classes=len(regions.classes) if regions is not None else 0,
            outputs={name: head.outputs for name, head in heads.items()},
            seed=0,
        )
        read_weights(network, folder / "weights.safetensors")
        return SlideModel(
            network, heads, shown=data["input"], regions=regions, targets=targets, settings=settings,
            reference=reference_from(data["reference"]), border=float(data["border"]), learned=data["learned"],
        )  # fmt: skip


def split_targets(targets: tuple[Target, ...]) -> tuple[Target | None, tuple[Target, ...]]:
    """Return the regions tiles are classified by, and what is said of slides and patients. StudyError for two kinds of regions."""
    masks = [t for t in targets if t.type == "mask"]
    if len(masks) > 1 or any(t.overlapping for t in masks):
        raise StudyError(
            f"expected one target of regions that do not overlap, got {', '.join(t.name for t in masks)}. Mark others use: score."
        )
    return (masks[0] if masks else None), tuple(t for t in targets if t.type != "mask")


def fit_joined(model: SlideModel, learn: Cases, tune: Cases, *, seed: int, scratch: Path) -> None:
    """Fit what joins tiles: the border of regions on tuning slides; bags on learning ones, stopped and calibrated on tuning."""
    seen = {case.key: model.see(case, scratch) for case in learn if model.shown in case.inputs} if model.targets else {}
    tuning = {case.key: model.see(case, scratch) for case in tune if model.shown in case.inputs}
    if model.regions is not None:
        model.border = tile_border(model.regions, tuning, tune)
    for target in model.targets:
        head = model.heads[target.name]
        learned, held = bags_of(target, head, seen, learn), bags_of(target, head, tuning, tune)
        if learned:
            fit_bag(model.network.bags[target.name], head, learned, held, seed=seed)
        model.heads[target.name] = calibrated(model.network.bags[target.name], head, held)


def tuning_loss(network: nn.Module, tuning: Learned, heads: Mapping[str, Head], *, instances: int) -> Mapping[str, float]:
    """Return the loss on tiles, or bags, of tuning slides, "tune_loss"; {} without any."""
    known = np.flatnonzero(tuning.label != UNKNOWN)
    device = next(network.parameters()).device
    with torch.inference_mode():
        if len(known):
            picked = known[np.unique(np.linspace(0, len(known) - 1, LOOKED_AT).round().astype(int))]
            logits = network.eval()(as_tensor(tuning.tiles[picked]).to(device))
            return {"tune_loss": float(cross_entropy(logits.float().cpu(), torch.from_numpy(tuning.label[picked])))}
        losses = []
        for name, bags in tuning.bags.items():
            for bag in bags[: LOOKED_AT // instances]:
                picked = bag.tiles[np.linspace(0, len(bag.tiles) - 1, instances).round().astype(int)]
                raw = network.eval()(as_tensor(tuning.tiles[picked]).to(device), bag=instances)[name]
                losses.append(float(heads[name].loss(raw.float().cpu(), torch.from_numpy(bag.truth[None])).mean()))
    return {"tune_loss": float(np.mean(losses))} if losses else {}


def summary(data: Learned, regions: Target | None) -> dict[str, Any]:
    """Return what was learned from, in counts."""
    counts = np.bincount(data.label[data.label != UNKNOWN], minlength=len(regions.classes) if regions is not None else 0)
    names = regions.classes if regions is not None else ()
    return {
        "slides": len(np.unique(data.slide)),
        "tiles": len(data.label),
        "tiles of class": {name: int(n) for name, n in zip(names, counts, strict=False)},
        "bags": {name: len(bags) for name, bags in data.bags.items()},
    }
