"""Chest CT with nodules: solid and ground glass, free, at the pleura or at a vessel; every one known by box, mask and size.

In:   seeds, a grade, options (how many nodules, of what size, scanner, sex, age, raters …).
Out:  PhantomCase: the scan; boxes, numbered mask and count of the nodules; lungs; a record a nodule; readers who miss small ones.
Not:  no other disease, no calcification, no motion; no realism beyond its row in docs/explanation/phantom_validity.md.

What looks like a nodule and is none are vessels that cross a slice, the ends of ribs, and noise of a coarse grain.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.grid import Grid
from isocenter.core.image import held_image
from isocenter.core.mask import OBJECTS, Mask, held_mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.nodules.growth import Nodule, draw_nodules, paint
from isocenter.phantoms.nodules.settings import NODULES
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import raters_named, read_mask, read_points
from isocenter.phantoms.thorax.body import SEXES, draw_body, draw_stance
from isocenter.phantoms.thorax.box import chest_box
from isocenter.phantoms.thorax.emphysema import Disease
from isocenter.phantoms.thorax.scene import build_scene
from isocenter.phantoms.thorax.tree import grow_trees
from isocenter.phantoms.tomograph.scan import choose_scanner, clean_scan, draw_noise, store

KIND = ("nodule",)
PRESENCE = ("healthy", "ill")


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one scan; see PHANTOM.options."""
    p = parameters
    body = draw_body(p, seeds, sex=options["sex"], age=options["age"])
    stance = draw_stance(p, seeds.rng("pose"), inspiration=options["inspiration"])
    box, times = chest_box(p, grade, stance.zoom, options), int(p["finer"][grade])
    trees = grow_trees(
        p, np.random.default_rng([seeds.anatomy, 0x7EE]), generations=int(p["generations"][grade]),
        airway_generations=int(p["airway_generations"][grade]),
    )  # fmt: skip
    streams = np.random.SeedSequence([seeds.anatomy, 0x7E1]), np.random.SeedSequence([seeds.disease, 0x7E2])
    healthy = Disease(main=None, other=None, right=0.0, left=0.0)
    scene = build_scene(p, box, times, body, stance, trees, healthy, streams)
    vessel = box.average(scene.vessel, times)
    wanted = draw_nodules(p, seeds.rng("disease"), options, grade, box, scene.lungs, vessel)
    painted = [(nodule, paint(nodule, box, times, scene.hu, scene.lung, scene.vessel)) for nodule in wanted]
    grown = [(nodule, mask) for nodule, mask in painted if mask is not None]
    scanner = choose_scanner(p, rng := seeds.rng("acquisition"), options)
    clean = clean_scan(scene.hu, box, times, scanner)
    noisy = store(clean + draw_noise(box, scanner, rng, scene.inside))
    grid = box.grid()
    truths = _truths(grown, scene.lungs, grid)
    return PhantomCase(
        patient=seeds.patient,
        inputs={"ct": held_image(noisy[None], grid, channels=("ct",), unit="HU")},
        truths=truths,
        covariates={"sex": body.sex, "age": round(body.age_years, 1), "scanner": scanner.name, "ill": float(len(grown) > 0)},
        clean={"ct": held_image(store(clean)[None], grid, channels=("ct",), unit="HU")},
        acquisition={
            "scanner": scanner.name, "noise_hu": scanner.noise_hu, "slice_mm": scanner.slice_mm, "psf_mm": scanner.psf_mm,
            "sharpen": scanner.sharpen, "offset_hu": scanner.offset_hu, "inspiration": stance.inspiration,
        },
        lesions=tuple(_record(nodule, mask, grid) for nodule, mask in grown),
        raters=_read(p, seeds, truths, [nodule.diameter_mm for nodule, _ in grown], options["raters"]),
    )  # fmt: skip


def _truths(grown: Sequence[tuple[Nodule, NDArray[np.bool_]]], lungs: NDArray[np.bool_], grid: Grid) -> dict[str, Value]:
    numbers = np.zeros(grid.shape, np.int32)
    for number, (_, mask) in enumerate(grown, start=1):
        numbers[mask] = number
    places = [_box_of(mask, grid) for _, mask in grown]
    n = len(places)
    boxes = Points(
        world=np.array([center for center, _ in places]).reshape(n, 3), kind=np.zeros(n, np.intp), score=np.full(n, np.nan),
        names=KIND, extent=np.array([extent for _, extent in places]).reshape(n, 3),
    )  # fmt: skip
    return {
        "nodules": boxes,
        "nodule_mask": _mask_of(numbers, grid),
        "nodule_count": Amount(value=float(n), unit="1"),
        "disease": Scores(p=np.array([float(n == 0), float(n > 0)]), names=PRESENCE),
        "lungs": held_mask((lungs | (numbers > 0)).astype(np.uint8), grid, ("background", "lungs")),
    }


def _box_of(mask: NDArray[np.bool_], grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return center and full size of the box around a mask, mm."""
    index = np.argwhere(mask)
    low, high = index.min(axis=0), index.max(axis=0)
    return grid.to_world([(low + high) / 2])[0], (high - low + 1) * np.asarray(grid.spacing)


def _record(nodule: Nodule, mask: NDArray[np.bool_], grid: Grid) -> Mapping[str, float | str]:
    center, _ = _box_of(mask, grid)
    return {
        "kind": nodule.texture, "place": nodule.place, "diameter_mm": round(nodule.diameter_mm, 2), "hu": round(nodule.hu, 1),
        "x_mm": round(float(center[0]), 2), "y_mm": round(float(center[1]), 2), "z_mm": round(float(center[2]), 2),
        "volume_ml": float(mask.sum() * np.prod(grid.spacing) / 1000),
    }  # fmt: skip


def _read(
    p: Mapping[str, Any], seeds: Seeds, truths: Mapping[str, Value], diameters: list[float], names: tuple[str, ...]
) -> dict[str, dict[str, Value]]:
    """Let the readers named mark the nodules they see: the smaller, the fewer."""
    out: dict[str, dict[str, Value]] = {}
    boxes, mask = truths["nodules"], truths["nodule_mask"]
    for rater, rng in raters_named(p, seeds, names):
        if isinstance(boxes, Points) and isinstance(mask, Mask) and mask.objects is not None:
            seen = np.flatnonzero([rng.random() < rater.sees(diameter) for diameter in diameters])
            marked = Points(
                world=boxes.world[seen], kind=boxes.kind[seen], score=boxes.score[seen], names=KIND,
                extent=None if boxes.extent is None else boxes.extent[seen],
            )  # fmt: skip
            numbers = mask.objects.array()[0]
            out[rater.name] = {
                "nodules": read_points(marked, [np.inf] * len(seen), rater, rng),
                "nodule_mask": _mask_of(np.where(np.isin(numbers, seen + 1), numbers, 0), mask.grid),
                "lungs": read_mask(truths["lungs"], rater, rng),  # type: ignore[arg-type]
            }
    return out


def _mask_of(numbers: NDArray[np.int32], grid: Grid) -> Mask:
    """Return the mask of numbered nodules."""
    labels = held_image((numbers > 0).astype(np.uint8)[None], grid, channels=("label",))
    return Mask(labels=labels, names=("background", *KIND), objects=held_image(numbers[None], grid, channels=OBJECTS))


PHANTOM = Phantom(
    name="nodule_ct",
    shows="Upper chest CT with solid and ground-glass nodules, each known by its box, its voxels and its size.",
    cite="MacMahon et al., Radiology 2017; 284:228-243 (sizes and textures); Weibel 1963 (trees)",
    version="1",
    parameters=NODULES,
    inputs=("ct",),
    targets=(
        truth_target("nodules", "boxes", classes=KIND),
        truth_target("lungs", "mask", classes=("background", "lungs")),
        truth_target("nodule_mask", "mask", classes=("background", *KIND), instances=True),
        truth_target("nodule_count", "count"),
        truth_target("disease", "class", classes=PRESENCE),
    ),
    drawer=draw,
    options={
        "scanner": None, "nuisance": "learn", "sex": None, "age": None, "disease": None, "nodules": None, "diameter_mm": None,
        "inspiration": None, "voxel_mm": None, "height_mm": None, "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("soft", "sharp"), "sex": SEXES, "age": ((45.0, 62.0), (62.0, 80.0))},
)  # fmt: skip
