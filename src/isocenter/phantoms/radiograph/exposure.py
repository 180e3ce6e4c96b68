"""One press of the button: scanner, dose, processing, letters and border, and the film that comes of it.

In:   attenuation on the fine grid; an Exposure.
Out:  Film: the picture, the same without noise, and where the marker lies.
Not:  no geometry, no body.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.radiograph.detector import add_noise, expose
from isocenter.phantoms.radiograph.film import Curve, develop, draw_curve, to_bytes
from isocenter.phantoms.radiograph.letters import letter_ink

Array = NDArray[np.float32]


class Letter(Record):
    """A word burnt into the film."""

    text: str
    center: tuple[float, float]
    """As a share of the picture's width and height."""
    height: float
    """As a share of the picture's height."""


class Exposure(Record):
    """What belongs to the scan and not to the patient."""

    scanner: str
    dose: float
    curve: Curve
    letters: tuple[Letter, ...]
    marker: Letter | None
    """The planted shortcut; None = absent. Its center is a shift from the corner that is free of lung."""
    border: tuple[float, float, float, float]
    """Collimated share at left, right, top, bottom."""
    noise_seed: int


class Film(Record):
    """What leaves the scanner."""

    picture: NDArray[np.uint8]
    clean: NDArray[np.uint8]
    marker: NDArray[np.bool_]


def draw_exposure(parameters: Mapping[str, Any], rng: np.random.Generator, view: str, options: Mapping[str, Any]) -> Exposure:
    """Draw an exposure. Everything is drawn whatever the options say, so that a twin changes in one thing only."""
    p = parameters
    learn = [name for name in p["scanners"] if name != p["held_scanner"]]
    drawn = str(rng.choice(learn))
    drawn = drawn if options["nuisance"] == "learn" else p["held_scanner"]
    name = drawn if options["scanner"] is None else str(options["scanner"])
    dose = float(np.exp(p["dose_spread"] * rng.normal()))
    curve = draw_curve(p["scanners"][name], p, rng, inverted=bool(options["monochrome1"]))
    coin, place = rng.random(4), rng.random(8)
    low, high = p["letter_height"]
    size = low + (high - low) * place[0]
    letters = []
    if coin[0] < p["share_side_letter"]:
        left = place[1] < 0.65  # the patient's left, at the right of the picture
        x = 0.9 - 0.05 * place[2] if left else 0.1 + 0.05 * place[2]
        letters.append(Letter(text="L" if left else "R", center=(x, 0.05 + 0.12 * place[3]), height=size))
    if coin[1] < p["share_view_word"]:
        word = {"PA": "PA", "AP": "AP ERECT", "AP Supine": "AP SUPINE", "L": "LAT", "lordotic": "AP"}[view]
        letters.append(Letter(text=word, center=(0.2 + 0.08 * place[4], 0.04), height=0.7 * size))
    marked = coin[2] < p["share_marker"] if options["marker"] is None else bool(options["marker"])
    nudge = (0.02 * place[5], 0.02 * place[6])  # from the corner print_film chooses
    marker = Letter(text=p["marker_text"], center=nudge, height=max(0.8 * size, 0.035)) if marked else None
    shut = 0.10 * rng.random(4) ** 2 * (rng.random(4) < 0.6) * (coin[3] < p["share_border"])
    return Exposure(
        scanner=name,
        dose=dose,
        curve=curve,
        letters=tuple(letters),
        marker=marker,
        border=(float(shut[0]), float(shut[1]), float(shut[2]), float(shut[3])),
        noise_seed=int(rng.integers(2**31)),
    )


def print_film(
    attenuation: Array, exposure: Exposure, parameters: Mapping[str, Any], *, finer: int, pixel_mm: float, lungs: NDArray[np.bool_]
) -> Film:
    """Expose, develop, frame and letter a film.

    attenuation : sum of mu * length on the fine grid
    lungs       : (X, Y) of the picture; the marker is put into the corner where it covers least of them
    """
    scanner = parameters["scanners"][exposure.scanner]
    signal, primary = expose(np.exp(-attenuation), scanner, finer=finer, pixel_mm=pixel_mm)
    inside = primary < 0.45  # of the open beam: behind the body
    behind = signal / np.float32(np.quantile(signal, 0.5))  # automatic exposure: the median pixel gets the scanner's photons
    noisy = add_noise(behind, scanner, np.random.default_rng(exposure.noise_seed), dose=exposure.dose)
    shape = signal.shape
    clean = develop(behind, behind, exposure.curve, inside=inside, pixel_mm=pixel_mm)
    picture = develop(noisy, behind, exposure.curve, inside=inside, pixel_mm=pixel_mm)
    ink = np.zeros(shape, np.float32)
    for letter in exposure.letters:
        ink = np.maximum(ink, letter_ink(shape, letter.text, letter.center, letter.height * shape[1]))
    plate = np.zeros(shape, bool)
    if exposure.marker is not None:
        word = _free_corner(shape, exposure.marker, lungs)
        plate = _plate(word)
        ink = np.where(plate, word, ink)
    open_field = _open_field(shape, exposure.border) * np.clip((0.85 - primary) / 0.35, 0, 1)  # the open beam burns black
    shown = [to_bytes(np.maximum(grey * open_field * ~plate, ink), exposure.curve) for grey in (picture, clean)]
    return Film(picture=shown[0], clean=shown[1], marker=plate)


def _free_corner(shape: tuple[int, int], marker: Letter, lungs: NDArray[np.bool_]) -> Array:
    """Return the marker's ink in the first of four corners where it covers the least lung."""
    dx, dy = marker.center
    half = min(0.34 * marker.height * len(marker.text) / 0.8, 0.4) + 0.02
    corners = ((1 - half - dx, 0.94 - dy), (half + dx, 0.94 - dy), (1 - half - dx, 0.06 + dy), (half + dx, 0.06 + dy))
    inks = [letter_ink(shape, marker.text, corner, marker.height * shape[1]) for corner in corners]
    covered = [float(ink[lungs].sum()) for ink in inks]
    return inks[int(np.argmin(covered))]


def _plate(word: Array) -> NDArray[np.bool_]:
    """Return the rectangle around a word: it is burnt in white on black, so that it is seen on any film."""
    plate = np.zeros(word.shape, bool)
    i, j = np.nonzero(word > 0.05)
    if len(i):
        plate[max(i.min() - 1, 0) : i.max() + 2, max(j.min() - 1, 0) : j.max() + 2] = True
    return plate


def _open_field(shape: tuple[int, int], border: tuple[float, float, float, float]) -> Array:
    """Return 1 where the beam was open, 0 under the collimator."""
    x = (np.arange(shape[0]) + 0.5) / shape[0]
    y = (np.arange(shape[1]) + 0.5) / shape[1]
    left, right, top, bottom = border
    inside = ((x > left) & (x < 1 - right))[:, None] & ((y > top) & (y < 1 - bottom))[None, :]
    return inside.astype(np.float32)
