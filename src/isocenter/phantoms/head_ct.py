"""Head CT with bleeding: skull, brain and blood in HU, compartment and volume known; calcium beside it that is not blood.

In:   seeds, a grade, options (scanner, sex, age, disease, compartments, volume_ml, raters …).
Out:  PhantomCase: the scan; masks of the inside of the skull, of blood by compartment and of calcium; class, compartments, volume,
      boxes, a table of bleedings; readers.
Not:  no contrast, no swelling that moves the brain, no fracture; no claim of realism beyond its row in
      docs/explanation/phantom_validity.md.

The field shows a stack of slices around the ventricles. A scanner's slice thickness acts as blur along z: the grid is set by pose
and grade alone, so another scanner keeps the same masks.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError, unknown
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.head.bleed import COMPARTMENTS, Bleeding, draw_bleedings
from isocenter.phantoms.head.cupping import cupping
from isocenter.phantoms.head.scene import Scene, build_scene
from isocenter.phantoms.head.settings import HEAD
from isocenter.phantoms.head.subject import SEXES, draw_subject, draw_tilt
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by
from isocenter.phantoms.tomograph.box import Box
from isocenter.phantoms.tomograph.scan import choose_scanner, clean_scan, draw_noise, store


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one scan; see PHANTOM.options."""
    p, asked = parameters, _asked(options)
    subject = draw_subject(p, seeds, sex=asked["sex"], age=asked["age"])
    tilt = draw_tilt(p, seeds.rng("pose"))
    box, times = _box(p, grade, tilt.zoom, asked), int(p["finer"][grade])
    bleedings = draw_bleedings(p, seeds.rng("disease"), asked)
    streams = np.random.SeedSequence([seeds.anatomy, 0x4EAD]), np.random.SeedSequence([seeds.disease, 0xB1ED])
    scene = build_scene(p, box, times, subject, tilt, bleedings, streams)
    numbers = {name: {k: v for k, v in machine.items() if k != "cup_hu"} for name, machine in p["scanners"].items()}
    scanner = choose_scanner({**p, "scanners": numbers}, rng := seeds.rng("acquisition"), asked)
    cup = float(p["scanners"][scanner.name]["cup_hu"])
    clean = clean_scan(scene.hu, box, times, scanner) + cupping(scene.depth, scene.bone, cup)
    noisy = store(clean + draw_noise(box, scanner, rng, scene.inside))
    truths, contrasts, lesions = _truths(scene, box, bleedings)
    grid = box.grid()
    readers = read_by(p, seeds, truths, asked["raters"], contrasts)
    return PhantomCase(
        patient=seeds.patient,
        inputs={"ct": held_image(noisy[None], grid, channels=("ct",), unit="HU")},
        truths=truths,
        covariates={
            "sex": subject.sex, "age": round(subject.age_years, 1), "scanner": scanner.name, "ill": float(bool(lesions)),
            "calcium": float(scene.calcium.any()),
        },
        clean={"ct": held_image(store(clean)[None], grid, channels=("ct",), unit="HU")},
        acquisition={
            "scanner": scanner.name, "noise_hu": scanner.noise_hu, "slice_mm": scanner.slice_mm, "psf_mm": scanner.psf_mm,
            "sharpen": scanner.sharpen, "offset_hu": scanner.offset_hu, "cup_hu": cup, "nod_deg": tilt.nod_deg,
            "tilt_deg": tilt.tilt_deg, "turn_deg": tilt.turn_deg,
        },
        lesions=lesions,
        raters=readers,
    )  # fmt: skip


def _asked(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with compartments as a tuple; PlanError for what cannot be drawn."""
    asked = dict(options)
    named = asked["compartments"]
    if isinstance(named, str):
        named = tuple(part.strip() for part in named.split(",") if part.strip())
    for name in named or ():
        if name not in COMPARTMENTS:
            raise PlanError(unknown("compartment", str(name), COMPARTMENTS))
    if asked["volume_ml"] is not None and not 0 < float(asked["volume_ml"]) <= 200:
        raise PlanError(f"expected a volume_ml above 0 and up to 200, got {asked['volume_ml']!r}.")
    return asked | {"compartments": None if named is None else tuple(named)}


def _box(p: Mapping[str, Any], grade: Grade, zoom: float, options: Mapping[str, Any]) -> Box:
    """Return the voxels stored: as the grade says, or of the size asked for in-plane."""
    field, n = [side * zoom for side in p["field_mm"]], [int(k) for k in p["shape"][grade]]
    if options["pixel_mm"] is not None:
        n = [round(side / float(options["pixel_mm"])) for side in field[:2]] + n[2:]
    if min(n[:2]) < 16:
        raise PlanError(f"expected at least 16 pixels a side, got {n[:2]}. Ask for a smaller pixel_mm.")
    x, y, z = (side / k for side, k in zip(field, n, strict=True))
    return Box(shape=(n[0], n[1], n[2]), spacing_mm=(x, y, z))


def _truths(
    scene: Scene, box: Box, bleedings: tuple[Bleeding, ...]
) -> tuple[dict[str, Value], dict[str, Any], tuple[Mapping[str, float | str], ...]]:
    """Return every truth, how visible each bleeding is, and a record a compartment."""
    grid, labels = box.grid(), scene.blood.labels
    voxel_ml = float(np.prod(box.spacing_mm)) / 1000
    lesions: list[dict[str, float | str]] = []
    places, extents, kinds, seen = [], [], [], []
    for bleeding in bleedings:
        kind = COMPARTMENTS.index(bleeding.kind)
        index = np.argwhere(labels == 1 + kind)
        if not len(index):
            continue  # this person has no room for it in the field, such as no wide sulcus near the source
        world = grid.to_world(index)
        low, high = world.min(0) - np.array(box.spacing_mm) / 2, world.max(0) + np.array(box.spacing_mm) / 2
        volume = len(index) * voxel_ml
        places.append((low + high) / 2)
        extents.append(high - low)
        kinds.append(kind)
        seen.append(float(np.clip(volume / 10, 0, 1) ** (1 / 3) * (bleeding.hu - 30) / 40))
        middle = dict(zip("xyz", (float(c) for c in world.mean(0)), strict=True))
        lesions.append({"kind": bleeding.kind, "volume_ml": volume, "hu": bleeding.hu, **middle})
    ill = bool(lesions)
    present = np.array([float(k in kinds) for k in range(len(COMPARTMENTS))])
    truths: dict[str, Value] = {
        "disease": Scores(p=np.array([float(not ill), float(ill)]), names=("healthy", "bleed")),
        "compartments": Scores(p=present, names=COMPARTMENTS),
        "volume": Amount(value=float((labels > 0).sum() * voxel_ml), unit="mL"),
        "intracranial": held_mask(scene.intracranial.astype(np.uint8), grid, ("background", "intracranial")),
        "bleed": held_mask((labels > 0).astype(np.uint8), grid, ("background", "bleed")),
        "bleed_kind": held_mask(labels, grid, ("background", *COMPARTMENTS)),
        "calcium": held_mask(scene.calcium.astype(np.uint8), grid, ("background", "calcium")),
        "bleeds": Points(
            world=np.array(places).reshape(-1, 3), kind=np.array(kinds, np.intp), score=np.full(len(kinds), np.nan),
            names=COMPARTMENTS, extent=np.array(extents).reshape(-1, 3),
        ),
    }  # fmt: skip
    return truths, {"bleeds": seen, "compartments": {COMPARTMENTS[k]: s for k, s in zip(kinds, seen, strict=True)}}, tuple(lesions)


PHANTOM = Phantom(
    name="head_ct",
    shows="Head CT with or without bleeding in five compartments of known volume, with calcium beside it that is not blood.",
    cite="Brooks & Di Chiro 1976 (beam hardening); Kijewski & Judy 1987 (noise); densities rounded from textbooks",
    version="1",
    parameters=HEAD,
    inputs=("ct",),
    targets=(
        truth_target("disease", "class", classes=("healthy", "bleed")),
        truth_target("compartments", "multilabel", classes=COMPARTMENTS),
        truth_target("volume", "value", unit="mL"),
        truth_target("intracranial", "mask", classes=("background", "intracranial")),
        truth_target("bleed", "mask", classes=("background", "bleed")),
        truth_target("bleed_kind", "mask", classes=("background", *COMPARTMENTS)),
        truth_target("calcium", "mask", classes=("background", "calcium")),
        truth_target("bleeds", "boxes", classes=COMPARTMENTS),
    ),
    drawer=draw,
    options={
        "scanner": None, "nuisance": "learn", "sex": None, "age": None, "disease": None, "compartments": None, "volume_ml": None,
        "pixel_mm": None, "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("clear", "old"), "sex": SEXES, "age": ((20.0, 55.0), (55.0, 90.0))},
)  # fmt: skip
