"""Rules: how wide, how many patches a step, how many steps — for so many minutes on this machine.

In:   topology, data size, minutes, and how long steps take here (timed).
Out:  settings with reasons; bytes of memory a training needs.

Reference: Isensee et al., Nat Methods 2021; 18:203-211 (batch at most 5 % of all samples, at least 2).
Differs:   nnU-Net fills 8 GB for 250,000 steps whatever it costs; here the minutes are given, and the width is what gives way.
"""

from collections.abc import Sequence

import numpy as np

from isocenter.core.plan import Setting

STEPS_WANTED = 2000
"""Below this a wider network is worse than a narrower one in our trials (docs/explanation/planning.md)."""
STEPS_FEW = 1000
"""Below this smaller batches are worth more than steady ones: at the narrowest width the batch is what gives way."""
STEPS_SANE = 200
"""Below this no useful model comes out."""
SAMPLES_A_STEP = 400_000
WIDEST = {2: 512, 3: 320}
BASES = (32, 24, 16)


def choose_patch_limit(dimensions: int, *, minutes: float, accelerated: bool) -> Setting:
    """Return `patch_limit`, samples a patch may hold."""
    if accelerated:
        limit = 128**3 if dimensions == 3 else 512**2
        return Setting(name="patch_limit", value=limit, origin="rule", reason=f"{limit:,} samples fill an accelerator of 8 GB")
    start = 64**3 if dimensions == 3 else 256**2
    limit = int(start * np.clip((minutes / 15.0) ** 0.5, 0.5, 3.0))
    return Setting(
        name="patch_limit",
        value=limit,
        origin="rule",
        reason=f"{minutes:.0f} minutes on a processor allow patches of {limit:,} samples",
    )


def choose_batch(patch: Sequence[int], *, total_samples: float) -> Setting:
    """Return `batch`.

    total_samples : of all learning cases together
    """
    size = float(np.prod(patch))
    fitting = max(1, round(SAMPLES_A_STEP / size))
    cap = max(2, int(0.05 * total_samples / size))
    batch = int(np.clip(fitting, 2, min(cap, 16)))
    return Setting(
        name="batch",
        value=batch,
        origin="rule",
        reason=f"patches of {size:,.0f} samples, about {SAMPLES_A_STEP:,} a step, at most 5 % of {total_samples:,.0f}",
    )


def shrink_batch(batch: int, *, steps: float) -> int:
    """Return the batch with which a budget of so few steps becomes STEPS_FEW, as far as 2 patches allow."""
    return batch if steps >= STEPS_FEW else max(2, min(batch, int(batch * steps / STEPS_FEW)))


def too_few(steps: int, *, sane: int, minutes: float, asked: bool) -> str:
    """Return the warning of a plan with fewer steps than make a useful model; "" when they are enough.

    asked : the user set the number of steps, so that more minutes would change nothing
    """
    if steps >= sane:
        return ""
    if asked:
        return f"{steps} steps were asked for; below {sane} no useful model is to be expected. Ask for more, or for none at all"
    return (
        f"{minutes:.0f} minutes are {steps} steps here; below {sane} no useful model is to be expected. "
        f"Give it about {max(1, minutes * sane / max(steps, 1)):.0f} minutes (--time-limit)"
    )


def widths_of(base: int, levels: int, dimensions: int) -> tuple[int, ...]:
    """Return features per level: doubled at each, up to nnU-Net's limit."""
    return tuple(min(WIDEST[dimensions], base * 2**level) for level in range(levels))


def choose_base(seconds_a_step: float, *, timed_base: int, minutes: float) -> int:
    """Return the widest base for which the minutes hold enough steps.

    seconds_a_step : timed with `timed_base` features at the finest level
    """
    for base in BASES:
        if minutes * 60 / expected_seconds(seconds_a_step, timed_base=timed_base, base=base) >= STEPS_WANTED:
            return base
    return BASES[-1]


def expected_seconds(seconds_a_step: float, *, timed_base: int, base: int) -> float:
    """Return the seconds a step is expected to take at another width: the cost grows with about its 1.7th power."""
    return float(seconds_a_step * (base / timed_base) ** 1.7)


def training_gigabytes(
    patch: Sequence[int], *, batch: int, widths: Sequence[int], strides: Sequence[Sequence[int]], data_bytes: float
) -> float:
    """Return what a training holds at once: prepared data, activations (kept for the backward pass) and weights.

    Counted, not measured: per level six feature maps of the level's width in the encoder and decoder together, 4 bytes each.
    """
    size = float(np.prod(patch))
    activations = 0.0
    for width, stride in zip(widths, strides, strict=True):
        size /= float(np.prod(stride))
        activations += 12 * width * size * 4
    kernel = 3 ** len(strides[0])
    weights = sum(4.0 * kernel * a * b for a, b in zip(widths, (*widths[1:], widths[-1]), strict=True)) * 4 * 4
    return float((activations * batch + weights + data_bytes) / 1e9 + 0.8)
