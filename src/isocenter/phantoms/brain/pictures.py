"""The frame a head is seen in, and the pictures a scanner makes of it, sequence by sequence.

In:   parameters, seeds, options; tissue and lesions on fine samples.
Out:  Frame (where the samples lie), Pictures (with and without noise, and how they were acquired).
Not:  no anatomy, no disease (head.py, lesions.py); no signal equations (signal.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import PlanError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.record import Record
from isocenter.phantoms.brain.scan import Sampling, average, choose_scanner, coil, sample, shake, store, with_noise
from isocenter.phantoms.brain.signal import SEQUENCES, clean_signal, signal_of
from isocenter.phantoms.phantom import Grade, Seeds

Floats = NDArray[np.float32]
Alter = Callable[[Floats], Floats]
"""Signal on the fine samples, without grain -> what becomes of it."""


class Frame(Record):
    """Where the samples lie."""

    points: Floats
    """(3, X, Y, Z) mm in the head, fine."""
    sampling: Sampling
    grid: Grid
    """Of the picture."""
    flat: bool


class Pictures(Record):
    """One scan."""

    noisy: Mapping[str, Image]
    clean: Mapping[str, Image]
    facts: Mapping[str, float | str]


def frame_of(p: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any], level: float) -> Frame:
    """Place the samples: one slice at the person's level (radiological: right is left, front is up), or a volume (RAS)."""
    size, finer = int(options["size"] or p["size"][grade]), int(p["finer"][grade])
    if size < 16:
        raise PlanError(f"expected a size of at least 16, got {size}.")
    if options["form"] not in ("slice", "volume"):
        raise PlanError(f"expected the form slice or volume, got {options['form']!r}.")
    flat = options["form"] == "slice"
    pixel = p["field_mm"] / size
    fine = (np.arange(size * finer) + 0.5) * (pixel / finer) - p["field_mm"] / 2
    if flat:
        planes = int(p["slab_planes"])
        z = level + ((np.arange(planes) + 0.5) / planes - 0.5) * p["slab_mm"]
        spacing_z, factor_z, thick = p["slab_mm"] / planes, planes, p["slab_mm"]
        x, y, grid = -fine, -fine, plain_grid((size, size), spacing=(pixel, pixel), world="plane_mm")
    else:
        count, thick, factor_z = int(p["slices"][grade]), float(p["slice_mm"][grade]), finer
        spacing_z = thick / factor_z
        z = p["volume_bottom_mm"] + (np.arange(count * factor_z) + 0.5) * spacing_z
        matrix = np.diag([pixel, pixel, thick, 1.0])
        matrix[:3, 3] = [-p["field_mm"] / 2 + pixel / 2, -p["field_mm"] / 2 + pixel / 2, p["volume_bottom_mm"] + thick / 2]
        x, y, grid = fine, fine, Grid(shape=(size, size, count), affine=as_affine(matrix), world="ras_mm")
    pose = seeds.rng("pose")
    turn = np.deg2rad(p["turn_deg"]) * pose.uniform(-1, 1)
    shift = p["shift_mm"] * pose.uniform(-1, 1, 2)
    gx, gy, gz = np.meshgrid(x, y, z, indexing="ij")
    c, s = np.cos(turn), np.sin(turn)
    points = np.stack([c * gx - s * gy + shift[0], s * gx + c * gy + shift[1], gz]).astype(np.float32)
    sampling = Sampling(fine_mm=(pixel / finer, pixel / finer, spacing_z), factor=(finer, finer, factor_z), across_mm=float(thick))
    return Frame(points=points, sampling=sampling, grid=grid, flat=flat)


def acquire(
    p: Mapping[str, Any],
    seeds: Seeds,
    options: Mapping[str, Any],
    frame: Frame,
    shares: Mapping[str, Floats],
    filled: Mapping[str, Floats],
    *,
    enhancing: bool,
    sequences: Sequence[str] = SEQUENCES,
    alter: Alter | None = None,
) -> Pictures:
    """Acquire every sequence on one scanner.

    alter : what else becomes of the signal of each sequence, before grain, coil and noise
    """
    name, scanner, rng = choose_scanner(p, seeds, options)
    snr = float(scanner["snr"] * np.exp(p["snr_spread"] * rng.normal()))
    inside = average(np.asarray(sum(shares.values()), np.float32), frame.sampling.factor) >= 0.5
    profile = coil(p, np.stack([average(axis, frame.sampling.factor) for axis in frame.points]), inside, rng)
    grain = np.random.default_rng([seeds.anatomy, 0x6A]).standard_normal(frame.points.shape[1:], np.float32)
    moving = np.random.default_rng([seeds.acquisition, 0x307])
    noisy: dict[str, Image] = {}
    clean: dict[str, Image] = {}
    for sequence in sequences:
        signal = clean_signal(p, scanner, sequence, shares, filled, enhancing=enhancing)
        signal = alter(signal) if alter is not None else signal
        signal *= 1 + np.float32(p["grain"]) * grain
        still = sample(signal, frame.sampling, scanner, softer=p["blur_dwi"] if sequence == "dwi" else 1.0) * profile
        white = signal_of(p, scanner, "white", sequence)
        moved = shake(still, frame.grid.spacing, float(options["motion"]), moving)
        seen = with_noise(moved, scanner, rng, reference=white, snr=snr)
        for picture, found in ((seen, noisy), (still, clean)):
            stored = store(picture * inside, scanner, p["top_over_white"][sequence] * white, eight_bit=frame.flat)
            found[sequence] = held_image(stored[None, :, :, 0] if frame.flat else stored[None], frame.grid, channels=(sequence,))
    facts = {key: float(value) for key, value in scanner.items() if isinstance(value, float)}
    timings = {f"{key}_{what}": float(v) for key in ("t1", "t2", "flair")
               for what, v in zip(("first_ms", "second_ms"), scanner[key], strict=True)}  # fmt: skip
    return Pictures(
        noisy=noisy, clean=clean, facts={"scanner": name, **facts, **timings, "snr": snr, "motion_mm": float(options["motion"])}
    )
