"""The plan of a network of patches: fingerprint and budget in, every setting with its reason out.

In:   study, fingerprint, minutes, gigabytes; what is asked of the network.
Out:  Plan. A few steps are timed on made-up images of the learning cases' size, so that the estimate is this machine's.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.core.errors import PlanError, SettingError
from isocenter.core.plan import Plan, Setting
from isocenter.core.record import Record
from isocenter.core.study import Study
from isocenter.learning.networks import NETWORKS
from isocenter.learning.planning.budget import (
    BASES,
    STEPS_FEW,
    STEPS_SANE,
    STEPS_WANTED,
    choose_base,
    choose_batch,
    choose_patch_limit,
    expected_seconds,
    shrink_batch,
    too_few,
    training_gigabytes,
    widths_of,
)
from isocenter.learning.planning.intensity import choose_intensity
from isocenter.learning.planning.mirroring import choose_mirrored
from isocenter.learning.planning.spacing import choose_longest, choose_spacing
from isocenter.learning.planning.topology import choose_run_topology, choose_topology, slice_axis
from isocenter.learning.precision import has_compiler
from isocenter.learning.regularizer import Regularizer
from isocenter.methods._choices import Choices
from isocenter.methods._patches.parts import choose_options
from isocenter.methods._patches.settings import PatchSettings
from isocenter.methods._patches.trial import MakeTarget, seconds_a_step
from isocenter.methods._precision import GAIN, choose_precision
from isocenter.methods._shown import check_images

COMPILE_FROM_MINUTES = 8.0
"""Compiling costs about a minute; below this it is not tried."""
FLAT = 12
"""A volume of fewer slices is learned slice by slice."""
LEVELS = 5


def unregularized(settings: Any) -> None:
    """Add nothing to the loss."""
    del settings


class Question(Record):
    """What a method asks of its network."""

    method: str
    config: type[PatchSettings]
    build: Callable[[Any], nn.Module]
    """Config -> network with random weights."""
    make_target: MakeTarget
    """Targets for timed steps, in the form the loss takes."""
    choose: Callable[[Choices[Any]], None]
    """Loss, sampling and whatever else the question decides; patch, strides and batch are chosen by then."""
    regularize: Callable[[Any], Regularizer | None] = unregularized
    """Config -> what adds its cost to the loss; None = nothing does."""
    objects: bool = False
    """The size of objects in samples is what is learned: pictures keep their scale."""
    amounts: bool = False
    """How much of something an image holds is what is learned."""
    spacing: Setting | None = None
    """The samples the network works at, where the question decides them; None = those of the images."""
    upright: str = ""
    """Why patches are not turned; "" = they may be."""
    sided: str = ""
    """A class with a side, which a mirror would swap; "" = none."""


def plan_patches(study: Study, fingerprint: Mapping[str, Any], question: Question, *, minutes: float, gigabytes: float) -> Plan:
    """Choose every setting. SettingError for one that does not exist or cannot work, before anything is timed."""
    started = time.monotonic()
    check_images(fingerprint, study)
    chosen: Choices[Any] = Choices(study, question.config, method=question.method)
    check_axes(chosen, len(fingerprint["shapes"][0]))
    choose_images(chosen, study, fingerprint, amounts=question.amounts)
    if question.spacing is not None:
        chosen.put(question.spacing)
    finer = question.spacing is not None
    median = working_size(fingerprint, chosen["spacing"] if finer else (), 0)[0]
    run = _choose_network(chosen, axes=len(median))
    dimensions = 3 if len(median) == 3 and (run or min(median) >= FLAT) else 2
    limit = choose_patch_limit(dimensions, minutes=minutes, accelerated=torch.cuda.is_available())
    chosen.put(
        choose_longest(fingerprint["shapes"], unit=fingerprint["unit"], samples=float(limit.value), objects=question.objects)
    )
    shape, spacing = working_size(fingerprint, chosen["spacing"], chosen["longest"])
    _choose_shape(chosen, shape, spacing, fingerprint, dimensions=dimensions, limit=int(limit.value), why=limit.reason, run=run)
    _choose_learning(chosen, question, fingerprint, dimensions=dimensions)
    seconds = _choose_speed(chosen, question, fingerprint, minutes=minutes, dimensions=dimensions)
    if not math.isfinite(seconds):
        raise PlanError("no training step could be done with these settings on this machine. Try --set precision=float32.")
    axes, patch, batch = chosen["mirror_axes"], chosen["patch"], chosen["batch"]
    chosen.put(choose_mirrored(axes, shape.tolist(), patch, overlap=chosen["overlap"], seconds=seconds, batch=batch))
    settings = chosen.settings()
    config = chosen.config()
    steps = steps_of(study, minutes, seconds, spent=time.monotonic() - started)
    data_bytes = 4.0 * sum(np.prod(s) for s in fingerprint["shapes"]) * sum(config.channels) * 1.5
    memory = training_gigabytes(
        config.patch, batch=config.batch, widths=config.widths, strides=config.strides, data_bytes=data_bytes
    )
    warnings = warnings_of(steps, minutes, memory, gigabytes, asked="steps" in study.settings)
    return Plan(
        method=study.method or question.method,
        seed=study.seed,
        steps=steps,
        minutes=round(steps * seconds / 60, 2),
        gigabytes=round(memory, 2),
        sane=not warnings,
        settings=settings,
        warnings=warnings,
    )


def check_axes(chosen: Choices[Any], axes: int, *, names: Sequence[str] = ("patch", "spacing")) -> None:
    """Refuse what the user set for other axes than the images have. SettingError.

    names : settings with a number for each axis
    """
    config = chosen.so_far()
    for name in filter(chosen.user_set, names):
        value = getattr(config, name)
        if len(value) != axes and (value or name == "patch"):
            of = "a volume; a 1 in the patch makes the network 2-D across that axis" if axes == 3 else "a picture"
            raise SettingError(f"expected {name} with {axes} numbers, got {list(value)}: one for each axis of {of}.")
    if chosen.user_set("patch") and (min(config.patch) < 1 or config.dimensions < 2):
        raise SettingError(f"expected patch of 1 or more samples, more than 1 along two axes at least, got {list(config.patch)}.")
    if min(config.spacing, default=0) < 0:
        raise SettingError(f"expected spacing above 0, or 0 for an axis that keeps its own, got {list(config.spacing)}.")
    if chosen.user_set("mirror_axes") and not set(config.mirror_axes) <= set(range(axes)):
        raise SettingError(f"expected mirror_axes from 0 to {axes - 1}, got {list(config.mirror_axes)}.")


def choose_images(chosen: Choices[Any], study: Study, fingerprint: Mapping[str, Any], *, amounts: bool) -> None:
    """Channels, spacing and intensity scheme."""
    inputs = fingerprint["inputs"]
    channels = tuple(int(inputs[name]["channels"]) for name in study.inputs)
    shown = ", ".join(f"{name}: {count}" for name, count in zip(study.inputs, channels, strict=True))
    chosen.rule("channels", channels, f"channels of the learning cases ({shown})")
    chosen.put(choose_spacing(fingerprint["spacings"], fingerprint["shapes"], unit=fingerprint["unit"]))
    units = {str(inputs[name]["unit"]) for name in study.inputs}
    first = next(iter(study.inputs))
    unit = units.pop() if len(units) == 1 else "1"
    for setting in choose_intensity(unit, fingerprint["intensity"].get(first, {}), amounts=amounts and len(study.inputs) == 1):
        chosen.put(setting)


def _choose_network(chosen: Choices[Any], *, axes: int) -> int:
    """Return how many slices the network walks along. SettingError for a walk from slice to slice in a picture."""
    chosen.rule("network", "unet", "the network most of our results were measured with; others are compared by vary: {network: …}")
    run = NETWORKS.get(chosen["network"]).run
    if run and axes == 2:
        raise SettingError(
            f"expected volumes for the network {chosen['network']}, which walks from slice to slice, got pictures. "
            "Write network: unet."
        )
    return run


def working_size(
    fingerprint: Mapping[str, Any], spacing: tuple[float, ...], longest: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the median shape and the spacing the network works at."""
    shapes = np.asarray(fingerprint["shapes"], float)
    spacings = np.asarray(fingerprint["spacings"], float)
    if longest:
        shapes = shapes * longest / shapes.max(axis=1, keepdims=True)
    if not spacing:
        return np.median(shapes, axis=0), np.median(spacings, axis=0)
    wanted = np.where(np.asarray(spacing, float) > 0, np.asarray(spacing, float), spacings)  # 0 keeps an axis
    return np.median(shapes * spacings / wanted, axis=0), np.median(wanted, axis=0)


def _choose_shape(
    chosen: Choices[Any],
    shape: NDArray[np.float64],
    spacing: NDArray[np.float64],
    fingerprint: Mapping[str, Any],
    *,
    dimensions: int,
    limit: int,
    why: str,
    run: int,
) -> None:
    """Patch, strides, kernels, batch.

    run : slices a network walks along, one after the other; 0 = it treats all axes alike
    """
    form = shape.copy()
    if dimensions == 2 and len(form) == 3:
        form[int(np.argmin(shape))] = 1  # slice by slice across the shortest axis
    if chosen.user_set("patch"):
        chosen.rule("patch", (), "the budget's")
        form = np.asarray(chosen["patch"], float)
        limit = int(np.prod(form))
    levels = LEVELS
    if chosen.user_set("widths"):
        chosen.rule("widths", (), "the budget's")
        levels = len(chosen["widths"])
    if run:
        axis = slice_axis(shape.tolist(), spacing.tolist())
        run = int(form[axis]) if chosen.user_set("patch") else run
        topology = choose_run_topology(form.tolist(), spacing.tolist(), voxels=limit, levels=levels, run=run, axis=axis)
    else:
        topology = choose_topology(form.tolist(), spacing.tolist(), voxels=limit, levels=levels)
    if chosen.user_set("patch") and tuple(chosen["patch"]) != topology.patch:
        raise SettingError(
            f"expected a patch the strides divide, got {chosen['patch']}; the nearest is {list(topology.patch)}. "
            "Set that, or fewer levels (fewer widths)."
        )
    size = " × ".join(str(round(float(n))) for n in shape)
    chosen.rule("patch", topology.patch, f"the median case has {size} samples; {why}; divisible by the strides")
    apart = f"; 1 along axis {axis}, along which the network walks from slice to slice" if run else ""
    halved = "an axis is halved while 4 samples remain and its spacing is within a factor 2 of the finest"
    chosen.rule("strides", topology.strides, halved + apart)
    chosen.rule("kernels", topology.kernels, f"3 on an axis once its spacing is within a factor 2 of the finest, else 1{apart}")
    total = float(np.prod(np.asarray(fingerprint["shapes"], float), axis=1).sum())
    chosen.put(choose_batch(chosen["patch"], total_samples=total))


def _choose_learning(chosen: Choices[Any], question: Question, fingerprint: Mapping[str, Any], *, dimensions: int) -> None:
    """What the question decides, deep supervision, mirroring."""
    question.choose(chosen)
    choose_options(chosen)
    levels = len(chosen["strides"])
    if not chosen.made("deep_supervision"):
        chosen.rule("deep_supervision", dimensions == 3 and levels >= 3, f"{dimensions}-D with {levels} levels")
    axes = tuple(a for a, n in enumerate(chosen["patch"]) if n > 1)
    if question.sided:
        chosen.rule("mirror_axes", (), f"the class {question.sided} has a side, which a mirror would swap")
    elif fingerprint["unit"] == "px":
        choose_pose(chosen, axes, fingerprint.get("pose", {}).get("upright", ()))
    else:
        chosen.rule("mirror_axes", axes[:1], "a body is near enough to its mirror image left to right, and in no other direction")
    if question.upright:
        chosen.rule("rotation_deg", 0.0, question.upright)


def choose_pose(chosen: Choices[Any], axes: tuple[int, ...], upright: Sequence[bool]) -> None:
    """Mirroring and turning of pictures that carry no place in a patient.

    upright : per axis, whether the learning pictures keep to one direction; () = not known
    """
    kept = [a for a in axes if a < len(upright) and upright[a]]
    if kept:
        why = f"the learning pictures and their masks keep to one direction along axis {' and '.join(str(a) for a in kept)}"
        chosen.rule("mirror_axes", tuple(a for a in axes if a not in kept), why)
        chosen.rule("rotation_deg", 30.0, why)
        return
    chosen.rule("mirror_axes", axes, "pictures without a place in a patient have no up or down that must be kept")
    chosen.rule("rotation_deg", 180.0, "pictures without a place in a patient have no up or down that must be kept")


def _choose_speed(
    chosen: Choices[Any], question: Question, fingerprint: Mapping[str, Any], *, minutes: float, dimensions: int
) -> float:
    """Precision, layout, width and compilation by timed steps; what the user set is not tried. Returns seconds a step."""
    shape = tuple(int(max(n, 1)) for n in np.median(np.asarray(fingerprint["shapes"], float), axis=0))
    wide = widths_of(BASES[0], len(chosen["strides"]), dimensions)

    best: dict[str, float] = {}

    def timed(**changes: Any) -> float:
        """Return the least seconds these settings ever took: another program that ran meanwhile can only have slowed them."""
        config = chosen.config(**changes)
        seconds = seconds_a_step(
            config,
            build=partial(question.build, config),
            make_target=question.make_target,
            shape=shape,
            regularize=partial(question.regularize, config),
        )
        best[repr(config)] = min(seconds, best.get(repr(config), math.inf))
        return best[repr(config)]

    seconds = choose_precision(chosen, timed, **({} if chosen.user_set("widths") else {"widths": wide}))
    narrow = widths_of(BASES[-1], len(chosen["strides"]), dimensions)
    if choose_layout(chosen, timed, widths={} if chosen.user_set("widths") else {"widths": narrow}):
        seconds = None  # it was the other layout's
    if chosen.user_set("widths"):
        chosen.rule("widths", wide, "the widest")
        seconds = seconds if seconds is not None else timed()
    else:
        seconds = seconds if seconds is not None else timed(widths=wide)
        base = choose_base(seconds, timed_base=BASES[0], minutes=minutes)
        steps = minutes * 60 / expected_seconds(seconds, timed_base=BASES[0], base=base)
        most = f"{base} leave about {steps:.0f} steps in {minutes:.0f} min, {STEPS_WANTED} are wanted"
        chosen.measured(
            "widths", widths_of(base, len(wide), dimensions), f"with {BASES[0]} features a step takes {seconds:.2f} s; {most}"
        )
        seconds = timed() if chosen["widths"] != wide else seconds
        seconds = _choose_smaller_batch(chosen, timed, seconds, minutes=minutes)
    return _choose_compiled(chosen, timed, seconds, minutes=minutes)


def _choose_smaller_batch(chosen: Choices[Any], timed: Callable[..., float], seconds: float, *, minutes: float) -> float:
    """Give up patches a step where the narrowest network leaves too few steps. Returns seconds a step."""
    steps, batch = minutes * 60 / seconds, int(chosen["batch"])
    smaller = shrink_batch(batch, steps=steps)
    if chosen.user_set("batch") or smaller == batch:
        return seconds
    few = f"with {batch} patches {minutes:.0f} min are {steps:.0f} steps of {seconds:.2f} s; {STEPS_FEW} are wanted"
    chosen.measured("batch", smaller, few)
    return min(timed(), seconds)  # fewer patches are never slower


def choose_layout(chosen: Choices[Any], timed: Callable[..., float], *, widths: Mapping[str, Any]) -> bool:
    """Try channels last against channels first, on the narrowest network. Returns whether channels first won.

    Which is faster depends on the processor and the axes: with AMX channels last by far; in 2-D with AVX2 alone the other, as
    instance normalization has no kernel of its own for channels last and copies.
    """
    if chosen.user_set("channels_last"):
        return False
    last = timed(**widths, channels_last=True)
    first = timed(**widths, channels_last=False)
    wins = first < GAIN * last
    chosen.measured(
        "channels_last", not wins, f"a narrow step took {last:.2f} s with channels last, {first:.2f} s with channels first"
    )
    return wins


def _choose_compiled(chosen: Choices[Any], timed: Callable[..., float], seconds: float, *, minutes: float) -> float:
    """Try compiling, where the budget pays for it. Returns seconds a step."""
    if chosen.user_set("compiled") or minutes < COMPILE_FROM_MINUTES or not has_compiler():
        why = "no C++ compiler here" if not has_compiler() else f"{minutes:.0f} minutes are too few to pay for compiling"
        chosen.rule("compiled", False, why)
        return timed() if chosen["compiled"] else seconds
    compiled = timed(compiled=True)
    chosen.measured("compiled", compiled < GAIN * seconds, f"a step took {seconds:.2f} s as it is, {compiled:.2f} s compiled")
    return compiled if chosen["compiled"] else seconds


def steps_of(study: Study, minutes: float, seconds: float, *, spent: float) -> int:
    """Return how many steps fit: the budget less what planning took, a tenth kept for looking at tuning cases."""
    if "steps" in study.settings:
        return int(study.settings["steps"])
    return max(1, int(0.9 * max(minutes * 60 - spent, 0.5 * minutes * 60) / seconds))


def warnings_of(steps: int, minutes: float, memory: float, gigabytes: float, *, asked: bool) -> tuple[str, ...]:
    """Return what a plan warns of: too few steps, too little memory."""
    few = too_few(steps, sane=STEPS_SANE, minutes=minutes, asked=asked)
    warnings = [few] if few else []
    if memory > gigabytes:
        warnings.append(f"training needs about {memory:.1f} GB and {gigabytes:.1f} GB are free: --set batch=… makes it smaller")
    return tuple(warnings)
