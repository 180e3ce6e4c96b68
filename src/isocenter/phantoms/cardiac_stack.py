"""Short-axis stack of a heart in MR at end diastole: thick slices from apex to base, and the same heart in thin ones.

In:   seeds, a grade, options (slice_mm, grid, shift_mm, disease, scanner, size …).
Out:  PhantomCase: the stack; masks of left cavity, left myocardium and right cavity; the picture of thin slices; volume, class.
Not:  no beat (cardiac_cine); no claim of realism beyond the row of cardiac_cine, whose parts it is made of.

With `grid=thick` picture and mask lie on the slices as scanned, with `grid=fine` on voxels about as thin as they are wide: the
picture is interpolated there, the mask is that of the fine voxels themselves. The image `fine`, noise-free, always lies on those.
`shift_mm` moves each slice in its plane, as breath-holds do; mask and picture go along where they are thick, the fine truths stay.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError
from isocenter.core.image import Image, held_image
from isocenter.core.mask import held_mask
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.brain.scan import Sampling, choose_scanner, sample, store
from isocenter.phantoms.brain.waves import Floats
from isocenter.phantoms.heart.acquire import coarse, draw_coils, shoot, signals_of
from isocenter.phantoms.heart.chest import chest_signal
from isocenter.phantoms.heart.person import SEXES, STATES, Person, draw_person
from isocenter.phantoms.heart.plane import CLASSES, labels_of, plane_shares, plane_signal, prepare
from isocenter.phantoms.heart.settings import STACK
from isocenter.phantoms.heart.view import View, draw_view, pixels_of
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by
from isocenter.phantoms.tomograph.box import Box

GRIDS = ("thick", "fine")


class _Slices(Record):
    """The stack's planes."""

    heights_mm: NDArray[np.float64]
    """(N * thin,), above the apex of the left cavity: `thin` planes a slice."""
    thin: int
    slice_mm: float
    moved_mm: NDArray[np.float64]
    """(N, 2), of each slice in its plane."""


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one stack; see PHANTOM.options."""
    p, times = parameters, int(parameters["finer"])
    if options["grid"] not in GRIDS:
        raise PlanError(f"expected the grid thick or fine, got {options['grid']!r}.")
    person, pose = draw_person(p, seeds, options), seeds.rng("pose")
    size, field = int(options["size"] or p["size"][grade]), p["field_mm"][grade]
    pixel = field / size
    view, slices = draw_view(p, pose), _slices(p, pose, pixel, options)
    name, scanner, rng = choose_scanner(p, seeds, options)
    thin = {**scanner, "slice": 0.0}  # the planes are averaged over the slice already
    still = np.zeros_like(slices.moved_mm)
    true_signal, shares = _planes(p, person, scanner, view, slices, still, field, size * times)
    seen_signal, seen_shares = true_signal, shares
    if slices.moved_mm.any():
        seen_signal, seen_shares = _planes(p, person, scanner, view, slices, slices.moved_mm, field, size * times)
    spacing = (pixel / times, pixel / times, slices.slice_mm / slices.thin)
    stored = pixels_of(field, size)
    coils = draw_coils(p, scanner, rng, *view.heart_points(stored, stored))
    deep = Sampling(fine_mm=spacing, factor=(times, times, slices.thin), across_mm=slices.slice_mm)
    shot = shoot(p, thin, coils, rng, seen_signal, deep)
    flat = Sampling(fine_mm=spacing, factor=(times, times, 1), across_mm=spacing[2])
    sharp = store(sample(true_signal, flat, thin) * coils.profile, scanner, coils.top, eight_bit=False)
    count = len(slices.moved_mm)
    thick_box = Box(shape=(size, size, count), spacing_mm=(pixel, pixel, slices.slice_mm))
    fine_box = Box(shape=(size, size, count * slices.thin), spacing_mm=(pixel, pixel, spacing[2]))
    fine = options["grid"] == "fine"
    grid = (fine_box if fine else thick_box).grid()
    one, wanted = (1, shares) if fine else (slices.thin, seen_shares)
    labels = np.asarray(labels_of({name: coarse(share, times, one) for name, share in wanted.items()}), np.uint8)

    def picture(samples: NDArray[Any]) -> Image:
        shown = _interpolated(samples, slices.thin) if fine else samples
        return held_image(shown[None], grid, channels=("mr",))

    truths: dict[str, Value] = {
        "heart": held_mask(labels, grid, CLASSES),
        "fine": held_image(sharp[None], fine_box.grid(), channels=("mr",)),
        "cavity_volume": Amount(value=person.heart.volume_ml(0.0), unit="mL"),
        "disease": Scores(p=np.array([float(person.failing == (state == STATES[1])) for state in STATES]), names=STATES),
    }
    return PhantomCase(
        patient=seeds.patient,
        inputs={"mr": picture(shot.noisy)},
        truths=truths,
        covariates={
            "age": round(person.age, 1), "sex": person.sex, "scanner": name, "ill": float(person.failing),
            "slice_mm": round(slices.slice_mm, 2),
        },
        clean={"mr": picture(shot.clean)},
        acquisition={
            "scanner": name, "slice_mm": slices.slice_mm, "shift_mm": float(options["shift_mm"]),
            **{key: value for key, value in shot.facts.items() if key not in ("slice", "window_ms")},
        },
        raters=read_by(p, seeds, truths, options["raters"]),
    )  # fmt: skip


def _slices(p: Mapping[str, Any], rng: np.random.Generator, pixel_mm: float, options: Mapping[str, Any]) -> _Slices:
    """Draw how thick the slices are and where they lie. PlanError for slices thinner than a pixel is wide."""
    drawn, start, moves = float(rng.uniform(*p["slice_mm"])), float(rng.random()), rng.standard_normal((64, 2))
    thick = drawn if options["slice_mm"] is None else float(options["slice_mm"])
    if not pixel_mm <= thick <= 20:
        raise PlanError(f"expected slices from {pixel_mm:.3g} mm (a pixel's width) to 20 mm, got {thick:g} mm.")
    thin = max(round(thick / pixel_mm), 1)
    bottom = -p["below_mm"] - start * thick
    count = int(np.ceil((p["span_mm"] + thick) / thick))
    heights = bottom + (np.arange(count * thin) + 0.5) * thick / thin
    moved = float(options["shift_mm"]) * moves[np.arange(count) % len(moves)]
    return _Slices(heights_mm=heights, thin=thin, slice_mm=thick, moved_mm=moved)


def _planes(
    p: Mapping[str, Any], person: Person, scanner: Mapping[str, Any], view: View, slices: _Slices, moved_mm: NDArray[np.float64],
    field_mm: float, fine_size: int,
) -> tuple[Floats, dict[str, Floats]]:  # fmt: skip
    """Return signal and shares (X, Y, N * thin) on fine samples."""
    signals, heart, edge = signals_of(p, scanner), person.heart, field_mm / fine_size
    at = pixels_of(field_mm, fine_size)
    signal: list[Floats] = []
    shares: dict[str, list[Floats]] = {name: [] for name in CLASSES[1:]}
    for index, (by_x, by_y) in enumerate(moved_mm):
        x, y = view.heart_points(np.asarray(at - by_x, np.float32), np.asarray(at - by_y, np.float32))
        background = chest_signal(person.chest, x, y, heart.radius_mm + heart.wall_mm, signals, edge)
        plane = prepare(p, heart, person.chest, person.flow, x, y, background, edge)
        for height in slices.heights_mm[index * slices.thin : (index + 1) * slices.thin]:
            signal.append(plane_signal(p, plane, heart, float(height), 0.0, 0.0, signals))
            for name, values in plane_shares(plane, heart, float(height), 0.0).items():
                shares[name].append(values)
    return np.stack(signal, axis=-1), {name: np.stack(values, axis=-1) for name, values in shares.items()}


def _interpolated(samples: NDArray[Any], thin: int) -> NDArray[Any]:
    """Return slices (X, Y, N) interpolated linearly to `thin` times as many, each at the place of a fine plane."""
    count = samples.shape[2]
    at = np.clip((np.arange(count * thin) + 0.5) / thin - 0.5, 0, count - 1)
    low = np.minimum(at.astype(int), max(count - 2, 0))
    share = (at - low).astype(np.float32)
    mixed = samples[:, :, low] * (1 - share) + samples[:, :, np.minimum(low + 1, count - 1)] * share
    return np.asarray(np.rint(mixed), samples.dtype)


PHANTOM = Phantom(
    name="cardiac_stack",
    shows="A heart in MR at end diastole, short-axis slices from apex to base, with both ventricles known, and in thin slices.",
    cite="Haacke 1999, Scheffler & Lehnhardt 2003 (sequence); Gudbjartsson & Patz 1995 (noise)",
    version="1",
    parameters=STACK,
    inputs=("mr",),
    targets=(
        truth_target("heart", "mask", classes=CLASSES),
        truth_target("fine", "image"),
        truth_target("cavity_volume", "value", unit="mL"),
        truth_target("disease", "class", classes=STATES),
    ),
    drawer=draw,
    options={
        "scanner": None, "nuisance": "learn", "size": None, "sex": None, "age": None, "disease": None, "heart_rate": None,
        "slice_mm": None, "grid": "thick", "shift_mm": 0.0, "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("sharp", "old"), "sex": SEXES},
)  # fmt: skip
