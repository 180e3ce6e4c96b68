"""From parts to a film: thickness of bone and flesh, attenuation, exposure, development.

In:   parts on a canvas; a device.
Out:  attenuation and the kind of bone (N, N); picture and noise-free picture, uint8 (X, Y).
Not:  no layout of bones (skeleton.py). Detector and curve are those of the chest film (radiograph/).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.phantoms.ossification.skeleton import Part
from isocenter.phantoms.radiograph.detector import add_noise, expose
from isocenter.phantoms.radiograph.film import Curve, develop, draw_curve, to_bytes
from isocenter.phantoms.radiograph.letters import letter_ink
from isocenter.phantoms.retina.paint import Array, Canvas

KINDS = ("background", "shaft", "epiphysis", "carpal")


class Exposure(Record):
    """What belongs to the scan and not to the hand."""

    scanner: str
    dose: float
    curve: Curve
    letter: str
    letter_at: tuple[float, float]
    noise_seed: int


def draw_exposure(p: Mapping[str, Any], rng: np.random.Generator, options: Mapping[str, Any]) -> Exposure:
    """Draw an exposure. Everything is drawn whatever the options say, so that a twin changes in one thing only."""
    drawn = str(rng.choice([name for name in p["scanners"] if name != p["held_scanner"]]))
    drawn = drawn if options["nuisance"] == "learn" else p["held_scanner"]
    name = drawn if options["scanner"] is None else str(options["scanner"])
    dose, coin, place = float(np.exp(p["dose_spread"] * rng.normal())), rng.random(2), rng.random(2)
    inverted = coin[0] < p["scanners"][name]["inverted"] if options["monochrome1"] is None else bool(options["monochrome1"])
    return Exposure(
        scanner=name,
        dose=dose,
        curve=draw_curve(p["scanners"][name], p, rng, inverted=bool(inverted)),
        letter="L" if coin[1] < p["share_letter"] else "",
        letter_at=(0.06 + 0.06 * float(place[0]), 0.06 + 0.5 * float(place[1])),
        noise_seed=int(rng.integers(2**31)),
    )


def thickness(canvas: Canvas, parts: Sequence[Part], *, cortex_mm: float = 0.0, hollow: float = 0.0) -> tuple[Array, Array]:
    """Return how thick parts are along the beam, mm, and the number of KINDS on top (0 outside), (N, N) each.

    cortex_mm, hollow : a rod wider than its cortex misses the share `hollow` of its core
    """
    total, kind = canvas.blank(), canvas.blank()
    for part in parts:
        box = _window(canvas, part)
        if box is None:
            continue
        solid, core = _chords(canvas, part, box, cortex_mm)
        total[box] = np.maximum(total[box], part.density * (solid - hollow * core))
        number = KINDS.index(part.kind) if part.kind in KINDS else 1
        if part.density >= 0.5:
            kind[box] = np.where(solid > 0, number, kind[box])
    return total, kind


def attenuate(
    p: Mapping[str, Any], canvas: Canvas, bones: Sequence[Part], flesh: Sequence[Part], grain: Array, *, cortex_mm: float
) -> tuple[Array, Array]:
    """Return the attenuation, and the kind of bone in every sample.

    grain : (N, N) mean 0, SD 1: the pattern of trabeculae
    """
    bone, kind = thickness(canvas, bones, cortex_mm=cortex_mm, hollow=p["hollow"])
    soft, _ = thickness(canvas, flesh)
    soft = ndimage.gaussian_filter(soft, 2.5 / canvas.sample_mm, mode="nearest", truncate=3.0)
    bone = bone * np.clip(1 + p["grain"] * grain, 0.5, 1.5)
    mu = p["mu_per_mm"]
    return np.asarray(mu["soft"] * np.maximum(soft, bone) + (mu["bone"] - mu["soft"]) * bone, np.float32), kind


def print_film(
    p: Mapping[str, Any], attenuation: Array, exposure: Exposure, *, finer: int, pixel_mm: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the picture, and the same without noise."""
    scanner = p["scanners"][exposure.scanner]
    signal, primary = expose(np.exp(-attenuation), scanner, finer=finer, pixel_mm=pixel_mm)
    inside = primary < 0.97
    behind = signal / np.float32(np.quantile(signal[inside] if inside.any() else signal, 0.5))
    noisy = add_noise(behind, scanner, np.random.default_rng(exposure.noise_seed), dose=exposure.dose)
    shape = (signal.shape[0], signal.shape[1])
    ink = letter_ink(shape, exposure.letter, exposure.letter_at, 0.055 * shape[1]) if exposure.letter else np.zeros(shape)
    shown = []
    for level in (noisy, behind):
        grey = develop(level, behind, exposure.curve, inside=inside, pixel_mm=pixel_mm)
        shown.append(to_bytes(np.maximum(grey, ink).astype(np.float32), exposure.curve))
    return shown[0], shown[1]


def _window(canvas: Canvas, part: Part) -> tuple[slice, slice] | None:
    """Return the samples a part can reach; None when it lies outside."""
    reach = max(part.radii) + canvas.sample_mm
    corners = np.stack([part.start, part.end])
    low = np.floor((corners.min(0) - reach) / canvas.sample_mm + canvas.size / 2).astype(int).clip(0, canvas.size)
    high = np.ceil((corners.max(0) + reach) / canvas.sample_mm + canvas.size / 2).astype(int).clip(0, canvas.size)
    return None if (high <= low).any() else (slice(low[0], high[0]), slice(low[1], high[1]))


def _chords(canvas: Canvas, part: Part, box: tuple[slice, slice], cortex_mm: float) -> tuple[Array, Array]:
    """Return the chord through a rod and through its core, mm, in a window."""
    x, y = canvas.centers[box[0]][:, None] - part.start[0], canvas.centers[box[1]][None, :] - part.start[1]
    length = float(np.linalg.norm(part.end - part.start))
    way = (part.end - part.start) / max(length, 1e-9)
    u, v = x * way[0] + y * way[1], x * way[1] - y * way[0]
    first, middle, last = part.radii
    t = np.clip(u / max(length, 1e-9), 0, 1) * 2 - 1
    wide = middle + np.where(t < 0, first - middle, last - middle) * np.abs(t) ** 3
    cap = max(min(part.cap, length / 2), 1e-6)
    beyond = np.clip(np.maximum(cap - u, u - (length - cap)) / cap, 0, None)
    wide = wide * np.sqrt(np.clip(1 - beyond**2, 0, None))
    solid = 2 * np.sqrt(np.clip(wide**2 - v**2, 0, None))
    inner = np.clip(wide - cortex_mm, 0, None)
    core = 2 * np.sqrt(np.clip(inner**2 - v**2, 0, None)) if cortex_mm > 0 else np.zeros_like(solid)
    return solid.astype(np.float32), core.astype(np.float32)
