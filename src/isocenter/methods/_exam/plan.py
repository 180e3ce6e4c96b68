"""The plan of a network of whole exams: fingerprint and budget in, every setting with its reason out.

In:   study, fingerprint, minutes, gigabytes; the settings that make a method what it is.
Out:  Plan. A few steps are timed on made-up exams of the frame's size, so that the estimate is this machine's.
"""

import math
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch

from isocenter.core.errors import PlanError, SettingError
from isocenter.core.plan import Plan
from isocenter.core.study import Study, Target
from isocenter.learning.exam.items import GRAPH
from isocenter.learning.planning.budget import too_few
from isocenter.learning.planning.intensity import choose_intensity
from isocenter.methods._choices import Choices
from isocenter.methods._exam.build import balanced_target, covariates_of
from isocenter.methods._exam.settings import NONE, ExamSettings
from isocenter.methods._exam.start import choose_beginning, choose_transfer, random_and_frozen
from isocenter.methods._exam.training import teachable
from isocenter.methods._exam.trial import seconds_a_step
from isocenter.methods._precision import choose_precision
from isocenter.methods._shown import check_images

STEPS_SANE = 100
"""Below this no useful model comes out."""
STEPS_MOST = {2: 6000, 3: 4000}
ROUNDS_MOST = 150
"""Times every exam is seen at most: beyond, small sets are learned by heart."""
FLAT = 8
"""A volume of fewer slices is looked at slice by slice."""
LEAST_SIDE = 16
SIDES = {2: 128.0, 3: 40.0}
"""Side of a frame for 15 minutes on a processor, samples."""
OBJECT_SIDES = {2: 48, 3: 24}
"""Of an object that is cut out, and of its surroundings."""
CONTEXT = 3.0
"""How much wider than an object the surroundings are that are looked at."""
AMOUNTS = frozenset({"value", "count", "proportion"})
WIDTHS = (16, 32, 64, 128, 256)
LEAST_OF_A_LARGE_ONE = 64
"""Samples of the shortest side that DenseNet-121 wants; with fewer nothing is left after five halvings."""


def plan_exam(
    study: Study,
    fingerprint: Mapping[str, Any],
    targets: Sequence[Target],
    *,
    method: str,
    preset: Mapping[str, tuple[Any, str]],
    minutes: float,
    gigabytes: float,
) -> Plan:
    """Choose every setting.

    preset : setting -> (value, reason): what makes the method; the study's own settings still win
    """
    started = time.monotonic()
    check_images(fingerprint, study)
    chosen = Choices(study, ExamSettings, method=method)
    for name, (value, reason) in preset.items():
        chosen.rule(name, value, reason)
    if _is_graph(fingerprint):
        _choose_graph(chosen, study, fingerprint)
    _check_covariates(study)
    _choose_object(chosen, targets)
    _choose_images(chosen, study, fingerprint, targets, minutes=minutes)
    choose_beginning(chosen, dimensions=len(chosen["size"]) - int(chosen["slices"]))
    _choose_encoder(chosen, study)
    choose_transfer(chosen)
    _choose_learning(chosen, study, fingerprint, targets)
    timed = partial(_timed, chosen, targets)
    seconds = choose_precision(chosen, timed) or timed()
    config = chosen.config()
    cases = int(fingerprint["cases"])
    fitting = int(0.9 * max(minutes * 60 - (time.monotonic() - started), 0.5 * minutes * 60) / seconds)
    rounds = max(STEPS_SANE * 2, math.ceil(ROUNDS_MOST * cases / config.batch))
    most = STEPS_MOST[config.dimensions]
    steps = int(study.settings.get("steps", max(1, min(fitting, rounds, most))))
    memory = _gigabytes(config, cases)
    few = too_few(steps, sane=STEPS_SANE, minutes=minutes, asked="steps" in study.settings)
    warnings = [few] if few else []
    if memory > gigabytes:
        warnings.append(f"training needs about {memory:.1f} GB and {gigabytes:.1f} GB are free: --set batch=… makes it smaller")
    return Plan(
        method=method,
        seed=study.seed,
        steps=steps,
        minutes=round(steps * seconds / 60, 2),
        gigabytes=round(memory, 2),
        sane=not warnings,
        settings=chosen.settings(),
        warnings=(*warnings, *filter(None, [random_and_frozen(config)])),
    )


def _is_graph(fingerprint: Mapping[str, Any]) -> bool:
    return all(made["unit"] == GRAPH for made in fingerprint["inputs"].values())


def _choose_graph(chosen: Choices[ExamSettings], study: Study, fingerprint: Mapping[str, Any]) -> None:
    """A graph of N nodes is looked at whole, edge by edge. Its nodes are in an order: nothing is turned, moved or scaled."""
    nodes = int(np.asarray(fingerprint["shapes"]).max())
    why = f"a graph of {nodes} nodes is looked at whole"
    chosen.rule("size", (nodes, nodes), why)
    chosen.rule("schemes", ("none",) * len(study.inputs), "the weights of edges are numbers of their own")
    chosen.rule("augmentation", 0.0, "the nodes are in an order")
    chosen.rule("encoder", "brainnetcnn", why)
    chosen.rule("encoder_settings", {"nodes": nodes}, why)
    chosen.rule("dropout", 0.5, "few subjects for many edges")


def _check_covariates(study: Study) -> None:
    """Refuse covariates in the settings of a study that has none but answers. SettingError."""
    asked = study.settings.get("covariates", NONE)
    if asked == NONE or covariates_of(study):
        return
    beside = f"only {', '.join(study.covariates)}, which a target asks for" if study.covariates else "none"
    raise SettingError(
        f"expected the study to name covariates for the setting covariates: {asked}, got {beside}. Name their columns, as "
        "`covariates: [age, sex]` beside `targets:`, or leave the setting out."
    )


def _choose_object(chosen: Choices[ExamSettings], targets: Sequence[Target]) -> None:
    """A label of one object: the object is cut out, and seen a second time in its surroundings. SettingError for those alone."""
    if any(target.of_object for target in targets):
        chosen.rule("region", "crop", "the label speaks of one object, which is cut out")
        if chosen["region"] == "crop":
            chosen.rule("context", CONTEXT, "what an object is may lie in its surroundings: they are looked at too")
    for name, value in (("region", "pool"), ("context", 0.0)):
        if not chosen.made(name):
            chosen.rule(name, value, "no label speaks of one object")
    if chosen["context"] and chosen["region"] != "crop":
        raise SettingError(
            f"expected region: crop beside context: {chosen['context']}, got {chosen['region']}. Nothing is cut out that has "
            "surroundings; leave context out."
        )
    if chosen["context"]:
        chosen.rule("fusion", "dualnet", "the object and its surroundings have an encoder each")


def _choose_images(
    chosen: Choices[ExamSettings], study: Study, fingerprint: Mapping[str, Any], targets: Sequence[Target], *, minutes: float
) -> None:
    """Channels, intensities, frame."""
    inputs = fingerprint["inputs"]
    channels = tuple(int(inputs[name]["channels"]) for name in study.inputs)
    shown = ", ".join(f"{name}: {count}" for name, count in zip(study.inputs, channels, strict=True))
    chosen.rule("channels", channels, f"channels of the learning cases ({shown})")
    schemes, scales = [], []
    for name in study.inputs:
        made = {s.name: s.value for s in choose_intensity(str(inputs[name]["unit"]), fingerprint["intensity"].get(name, {}))}
        schemes.append(str(made["scheme"]))
        scales.append(
            tuple(float(made.get(key, default)) for key, default in (("low", 0), ("high", 0), ("mean", 0), ("deviation", 1)))
        )
    if not chosen.made("schemes"):
        chosen.rule("schemes", tuple(schemes), "Hounsfield units keep their scale; any other image is scaled by its own numbers")
    why = "percentiles, mean and deviation of the learning cases"
    chosen.rule("window", (), "no narrow range was named, so all that the learning cases show is kept")
    if chosen["window"]:
        scales, why = _windowed(tuple(chosen["window"]), chosen["schemes"], scales), "the window asked for, its middle 0"
    chosen.rule("scales", tuple(scales), why)
    shapes = np.asarray(fingerprint["shapes"], float)
    spacings = np.asarray(fingerprint["spacings"], float)
    median = np.median(shapes, axis=0)
    thin = len(median) == 3 and bool(median.min() < FLAT)
    why = f"the median case has {median.min():.0f} slices, {FLAT} are needed to look in 3-D" if len(median) == 3 else "pictures"
    chosen.rule("slices", thin and not chosen.user_set("size"), why)
    cut = chosen["region"] == "crop" and any(target.of_object for target in targets)
    if not chosen.made("size") and cut:
        seen = len(median) - int(thin)
        side, deep = OBJECT_SIDES[seen], (int(median[2]),) if thin else ()
        chosen.rule("size", (*(side,) * seen, *deep), f"objects are cut out, and looked at with {side} a side")
    if not chosen.made("size"):
        _choose_size(chosen, median, spacings, unit=str(fingerprint["unit"]), minutes=minutes)


def _windowed(window: tuple[float, ...], schemes: Sequence[str], scales: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """Return the scales with those of CT inputs replaced: clipped to the window, as even numbers in it would be normalized."""
    if len(window) != 2 or not window[0] < window[1]:
        raise SettingError(f"expected window: [low, high] in HU, low below high, got {list(window)}. A brain window is [0, 80].")
    if "ct" not in schemes:
        raise SettingError(
            f"expected an input in Hounsfield units for the window {list(window)}, got none. Say `units: {{ct: HU}}`."
        )
    low, high = window
    return [(low, high, (low + high) / 2, (high - low) / 12**0.5) if scheme == "ct" else scale
            for scheme, scale in zip(schemes, scales, strict=True)]  # fmt: skip


def _choose_size(chosen: Choices[ExamSettings], median: Any, spacings: Any, *, unit: str, minutes: float) -> None:
    slices = len(median) == 3 and bool(chosen["slices"])
    seen = 2 if slices or len(median) == 2 else 3
    side = SIDES[seen] * (2.0 if torch.cuda.is_available() else float(np.clip((minutes / 15.0) ** (1 / seen), 0.6, 1.6)))
    lengths = median * np.median(spacings, axis=0) if unit != "px" else median
    flat = lengths[:2] if slices else lengths
    factor = side / float(np.prod(flat) ** (1 / len(flat)))
    wanted = np.minimum(flat * factor, median[: len(flat)])
    size = [int(max(LEAST_SIDE, 8 * round(float(n) / 8))) for n in wanted]
    if slices:
        size.append(int(median[2]))
    shown = " × ".join(str(round(float(n))) for n in median)
    chosen.rule(
        "size",
        tuple(size),
        f"the median case has {shown} samples; {minutes:.0f} minutes allow about {side:.0f} a side, never more than it has",
    )
    if unit == "px" or chosen.user_set("size"):
        chosen.rule("spacing", (), "pictures without millimetres" if unit == "px" else "the frame was set: every exam fills it")
        return
    # A common spacing keeps sizes comparable; it is the one at which the median case fills the frame.
    spacing = tuple(round(float(m * s / n), 4) for m, s, n in zip(median, np.median(spacings, axis=0), chosen["size"], strict=True))
    chosen.rule("spacing", spacing, "at this spacing the median case fills the frame")


def _choose_encoder(chosen: Choices[ExamSettings], study: Study) -> None:
    masks = [t.name for t in study.targets if t.type == "mask" and t.use == "learn"]
    if not chosen.made("encoder"):
        if masks:  # whatever their weight, so that arms that leave a label out are of one network
            chosen.rule("encoder", "unet_features", f"{', '.join(masks)} is learned at the image's own resolution")
        elif _has_time_for_a_large_one(chosen):
            chosen.rule(
                "encoder", "densenet121", f"an accelerator has time for it, and {_shortest(chosen)} samples bear five halvings"
            )
        else:
            chosen.rule("encoder", "convnet", "small enough to learn on a processor")
    if chosen["encoder"] != "convnet" or chosen.user_set("encoder_settings") or chosen.made("encoder_settings"):
        return
    shortest = _shortest(chosen)
    levels = int(np.clip(math.floor(math.log2(shortest / 4)) + 1, 2, len(WIDTHS)))
    chosen.rule("encoder_settings", {"widths": WIDTHS[:levels]}, f"halved while 4 samples remain of {shortest}")


def _shortest(chosen: Choices[ExamSettings]) -> int:
    return int(min(chosen["size"][:2] if chosen["slices"] else chosen["size"]))


def _has_time_for_a_large_one(chosen: Choices[ExamSettings]) -> bool:
    described = chosen.user_set("encoder_settings") or chosen.made("encoder_settings")  # those of the small encoder
    able = torch.cuda.is_available() and teachable(chosen["pretrain"], "densenet121")
    return able and not described and _shortest(chosen) >= LEAST_OF_A_LARGE_ONE


def _choose_learning(
    chosen: Choices[ExamSettings], study: Study, fingerprint: Mapping[str, Any], targets: Sequence[Target]
) -> None:
    cases = int(fingerprint["cases"])
    dimensions = len(chosen["size"]) - int(chosen["slices"])
    most = 32 if dimensions == 2 and not chosen["slices"] else 8
    chosen.rule("batch", int(np.clip(cases // 4, 2, most)), f"{cases} cases, at most {most} of {dimensions}-D exams a step")
    _choose_balance(chosen, fingerprint, targets)
    if not chosen.made("dropout") and all(target.type in AMOUNTS for target in targets):
        chosen.rule("dropout", 0.0, "an amount is a sum of features: what is dropped changes it, and is learned as noise")
    if len(study.inputs) > 1:
        missing = [name for name in study.inputs if fingerprint["inputs"][name]["cases"] < cases]
        chance = 0.2 if missing else 0.0
        why = f"{', '.join(missing)} is missing in some cases" if missing else "every learning case has every input"
        chosen.rule("view_dropout", chance, why)


def _choose_balance(chosen: Choices[ExamSettings], fingerprint: Mapping[str, Any], targets: Sequence[Target]) -> None:
    """Uneven classes are drawn equally often. SettingError where a balance is asked for that nothing has classes for."""
    target = balanced_target(targets)
    known = fingerprint["targets"][target.name].get("classes", {}) if target is not None else {}
    counts = [c["cases"] for c in known.values()]
    uneven = target is not None and target.type == "class" and counts and min(counts) > 0 and max(counts) > 5 * min(counts)
    if uneven:
        why = f"the classes have {', '.join(map(str, counts))} cases: the largest 5 times the smallest"
        chosen.rule("balance", "sampling", why)
    else:
        chosen.rule("balance", NONE, f"{target.name} is learned as it occurs" if target is not None else "no target has classes")
    if target is None and chosen["balance"] != NONE:
        raise SettingError(
            f"expected a class, ordinal or multilabel target for balance: {chosen['balance']}, got "
            f"{', '.join(f'{t.name} ({t.type})' for t in targets)}. Leave balance out."
        )


def _timed(chosen: Choices[ExamSettings], targets: Sequence[Target], **changes: Any) -> float:
    seconds = seconds_a_step(chosen.config(**changes), targets)
    if not math.isfinite(seconds):
        raise PlanError("no training step could be done with these settings on this machine. Try --set precision=float32.")
    return seconds


def _gigabytes(config: ExamSettings, cases: int) -> float:
    """Return what a training holds at once: frames, and a batch with its activations (counted as 60 maps a sample)."""
    samples = float(np.prod(config.size)) * sum(config.channels)
    return float(4e-9 * samples * (cases + 60 * config.batch) + 0.8)
