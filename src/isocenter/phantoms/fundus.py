"""Fundus photographs: vessels by Murray's law, disc, fovea, diabetic lesions by grade, and cameras from sharp to ungradable.

In:   seeds, a grade, options (retinopathy, scanner, spoiled, sex, age, disease, side, raters …).
Out:  PhantomCase: the photograph in color; masks of vessels, lesions by kind, disc and lit field; places of disc, fovea and
      spots; the grade of retinopathy, whether to refer, whether it can be graded, the quality of the shot.
Not:  no other disease of the eye; no claim of realism beyond its row in docs/explanation/phantom_validity.md.

The field and its aperture belong to the pose, so that the same eye before another camera keeps the same masks.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError, unknown
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import Rater, raters_named, read_all
from isocenter.phantoms.retina.camera import draw_shot, quality_of, take
from isocenter.phantoms.retina.lesions import GRADES, KINDS, Lesions, Spot, draw_lesions, grade_of
from isocenter.phantoms.retina.light import Cover, cover_retina, reflect
from isocenter.phantoms.retina.paint import Array, Canvas, average
from isocenter.phantoms.retina.settings import FUNDUS
from isocenter.phantoms.retina.vessels import Disc, Vessels, bead, draw_disc, grow_vessels

SEXES = ("F", "M")
REFERRALS = ("stay", "refer", "ungradable")
LESIONS = ("background", *KINDS)
SPOTS = ("microaneurysm", "hemorrhage")


class Eye(Record):
    """What is photographed, as it lies in the picture."""

    disc: Disc
    vessels: Vessels
    lesions: Lesions
    fovea: NDArray[np.float64]
    """(2,) mm from the middle of the picture."""
    grade: int
    melanin: float
    side: str


class View(Record):
    """The square that is photographed."""

    canvas: Canvas
    finer: int
    aperture: Array
    """(X, Y) of the picture: 1 where light comes through."""

    @property
    def pixel_mm(self) -> float:
        """Spacing of the picture."""
        return self.canvas.sample_mm * self.finer


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one photograph; see PHANTOM.options."""
    p = parameters
    people = seeds.rng("demographics")
    sex, age = _person(p, people, options)
    melanin, coin = float(people.uniform(*p["melanin"]["range"])), people.random()
    side = str(options["side"] or ("right", "left")[int(coin < 0.5)])
    if side not in ("left", "right"):
        raise PlanError(unknown("side", side, ("left", "right")))
    posing = seeds.rng("pose")
    view = _view(p, grade, posing, options)
    eye = _eye(p, seeds, grade, options, posing, melanin=melanin, side=side)
    shot = draw_shot(p, seeds.rng("acquisition"), options, age_years=age)
    cover = cover_retina(view.canvas, eye.disc, eye.vessels, eye.lesions)
    texture = np.random.default_rng([seeds.anatomy, 0xF0])
    light = reflect(p, view.canvas, cover, eye.disc, eye.vessels, texture, melanin=melanin, fovea=eye.fovea)
    picture, clean = take(p, light, shot, view.canvas, view.finer, view.aperture)
    grid = plain_grid(picture.shape[1:], spacing=(view.pixel_mm, view.pixel_mm), world="plane_mm")
    quality = quality_of(p, shot)
    truths = _truths(p, eye, view, cover, quality)
    colors = ("red", "green", "blue")
    return PhantomCase(
        patient=seeds.patient,
        inputs={"fundus": held_image(picture, grid, channels=colors)},
        truths=truths,
        covariates={"sex": sex, "age": round(age, 1), "side": side, "scanner": shot.scanner, "ill": float(eye.grade > 0)},
        clean={"fundus": held_image(clean, grid, channels=colors)},
        acquisition={
            "scanner": shot.scanner, "focus_mm": shot.focus_mm, "exposure": shot.exposure, "haze": shot.haze,
            "vignette": shot.vignette, "quality": quality, "pixel_mm": view.pixel_mm,
        },
        lesions=_table(eye, view),
        raters=_read(p, seeds, eye, truths, options["raters"]),
    )  # fmt: skip


def _person(p: Mapping[str, Any], rng: np.random.Generator, options: Mapping[str, Any]) -> tuple[str, float]:
    """Draw sex and age; an age of two numbers is a range."""
    coin, place = rng.random(), rng.random()
    asked = options["age"]
    low, high = asked if isinstance(asked, tuple | list) else p["age_years"]
    age = float(low + place * (high - low)) if asked is None or isinstance(asked, tuple | list) else float(asked)
    return options["sex"] or SEXES[int(coin >= p["share_female"])], age


def _view(p: Mapping[str, Any], grade: Grade, rng: np.random.Generator, options: Mapping[str, Any]) -> View:
    """Draw how much is seen: the field, and whether its circle is cut above and below."""
    size, finer = int(options["size_px"] or p["size_px"][grade]), int(p["finer"][grade])
    if size < 32:
        raise PlanError(f"expected size_px of at least 32, got {size}.")
    field = float(rng.uniform(*p["field_mm"]))
    side = field * float(rng.uniform(*p["margin"]))
    coin, cut = rng.random(), float(rng.uniform(*p["cut"]))
    centers = (np.arange(size) + 0.5 - size / 2) * side / size
    away = np.hypot(centers[:, None], centers[None, :])
    high = np.abs(centers)[None, :] - (cut if coin < p["share_cut"] else 2.0) * field / 2
    aperture = np.clip(0.5 - (away - field / 2) / (side / size), 0, 1) * np.clip(0.5 - high / (side / size), 0, 1)
    return View(canvas=Canvas(size=size * finer, sample_mm=side / size / finer), finer=finer, aperture=aperture.astype(np.float32))


def _eye(
    p: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any], posing: np.random.Generator, *, melanin: float,
    side: str,
) -> Eye:  # fmt: skip
    """Draw anatomy and disease about the fovea, and lay them before the camera."""
    anatomy = seeds.rng("anatomy")
    disc = draw_disc(p, anatomy)
    vessels = grow_vessels(p, disc, anatomy, smallest=p["smallest"][grade], reach=max(p["field_mm"]) / 2 + 0.6)
    ill = seeds.rng("disease")
    wanted = _grade(p, ill, options)
    lesions = draw_lesions(p, wanted, disc, vessels, ill)
    if lesions.beaded:
        vessels = bead(vessels, lesions.beaded)
    shift, roll = p["shift_mm"] * posing.uniform(-1, 1, 2), np.deg2rad(p["roll_deg"]) * posing.uniform(-1, 1)
    middle = disc.center / 2 + shift
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    turn = turn @ np.diag([1.0 if side == "right" else -1.0, 1.0])

    def place(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((points - middle) @ turn.T, np.float64)

    return Eye(
        disc=dataclasses.replace(disc, center=place(disc.center)),
        vessels=dataclasses.replace(
            vessels, branches=tuple(dataclasses.replace(b, line=place(b.line)) for b in vessels.branches)
        ),
        lesions=Lesions(
            spots=tuple(dataclasses.replace(s, center=place(s.center)) for s in lesions.spots),
            tufts=tuple(dataclasses.replace(t, lines=tuple(place(line) for line in t.lines)) for t in lesions.tufts),
            preretinal=None
            if lesions.preretinal is None
            else dataclasses.replace(lesions.preretinal, center=place(lesions.preretinal.center)),
            beaded=lesions.beaded,
        ),
        fovea=place(np.zeros(2)),
        grade=grade_of(lesions),
        melanin=melanin,
        side=side,
    )  # fmt: skip


def _grade(p: Mapping[str, Any], rng: np.random.Generator, options: Mapping[str, Any]) -> int:
    """Decide the grade: as asked, or drawn."""
    coin, which = rng.random(), rng.random()
    asked = options["retinopathy"]
    if asked is not None and int(asked) not in range(len(GRADES)):
        raise PlanError(f"expected a grade from 0 to {len(GRADES) - 1}, got {asked!r}.")
    ill = options["disease"]
    if ill is False or (asked is None and ill is None and coin >= p["share_disease"]):
        return 0
    if asked is not None:
        return int(asked)
    shares = np.cumsum(list(p["share_grade"].values()))
    return 1 + int(np.searchsorted(shares / shares[-1], which))


def _truths(p: Mapping[str, Any], eye: Eye, view: View, cover: Cover, quality: float) -> dict[str, Value]:
    """Return every truth."""
    lit = view.aperture >= 0.5
    size = lit.shape[0]
    grid = plain_grid(lit.shape, spacing=(view.pixel_mm, view.pixel_mm), world="plane_mm")
    disc = average(cover.disc, view.finer) >= 0.5
    gradable = quality >= p["gradable_from"]
    spots = [spot for spot in eye.lesions.spots if spot.kind in SPOTS]
    referral = 2 if not gradable else int(eye.grade >= 2)

    def one(index: int, names: tuple[str, ...]) -> Scores:
        return Scores(p=np.eye(len(names))[index], names=names)

    def world(places: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.asarray(np.reshape(places, (-1, 2)) + (size - 1) / 2 * view.pixel_mm, np.float64)

    return {
        "vessels": held_mask((_vessel_mask(eye.vessels, view, cover) & lit).astype(np.uint8), grid, ("background", "vessel")),
        "lesions": held_mask(np.where(lit, _lesion_labels(eye.lesions, view, cover), 0).astype(np.uint8), grid, LESIONS),
        "disc": held_mask((disc & lit).astype(np.uint8), grid, ("background", "disc")),
        "fov": held_mask(lit.astype(np.uint8), grid, ("outside", "inside")),
        "landmarks": Points(
            world=world([eye.disc.center, eye.fovea]), kind=np.arange(2), score=np.full(2, np.nan), names=("disc", "fovea")
        ),
        "spots": Points(
            world=world([spot.center for spot in spots]),
            kind=np.array([SPOTS.index(spot.kind) for spot in spots], np.intp),
            score=np.full(len(spots), np.nan),
            names=SPOTS,
        ),
        "grade": one(eye.grade, GRADES),
        "referral": one(referral, REFERRALS),
        "ungradable": one(int(not gradable), ("gradable", "ungradable")),
        "quality": Amount(value=quality, unit="1"),
        "microaneurysms": Amount(value=float(len(eye.lesions.of_kind("microaneurysm"))), unit="1"),
        "disease": one(int(eye.grade > 0), ("healthy", "ill")),
    }  # fmt: skip


def _vessel_mask(vessels: Vessels, view: View, cover: Cover) -> NDArray[np.bool_]:
    """Return the pixels a tracer would fill: covered by 40 %, or on the middle of a vessel at least 0.6 pixel wide."""
    out = average(cover.vessels, view.finer) >= 0.4
    for branch in vessels.branches:
        if 2 * branch.healthy >= 0.6 * view.pixel_mm:
            t = np.linspace(0, len(branch.line) - 1, 2 + int(2 * branch.length / view.pixel_mm))
            line = np.stack([np.interp(t, np.arange(len(branch.line)), branch.line[:, k]) for k in range(2)], 1)
            _mark(out, line, view)
    return np.asarray(out, np.bool_)


def _lesion_labels(lesions: Lesions, view: View, cover: Cover) -> NDArray[np.uint8]:
    """Return the kind of lesion in every pixel, 0 for none: covered by 35 %; new vessels as the region they fill."""
    out = np.zeros(view.aperture.shape, np.uint8)
    for kind in ("cotton_wool_spot", "hemorrhage", "hard_exudate", "neovascularization", "microaneurysm"):
        share = average(cover.lesions[kind], view.finer)
        there = share >= 0.35
        if kind == "neovascularization":
            there = ndimage.binary_closing(np.pad(share >= 0.08, 6), iterations=max(int(0.12 / view.pixel_mm), 1))[6:-6, 6:-6]
        else:
            _mark(there, np.array([spot.center for spot in lesions.of_kind(kind)]).reshape(-1, 2), view)
        out[there] = LESIONS.index(kind)
    return out


def _mark(out: NDArray[np.bool_], places: NDArray[np.float64], view: View) -> None:
    """Set the pixels that hold places given in mm from the middle."""
    index = np.floor(places / view.pixel_mm + out.shape[0] / 2).astype(int)
    index = index[((index >= 0) & (index < out.shape[0])).all(1)]
    out[tuple(index.T)] = True


def _table(eye: Eye, view: View) -> tuple[Mapping[str, float | str], ...]:
    """Return one record a lesion, its place in mm of the picture's plane."""
    shift = (view.aperture.shape[0] - 1) / 2 * view.pixel_mm
    found = [*eye.lesions.spots, *([] if eye.lesions.preretinal is None else [eye.lesions.preretinal])]
    rows: list[dict[str, float | str]] = [
        {"kind": s.kind, "x": float(s.center[0] + shift), "y": float(s.center[1] + shift), "radius_mm": s.radius} for s in found
    ]
    for tuft in eye.lesions.tufts:
        x, y = tuft.center + shift
        rows.append({"kind": "neovascularization", "x": float(x), "y": float(y), "radius_mm": tuft.radius})
    return tuple(rows)


def _read(
    p: Mapping[str, Any], seeds: Seeds, eye: Eye, truths: Mapping[str, Value], names: tuple[str, ...]
) -> dict[str, dict[str, Value]]:
    """Let the raters named read the case: masks, spots, and the grade of the lesions they saw."""
    out: dict[str, dict[str, Value]] = {}
    seen = {"spots": [_contrast(s) for s in eye.lesions.spots if s.kind in SPOTS]}
    for rater, rng in raters_named(p, seeds, names):
        out[rater.name] = read_all({key: value for key, value in truths.items() if key != "fov"}, seen, rater, rng)
        out[rater.name]["grade"] = Scores(p=np.eye(len(GRADES))[_graded(eye.lesions, rater, rng)], names=GRADES)
    return out


def _graded(lesions: Lesions, rater: Rater, rng: np.random.Generator) -> int:
    """Return the grade of the lesions a rater sees."""
    spots = tuple(spot for spot in lesions.spots if rng.random() < rater.sees(_contrast(spot)))
    return grade_of(dataclasses.replace(lesions, spots=spots))


def _contrast(spot: Spot) -> float:
    """Return how easily a spot is seen, in [0, 1]."""
    return float(np.clip(spot.radius / 0.15, 0, 1))


PHANTOM = Phantom(
    name="fundus",
    shows="Fundus photographs in color with vessels, disc, fovea and lesions of diabetic retinopathy, from sharp to ungradable.",
    cite="Murray 1926 (vessels); Wilkinson et al. 2003 (grades); Beer-Lambert absorption in three bands",
    version="1",
    parameters=FUNDUS,
    inputs=("fundus",),
    targets=(
        truth_target("vessels", "mask", classes=("background", "vessel"), scope="region:fov"),
        truth_target("lesions", "mask", classes=LESIONS),
        truth_target("disc", "mask", classes=("background", "disc")),
        truth_target("fov", "mask", classes=("outside", "inside")),
        truth_target("landmarks", "points", classes=("disc", "fovea")),
        truth_target("spots", "points", classes=SPOTS),
        truth_target("grade", "ordinal", classes=GRADES),
        truth_target("referral", "class", classes=REFERRALS),
        truth_target("ungradable", "class", classes=("gradable", "ungradable")),
        truth_target("quality", "value"),
        truth_target("microaneurysms", "count"),
        truth_target("disease", "class", classes=("healthy", "ill")),
    ),
    drawer=draw,
    options={
        "retinopathy": None,
        "scanner": None,
        "nuisance": "learn",
        "spoiled": None,
        "sex": None,
        "age": None,
        "side": None,
        "disease": None,
        "size_px": None,
        "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("digital", "handheld"), "sex": ("F", "M"), "age": ((25.0, 55.0), (55.0, 85.0))},
)
