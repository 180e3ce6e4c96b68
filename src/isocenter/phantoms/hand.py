"""Hand radiographs: ossification centers that appear, grow and fuse with skeletal age, by sex.

In:   seeds, a grade, options (age, bone_age, sex, scanner, disease, monochrome1, raters …); ages in months.
Out:  PhantomCase: the film; skeletal age, chronological age, sex, polarity of the film, bones by kind, the centers seen.
Not:  no fracture, no dysplasia; the schedule is approximate (ossification/settings.py); no claim of realism beyond its row in
      docs/explanation/phantom_validity.md.

Skeletal age differs from chronological age by a drawn offset; who lies beyond two standard deviations is ill. Whether a film is
bright or dark where bone is (MONOCHROME2, MONOCHROME1) is part of the scan, and a truth of its own: no other truth depends on it.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.ossification.film import KINDS, Exposure, attenuate, draw_exposure, print_film
from isocenter.phantoms.ossification.schedule import SEXES, Center, mature, size_of_hand
from isocenter.phantoms.ossification.settings import HAND
from isocenter.phantoms.ossification.skeleton import Part, build_hand, draw_pose
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import raters_named, read_all
from isocenter.phantoms.retina.paint import Array, Canvas, average, smooth_field

POLARITIES = ("bone_bright", "bone_dark")
HEIGHT_MM, MIDDLE_MM = 222.0, -82.0
"""Of a grown man's hand with its wrist: what the picture shows, and where its middle lies."""


class Child(Record):
    """Who is examined."""

    sex: str
    age_months: float
    bone_age_months: float
    ill: bool


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one film; see PHANTOM.options."""
    p = parameters
    size, finer = int(options["size_px"] or p["size_px"][grade]), int(p["finer"][grade])
    if size < 32:
        raise PlanError(f"expected size_px of at least 32, got {size}.")
    child = _child(p, seeds, options)
    body = seeds.rng("anatomy")
    scale = size_of_hand(p, child.bone_age_months, child.sex) * float(np.exp(p["stature_sd"] * body.normal()))
    slender = float(np.exp(p["slender_sd"] * body.normal()))
    cortex = scale * float(body.uniform(*p["cortex_mm"]))
    centers = mature(p, child.bone_age_months, child.sex, body)
    canvas, bones, flesh = _laid_out(p, seeds, centers, size * finer, scale=scale, slender=slender)
    grain = smooth_field(
        canvas, np.random.default_rng([seeds.anatomy, 0x4A]), 0.02 * HEIGHT_MM * scale, side_mm=1.5 * canvas.side_mm
    )
    attenuation, kind = attenuate(p, canvas, bones, flesh, grain, cortex_mm=cortex)
    exposure = draw_exposure(p, seeds.rng("acquisition"), options)
    pixel_mm = canvas.sample_mm * finer
    picture, clean = print_film(p, attenuation, exposure, finer=finer, pixel_mm=pixel_mm)
    grid = plain_grid((size, size), spacing=(pixel_mm, pixel_mm), world="plane_mm")
    labels = _labels(kind, finer)
    truths = _truths(child, centers, bones, exposure, canvas, finer)
    truths = {"bone_age": truths.pop("bone_age"), "bones": held_mask(labels, grid, KINDS), **truths}
    return PhantomCase(
        patient=seeds.patient,
        inputs={"film": held_image(picture[None], grid, channels=("film",))},
        truths=truths,
        covariates={
            "sex": child.sex, "chronological_age": round(child.age_months, 1), "pixel_mm": round(pixel_mm, 4),
            "scanner": exposure.scanner, "ill": float(child.ill),
        },
        clean={"film": held_image(clean[None], grid, channels=("film",))},
        acquisition={
            "scanner": exposure.scanner, "dose": exposure.dose, "letter": exposure.letter, "gamma": exposure.curve.gamma,
            "photometric": "MONOCHROME1" if exposure.curve.inverted else "MONOCHROME2",
        },
        raters=_read(p, seeds, truths, options["raters"]),
    )  # fmt: skip


def _child(p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any]) -> Child:
    """Draw sex, age, and how far the skeleton is ahead of it."""
    people, growth = seeds.rng("demographics"), seeds.rng("disease")
    coin, place = people.random(), float(people.random())
    sex = options["sex"] or SEXES[int(coin >= p["share_female"])]
    low, high = p["age_months"]
    age = low + place * (high - low) if options["age"] is None else float(options["age"])
    spread = float(np.interp(age, p["age_months"], p["offset_sd"]))
    ill_coin, sign, far, near = growth.random(), growth.random(), growth.random(), growth.normal()
    ill = bool(ill_coin < p["share_disease"] if options["disease"] is None else options["disease"])
    first, last = p["ill_offset"]
    beyond = (1.0 if sign < 0.5 else -1.0) * (first + far * (last - first)) if ill else float(np.clip(near, -1.95, 1.95))
    bone_age = age + spread * beyond if options["bone_age"] is None else float(options["bone_age"])
    lowest, highest = p["bone_age_months"]
    return Child(sex=sex, age_months=age, bone_age_months=float(np.clip(bone_age, lowest, highest)), ill=ill)


def _laid_out(
    p: Mapping[str, Any], seeds: Seeds, centers: Mapping[str, Center], samples: int, *, scale: float, slender: float
) -> tuple[Canvas, list[Part], list[Part]]:
    """Lay the hand on the detector: framed about its own size, as films are."""
    rng = seeds.rng("pose")
    pose = draw_pose(p, rng)
    side = HEIGHT_MM * scale * float(rng.uniform(*p["margin"]))
    roll = np.deg2rad(p["roll_deg"]) * rng.uniform(-1, 1)
    middle = np.array([0.0, MIDDLE_MM * scale]) + p["shift"] * side * rng.uniform(-1, 1, 2)
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])

    def moved(parts: Sequence[Part]) -> list[Part]:
        return [dataclasses.replace(q, start=(q.start - middle) @ turn.T, end=(q.end - middle) @ turn.T) for q in parts]

    bones, flesh = build_hand(p, centers, pose, scale=scale, slender=slender)
    return Canvas(size=samples, sample_mm=side / samples), moved(bones), moved(flesh)


def _labels(kind: Array, finer: int) -> np.ndarray:
    """Return the kind of bone that covers half of a pixel or more, else 0."""
    shares = np.stack([average((kind == number).astype(np.float32), finer) for number in range(1, len(KINDS))])
    best = shares.argmax(0) + 1
    return np.where(shares.sum(0) >= 0.5, best, 0).astype(np.uint8)


def _truths(
    child: Child, centers: Mapping[str, Center], bones: Sequence[Part], exposure: Exposure, canvas: Canvas, finer: int
) -> dict[str, Value]:
    """Return every truth but the mask."""
    apart = [part for part in bones if part.kind != "shaft"]
    shift = canvas.side_mm / 2 - canvas.sample_mm * finer / 2
    kinds = ("epiphysis", "carpal")

    def one(index: int, names: tuple[str, ...]) -> Scores:
        return Scores(p=np.eye(len(names))[index], names=names)

    return {
        "bone_age": Amount(value=child.bone_age_months, unit="mo"),
        "chronological_age": Amount(value=child.age_months, unit="mo"),
        "centers": Points(
            world=np.array([(part.start + part.end) / 2 + shift for part in apart], float).reshape(-1, 2),
            kind=np.array([kinds.index(part.kind) for part in apart], np.intp),
            score=np.full(len(apart), np.nan),
            names=kinds,
        ),
        "ossified": Amount(value=float(sum(center.seen for center in centers.values())), unit="1"),
        "sex": one(SEXES.index(child.sex), SEXES),
        "polarity": one(int(exposure.curve.inverted), POLARITIES),
        "disease": one(int(child.ill), ("healthy", "ill")),
    }


def _read(p: Mapping[str, Any], seeds: Seeds, truths: Mapping[str, Value], names: tuple[str, ...]) -> dict[str, dict[str, Value]]:
    """Let the raters named read the case: they draw the bones and write a bone age."""
    out: dict[str, dict[str, Value]] = {}
    age = truths["bone_age"]
    for rater, rng in raters_named(p, seeds, names):
        out[rater.name] = read_all(truths, {}, rater, rng)
        if isinstance(age, Amount):
            habit = p["reads"][rater.name]
            written = age.value + habit["bias"] + habit["spread"] * float(rng.normal())
            out[rater.name]["bone_age"] = Amount(value=max(round(written), 0), unit="mo")
    return out


PHANTOM = Phantom(
    name="hand",
    shows="Hand radiographs of children from 1 to 18 years, whose skeletal age is known beside their age and sex.",
    cite="Own approximate schedule after Greulich & Pyle 1959 and Gilsanz & Ratib 2005; Beer-Lambert projection",
    version="1",
    parameters=HAND,
    inputs=("film",),
    targets=(
        truth_target("bone_age", "value", unit="mo"),
        truth_target("bones", "mask", classes=KINDS),
        truth_target("chronological_age", "value", unit="mo"),
        truth_target("centers", "points", classes=("epiphysis", "carpal")),
        truth_target("ossified", "count"),
        truth_target("sex", "class", classes=SEXES),
        truth_target("polarity", "class", classes=POLARITIES),
        truth_target("disease", "class", classes=("healthy", "ill")),
    ),
    drawer=draw,
    options={
        "age": None,
        "bone_age": None,
        "sex": None,
        "scanner": None,
        "nuisance": "learn",
        "disease": None,
        "monochrome1": None,
        "size_px": None,
        "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("crisp", "mobile"), "sex": ("F", "M")},
)
