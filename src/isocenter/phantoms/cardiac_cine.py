"""Cine MR of a beating heart: one mid-ventricular short-axis slice over the times of a beat, end diastole and end systole known.

In:   seeds, a grade, options (heart rate, disease, frames, lead, scanner, size …).
Out:  PhantomCase: the series (1, X, Y, T); the frames of the largest and of the smallest left ventricle, masks at every time,
      ejection fraction, class.
Not:  no breathing, no missed beats, no stack (cardiac_stack); no claim of realism beyond its row in
      docs/explanation/phantom_validity.md.

The frames cover one beat and count from 0. The first lies before end diastole by `lead`, a share of the beat, as where a trigger
stands; so the order of the two frames is diastole, systole, and neither has a double at the other end of the series.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.brain.scan import Sampling, choose_scanner
from isocenter.phantoms.brain.waves import Floats
from isocenter.phantoms.heart.acquire import coarse, draw_coils, shoot, signals_of
from isocenter.phantoms.heart.beat import contraction
from isocenter.phantoms.heart.chest import chest_signal
from isocenter.phantoms.heart.person import SEXES, STATES, Person, draw_person
from isocenter.phantoms.heart.plane import CLASSES, Plane, labels_of, plane_shares, plane_signal, prepare
from isocenter.phantoms.heart.settings import CINE
from isocenter.phantoms.heart.view import draw_view, pixels_of
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by

FEWEST_FRAMES = 8


class _Timing(Record):
    """Which slice was watched, and when."""

    height_mm: float
    """Above the apex of the left cavity."""
    times_s: NDArray[np.float64]
    """(T,), after end diastole; the first is negative."""
    lead: float


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one series; see PHANTOM.options."""
    p, times = parameters, int(parameters["finer"])
    person = draw_person(p, seeds, options)
    size, pose = int(options["size"] or p["size"][grade]), seeds.rng("pose")
    view, timing = draw_view(p, pose), _timing(p, pose, person, options)
    name, scanner, rng = choose_scanner(p, seeds, options)
    pixel = p["field_mm"] / size
    fine, stored = pixels_of(p["field_mm"], size * times), pixels_of(p["field_mm"], size)
    x, y = view.heart_points(-fine, -fine)  # radiological: right is left, front is up
    out = contraction(person.beat, timing.times_s)
    background = chest_signal(
        person.chest, x, y, person.heart.radius_mm + person.heart.wall_mm, signals_of(p, scanner), pixel / times
    )
    plane = prepare(p, person.heart, person.chest, person.flow, x, y, background, pixel / times)
    signal = _signal(p, plane, person, scanner, timing)
    sampling = Sampling(fine_mm=(pixel / times, pixel / times, 1.0), factor=(times, times, 1), across_mm=scanner["slice"])
    shot = shoot(p, scanner, draw_coils(p, scanner, rng, *view.heart_points(-stored, -stored)), rng, signal, sampling)
    since = timing.times_s - timing.times_s[0]
    grid = dataclasses.replace(
        plain_grid((size, size), spacing=(pixel, pixel), world="plane_mm"), times_s=tuple(float(t) for t in since)
    )
    truths: dict[str, Value] = {
        "ed_frame": Amount(value=float(out.argmin()), unit="frames"),
        "es_frame": Amount(value=float(out.argmax()), unit="frames"),
        "heart": held_mask(_labels(p, plane, person, timing, out), grid, CLASSES),
        "ejection_fraction": Amount(value=100 * person.heart.ejection_fraction, unit="%"),
        "disease": Scores(p=np.array([float(person.failing == (state == STATES[1])) for state in STATES]), names=STATES),
    }
    return PhantomCase(
        patient=seeds.patient,
        inputs={"mr": held_image(shot.noisy[None], grid, channels=("mr",))},
        truths=truths,
        covariates={
            "age": round(person.age, 1), "sex": person.sex, "scanner": name, "ill": float(person.failing),
            "heart_rate": round(person.heart_rate, 1), "frames": float(len(since)), "frame_ms": round(1000 * float(since[1]), 2),
        },
        clean={"mr": held_image(shot.clean[None], grid, channels=("mr",))},
        acquisition={"scanner": name, "lead": timing.lead, "height_mm": timing.height_mm, **shot.facts},
        raters=read_by(p, seeds, truths, options["raters"]),
    )  # fmt: skip


def _timing(p: Mapping[str, Any], rng: np.random.Generator, person: Person, options: Mapping[str, Any]) -> _Timing:
    """Draw height and times of the slice, or take what was asked for. PlanError for too few frames or a lead outside a beat."""
    level, lead = float(rng.uniform(*p["level"])), float(rng.uniform(*p["lead"]))
    frames = int(rng.integers(p["frames"][0], p["frames"][1] + 1))
    frames = frames if options["frames"] is None else int(options["frames"])
    lead = lead if options["lead"] is None else float(options["lead"])
    if frames < FEWEST_FRAMES:
        raise PlanError(f"expected at least {FEWEST_FRAMES} frames, got {frames}.")
    if not 0 <= lead < 1:
        raise PlanError(f"expected a lead from 0 to below 1, a share of the beat, got {lead:g}.")
    times = (np.arange(frames) / frames - lead) * person.beat.period_s
    return _Timing(height_mm=level * person.heart.length_mm, times_s=times, lead=lead)


def _signal(p: Mapping[str, Any], plane: Plane, person: Person, scanner: Mapping[str, Any], timing: _Timing) -> Floats:
    """Return the signal (X, Y, T) on fine samples: each frame the mean over how long it lasts and how thick the slice is."""
    signals, heart = signals_of(p, scanner), person.heart
    count = int(p["within"])
    steps = (np.arange(count) + 0.5) / count - 0.5
    heights = timing.height_mm + scanner["slice"] * np.roll(steps, 1)  # not in step with the times, or both would tilt alike
    frames = []
    for middle in timing.times_s:
        within = middle + scanner["window_ms"] / 1000 * steps
        states = contraction(person.beat, within)
        parts = [
            plane_signal(p, plane, heart, float(height), float(state), float(when / person.beat.period_s), signals)
            for height, state, when in zip(heights, states, within, strict=True)
        ]
        frames.append(sum(parts[1:], parts[0]) / np.float32(count))
    return np.stack(frames, axis=-1)


def _labels(p: Mapping[str, Any], plane: Plane, person: Person, timing: _Timing, out: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the classes (X, Y, T) in the middle of the slice, at the middle of each frame."""
    frames = []
    for state in out:
        shares = plane_shares(plane, person.heart, timing.height_mm, float(state))
        frames.append(labels_of({name: coarse(share[..., None], int(p["finer"]))[..., 0] for name, share in shares.items()}))
    return np.stack(frames, axis=-1)


PHANTOM = Phantom(
    name="cardiac_cine",
    shows="A heart in cine MR, a short-axis slice over a beat, with masks and the frames of end diastole and end systole.",
    cite="Weissler 1968 (systole); Haacke 1999, Scheffler & Lehnhardt 2003 (sequence); Gudbjartsson & Patz 1995 (noise)",
    version="1",
    parameters=CINE,
    inputs=("mr",),
    targets=(
        truth_target("ed_frame", "value", unit="frames"),
        truth_target("es_frame", "value", unit="frames"),
        truth_target("heart", "mask", classes=CLASSES),
        truth_target("ejection_fraction", "value", unit="%"),
        truth_target("disease", "class", classes=STATES),
    ),
    drawer=draw,
    options={
        "scanner": None, "nuisance": "learn", "size": None, "sex": None, "age": None, "disease": None, "heart_rate": None,
        "frames": None, "lead": None, "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("sharp", "old"), "sex": SEXES},
    asks=("ed_frame", "es_frame"),
    task="frame_localization",
)  # fmt: skip
