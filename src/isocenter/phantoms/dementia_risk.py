"""Dementia risk: a coronal brain slice whose atrophy, with age and sex, drives a known hazard; death competes.

In:   seeds, a grade, options (age, sex, scanner, disease, loss, raters …).
Out:  PhantomCase: the slice; time to dementia, death or censoring; the true linear predictor and the true 5-year chance, so that
      the best possible concordance can be computed; masks and areas of hippocampus and ventricles.
Not:  no volume, no motion; rates are of the right order and of no cohort (aging/settings.py).

The years after the scan depend on anatomy, disease and demographics, never on pose or scanner: a rescan has the same fate.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError
from isocenter.core.grid import Grid, plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.phantoms.aging.follow_up import Baseline, Ending, chance_of_dementia, follow, predictor
from isocenter.phantoms.aging.settings import AGING
from isocenter.phantoms.aging.slice import Head, Slice, draw_slice, scan
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by
from isocenter.phantoms.retina.paint import Canvas, average, smooth_field

SEXES = ("F", "M")
ENDINGS = ("censored", "dementia", "death")
STRUCTURES = ("background", "hippocampus", "ventricle")
HORIZON_YEARS = 5.0


class Person(Record):
    """Who is scanned, and what follows."""

    at: Baseline
    ill: bool
    ending: Ending


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one slice and the years after it; see PHANTOM.options."""
    p = parameters
    size, finer = int(options["size_px"] or p["size_px"][grade]), int(p["finer"][grade])
    if size < 32:
        raise PlanError(f"expected size_px of at least 32, got {size}.")
    person = _person(p, seeds, options)
    posing = seeds.rng("pose")
    canvas = Canvas(size=size * finer, sample_mm=float(posing.uniform(*p["field_mm"])) / size / finer)
    roll, shift = np.deg2rad(p["roll_deg"]) * float(posing.uniform(-1, 1)), p["shift_mm"] * posing.uniform(-1, 1, 2)
    head = _head(p, person.at, seeds.rng("anatomy"))
    folds = smooth_field(canvas, np.random.default_rng([seeds.anatomy, 0xA9]), p["fold_mm"], side_mm=1.5 * max(p["field_mm"]))
    drawn = draw_slice(p, head, canvas, folds, roll=roll, shift=shift)
    name, scanner, rng = _scanner(p, seeds, options)
    white, noise = float(rng.uniform(*p["white_level"])), float(scanner["noise"] * np.exp(p["noise_spread"] * rng.normal()))
    picture, clean = scan(scanner, drawn.tissue, canvas, finer, rng, white=white, noise=noise)
    pixel_mm = canvas.sample_mm * finer
    grid = plain_grid((size, size), spacing=(pixel_mm, pixel_mm), world="plane_mm")
    truths = _truths(p, person, drawn, canvas, finer, grid)
    return PhantomCase(
        patient=seeds.patient,
        inputs={"t1": held_image(picture[None], grid, channels=("t1",))},
        truths=truths,
        covariates={
            "age": round(person.at.age_years, 1), "sex": person.at.sex, "scanner": name, "ill": float(person.ill),
            "ended_by": person.ending.reason,
        },
        clean={"t1": held_image(clean[None], grid, channels=("t1",))},
        acquisition={"scanner": name, "noise": noise, "white": white, "pixel_mm": pixel_mm},
        raters=read_by(p, seeds, truths, options["raters"]),
    )  # fmt: skip


def _person(p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any]) -> Person:
    """Draw age, sex and atrophy, and follow the person up."""
    people, ill_rng = seeds.rng("demographics"), seeds.rng("disease")
    coin, place = people.random(), float(people.random())
    asked = options["age"]
    low, high = asked if isinstance(asked, tuple | list) else p["age_years"]
    age = low + place * (high - low) if asked is None or isinstance(asked, tuple | list) else float(asked)
    sex = options["sex"] or SEXES[int(coin >= p["share_female"])]
    ill_coin, far, near, wide = ill_rng.random(), ill_rng.random(), ill_rng.normal(), ill_rng.normal()
    ill = bool(ill_coin < p["share_disease"] if options["disease"] is None else options["disease"])
    first, last = p["loss_ill"]
    lost = first + far * (last - first) if ill else max(p["loss_well"][0] + p["loss_well"][1] * near, 0.0)
    lost += p["loss_a_year"] * (age - 60)
    loss = float(np.clip(lost if options["loss"] is None else options["loss"], 0, 0.75))
    widening = p["widening_a_year"] * (age - 60) + p["widening_of_loss"] * loss + p["ventricle_spread"] * wide
    at = Baseline(age_years=float(age), sex=sex, loss=loss, widening=float(np.clip(widening, 0, 1.2)))
    fate = np.random.default_rng([seeds.anatomy, seeds.disease, seeds.demographics, 0xFA])
    return Person(at=at, ill=ill, ending=follow(p, at, fate))


def _head(p: Mapping[str, Any], at: Baseline, rng: np.random.Generator) -> Head:
    """Draw the sizes a person grew up with; age and disease change them."""
    scale, sea_horse = np.exp(p["head_spread"] * rng.normal()), np.exp(p["hippocampus_spread"] * rng.normal())
    return Head(
        scale=float(scale * (1.0 if at.sex == "M" else 0.97)),
        hippocampus=float(p["hippocampus"][2] * sea_horse),
        ventricle=float(p["ventricle"][2]),
        loss=at.loss,
        widening=at.widening,
        sulci=float(p["sulci_mm"] + p["sulci_a_year"] * (at.age_years - 60) + 1.5 * at.loss),
    )


def _scanner(p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any]) -> tuple[str, dict[str, float], np.random.Generator]:
    """Draw the scanner; the one kept for test is drawn only when the nuisance is "test"."""
    rng = seeds.rng("acquisition")
    drawn = str(rng.choice([name for name in p["scanners"] if name != p["held_scanner"]]))
    name = options["scanner"] or (drawn if options["nuisance"] == "learn" else p["held_scanner"])
    return str(name), dict(p["scanners"][name]), rng


def _truths(p: Mapping[str, Any], person: Person, drawn: Slice, canvas: Canvas, finer: int, grid: Grid) -> dict[str, Value]:
    """Return every truth."""
    at, ending = person.at, person.ending
    labels = np.zeros(grid.shape, np.uint8)
    labels[average(drawn.ventricle, finer) >= 0.5] = STRUCTURES.index("ventricle")
    labels[average(drawn.hippocampus, finer) >= 0.5] = STRUCTURES.index("hippocampus")

    def area(share: NDArray[np.float32]) -> Amount:
        return Amount(value=float(share.sum() * canvas.sample_mm**2), unit="mm2")

    return {
        "dementia": Survival(
            days=np.array([ending.days]),
            alive=np.array([0.0 if ending.code == 1 else 1.0]),
            censored=ending.code == 0,
            cause=ending.code or 1,
        ),
        "structures": held_mask(labels, grid, STRUCTURES),
        "risk": Amount(value=predictor(p, at), unit="1"),
        "chance_5y": Amount(value=chance_of_dementia(p, at, HORIZON_YEARS), unit="1"),
        "hippocampal_area": area(drawn.hippocampus),
        "ventricular_area": area(drawn.ventricle),
        "sex": Scores(p=np.eye(2)[SEXES.index(at.sex)], names=SEXES),
        "age": Amount(value=at.age_years, unit="a"),
        "disease": Scores(p=np.eye(2)[int(person.ill)], names=("healthy", "ill")),
    }


PHANTOM = Phantom(
    name="dementia_risk",
    shows="Coronal brain slices whose atrophy, with age and sex, drives a known risk of dementia; death competes.",
    cite="Bender et al. 2005 (times from a hazard); own proportions of an aging brain",
    version="1",
    parameters=AGING,
    inputs=("t1",),
    targets=(
        truth_target("dementia", "survival", columns=("dementia_days", "dementia_event"), classes=ENDINGS),
        truth_target("structures", "mask", classes=STRUCTURES),
        truth_target("risk", "value"),
        truth_target("chance_5y", "proportion"),
        truth_target("hippocampal_area", "value", unit="mm2"),
        truth_target("ventricular_area", "value", unit="mm2"),
        truth_target("sex", "class", classes=SEXES),
        truth_target("age", "value", unit="a"),
        truth_target("disease", "class", classes=("healthy", "ill")),
    ),
    drawer=draw,
    options={
        "age": None,
        "sex": None,
        "scanner": None,
        "nuisance": "learn",
        "disease": None,
        "loss": None,
        "size_px": None,
        "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("sharp", "quick"), "sex": ("F", "M"), "age": ((60.0, 74.0), (74.0, 88.0))},
)
