"""The plan of a voxel classifier: how far it sees, how it is sampled, what patches and whole images cost.

In:   study, fingerprint, minutes, gigabytes.
Out:  Plan, its costs by formula (learning/cost.py), its steps from timed ones.
"""

import math
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import PlanError
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.learning.planning.budget import choose_batch
from isocenter.learning.planning.spacing import choose_longest
from isocenter.learning.voxel_network import MiddleNetwork, build_voxel_network
from isocenter.methods._choices import Choices
from isocenter.methods._patches.parts import choose_options
from isocenter.methods._patches.plan import (
    FLAT,
    check_axes,
    choose_images,
    choose_layout,
    choose_pose,
    steps_of,
    warnings_of,
    working_size,
)
from isocenter.methods._patches.trial import seconds_a_step
from isocenter.methods._places import kinds_of, learned_points
from isocenter.methods._precision import choose_precision
from isocenter.methods._shown import check_images
from isocenter.methods._voxels.costs import costs_of, tile_of
from isocenter.methods._voxels.settings import VoxelSettings

NAME = "voxel_classifier"
KINDS = ("points", "boxes")
LONGEST = 512.0
"""Samples the longest side of a picture of unknown scale is brought to."""
THICK = 2.0
"""An axis of so many times the finest spacing is neither pooled nor looked along at first."""
SECOND_SHARE = 0.25
"""Share of the steps that are the second stage's."""
VIEW = 24
Axes = tuple[int, ...]


def plan_voxels(study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
    """Choose every setting. SettingError for one that does not exist or cannot work, before anything is timed."""
    started = time.monotonic()
    target = learned_points(study, types=KINDS)
    check_images(fingerprint, study)
    outputs = len(kinds_of(target)) + 1
    chosen: Choices[Any] = Choices(study, VoxelSettings, method=NAME)
    check_axes(chosen, len(fingerprint["shapes"][0]), names=("patch", "spacing", "view"))
    choose_images(chosen, study, fingerprint, amounts=False)
    chosen.put(choose_longest(fingerprint["shapes"], unit=fingerprint["unit"], samples=LONGEST, objects=True))
    shape, spacing = working_size(fingerprint, chosen["spacing"], chosen["longest"])
    _choose_field(chosen, shape, spacing)
    _choose_objects(chosen, fingerprint, target.name, spacing)
    choose_options(chosen)
    axes = tuple(a for a, n in enumerate(chosen["patch"]) if n > 1)
    if fingerprint["unit"] == "px":
        choose_pose(chosen, axes, fingerprint.get("pose", {}).get("upright", ()))
    else:
        chosen.rule("mirror_axes", axes[:1], "a body is near enough to its mirror image left to right, and in no other direction")
    _choose_batch(chosen, fingerprint)
    seconds = _choose_speed(chosen, fingerprint, outputs=outputs)
    if not math.isfinite(seconds):
        raise PlanError("no training step could be done with these settings on this machine. Try --set precision=float32.")
    steps = steps_of(study, minutes, seconds, spent=time.monotonic() - started)
    chosen.rule("second_steps", round(SECOND_SHARE * steps), f"{SECOND_SHARE:.0%} of the {steps} steps")
    size = tuple(max(1, round(n)) for n in shape)
    chosen.rule(
        "tile", tile_of(chosen.config(), size, outputs=outputs, gigabytes=gigabytes), "fits the free memory; the answer is the same"
    )
    config = chosen.config()
    costs = costs_of(config, size, outputs=outputs)
    data_bytes = 8.0 * sum(np.prod(s) for s in fingerprint["shapes"]) * sum(config.channels)
    memory = max(c.value for c in costs if c.unit == "GB" and "not done" not in c.how) * 2 + data_bytes / 1e9 + 0.8
    warnings = warnings_of(steps, minutes, memory, gigabytes, asked="steps" in study.settings)
    return Plan(
        method=study.method or NAME,
        seed=study.seed,
        steps=steps,
        minutes=round(steps * seconds / 60, 2),
        gigabytes=round(memory, 2),
        sane=not warnings,
        settings=chosen.settings(),
        warnings=warnings,
        costs=costs,
    )


def _choose_field(chosen: Choices[Any], shape: NDArray[np.float64], spacing: NDArray[np.float64]) -> None:
    """Kernels, pools and rest, per axis; the patch they make; the second stage's view."""
    flat = int(np.argmin(shape)) if len(shape) == 3 and min(shape) < FLAT else None
    live = [a for a in range(len(shape)) if a != flat]
    thick = [spacing[a] >= THICK * min(spacing[b] for b in live) for a in live]
    if len(live) == 3:
        blocks = [((4, 1), (2, 1)), ((3, 3), (1, 1)), ((3, 3), (1, 1)), ((3, 3), (1, 1))]  # (kernel, thick), (pool, thick)
        widths: Axes = (16, 24, 32, 32)
    else:
        blocks = [((4, 1), (2, 1)), ((4, 3), (2, 1)), ((4, 3), (1, 1))]
        widths = (16, 32, 32)
    kernels = tuple(tuple(k[int(t)] for t in thick) for k, _ in blocks)
    pools = tuple(tuple(p[int(t)] for t in thick) for _, p in blocks)
    names = [f"{spacing[a]:.3g}" for a in range(len(shape))]
    why = f"{len(live)}-D, samples {' × '.join(names)}" + (
        f"; axis {flat} has few slices, each looked at alone" if flat is not None else ""
    )
    chosen.rule("kernels", kernels, why)
    chosen.rule("pools", pools, "one pool or two: what follows is dilated as often when whole images are predicted")
    chosen.rule("rest", (3,) * len(live), "the fully connected layer looks at 3 samples per axis")
    chosen.rule("widths", widths, "most of the work is done at the finest samples once whole images are predicted")
    field = tuple(n for n in _field_of(chosen, shape, flat) if n > 1)
    reach = " × ".join(f"{n * spacing[a]:.3g}" for n, a in zip(field, live, strict=True))
    chosen.rule("patch", _spread(field, len(shape), flat), f"the receptive field of kernels, pools and rest: {reach} world units")
    view = [VIEW if not t else VIEW // 2 for t in thick]
    chosen.rule("view", _spread(tuple(view), len(shape), flat), "wider than the first stage's field once it is seen from afar")


def _field_of(chosen: Choices[Any], shape: NDArray[np.float64], flat: int | None) -> Axes:
    """Return the patch that kernels, pools and rest make, with 1 on a flat axis."""
    size = list(chosen["rest"])
    for kernel, pool in zip(reversed(chosen["kernels"]), reversed(chosen["pools"]), strict=True):
        size = [n * p + k - 1 for n, k, p in zip(size, kernel, pool, strict=True)]
    return _spread(tuple(size), len(shape), flat)


def _spread(live: Axes, axes: int, flat: int | None) -> Axes:
    rest = iter(live)
    return tuple(1 if a == flat else next(rest) for a in range(axes))


def _choose_objects(chosen: Choices[Any], fingerprint: Mapping[str, Any], name: str, spacing: NDArray[np.float64]) -> None:
    """How far apart candidates are."""
    size = fingerprint["targets"].get(name, {}).get("size")
    finest = float(min(spacing))
    if size is None:
        chosen.rule("distance", round(max(3.0, 2 * finest), 2), "the sizes of the objects are not known")
        return
    distance = round(float(np.clip(size["median"] / 2, 2 * finest, 8 * finest)), 2)
    chosen.rule("distance", distance, f"half the median size of {size['median']:.3g}, from 2 to 8 samples")


def _choose_batch(chosen: Choices[Any], fingerprint: Mapping[str, Any]) -> None:
    total = float(np.prod(np.asarray(fingerprint["shapes"], float), axis=1).sum())
    batch = 4 * choose_batch(chosen["patch"], total_samples=max(total, 1e9)).value
    chosen.rule("batch", int(batch), "small patches, each with one answer: many make a step steady")


def _choose_speed(chosen: Choices[Any], fingerprint: Mapping[str, Any], *, outputs: int) -> float:
    """Precision and layout by timed steps. Returns seconds a step."""
    shape = tuple(int(max(n, 1)) for n in np.median(np.asarray(fingerprint["shapes"], float), axis=0))
    shape = tuple(max(n, p) for n, p in zip(shape, chosen["patch"], strict=True))
    best: dict[str, float] = {}

    def make_target(generator: np.random.Generator, size: tuple[int, ...]) -> NDArray[Any]:
        return generator.integers(0, outputs, size, dtype=np.int16)

    def timed(**changes: Any) -> float:
        config = chosen.config(**changes)
        build = partial(_network, config, outputs)
        seconds = seconds_a_step(config, build=build, make_target=make_target, shape=shape, middle=True)
        best[repr(config)] = min(seconds, best.get(repr(config), math.inf))
        return best[repr(config)]

    choose_precision(chosen, timed)
    choose_layout(chosen, timed, widths={})
    return timed()


def _network(config: VoxelSettings, outputs: int) -> MiddleNetwork:
    return MiddleNetwork(build_voxel_network(config.network(outputs=outputs)), config.dimensions)
