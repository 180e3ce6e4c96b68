"""Brain MR volumes with white-matter lesions: many small, few large, a few voxels in a thousand; each one known.

In:   seeds, a grade, options (scanner, disease, lesions, size, motion, raters …).
Out:  PhantomCase: T1, T2 and FLAIR; numbered lesions, tissues, load and count; a record a lesion; readers who miss small ones.
Not:  no skull, no cerebellum, no vessels; no growth over time; no claim of realism beyond its row in
      docs/explanation/phantom_validity.md.

Lesions are bright in FLAIR and T2; the large ones mostly dark in T1. Lacunes are bright in T2, dark in FLAIR, and no lesions. Gray
matter and the coil's profile are what a threshold on FLAIR takes for lesions.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.grid import Grid
from isocenter.core.image import held_image
from isocenter.core.mask import OBJECTS, Mask, held_mask
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.metrics.lesions import diameter_of, size_class
from isocenter.phantoms.brain.head import draw_head, tissue_shares
from isocenter.phantoms.brain.lesions import Places
from isocenter.phantoms.brain.pictures import Frame, acquire, frame_of
from isocenter.phantoms.brain.scan import average
from isocenter.phantoms.brain.spots import Spots, draw_spots, fill_spots
from isocenter.phantoms.brain.white_settings import WHITE
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import raters_named

Floats = NDArray[np.float32]
SHOWN = ("flair", "t1", "t2")
NAMES = ("background", "lesion")
TISSUES = ("background", "csf", "gray", "white")


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one patient; see PHANTOM.options."""
    p = parameters if options["lesions"] is None else {**parameters, "lesions": float(options["lesions"])}
    people = seeds.rng("demographics")
    age, sex = float(people.uniform(*p["age_years"])), ("F", "M")[int(people.integers(2))]
    head = draw_head(p, seeds.rng("anatomy"), age)
    frame = frame_of(p, seeds, grade, {**options, "form": "volume"}, 0.0)
    rng = seeds.rng("disease")
    coin = bool(rng.random() < p["share_disease"])
    ill = coin if options["disease"] is None else bool(options["disease"])
    half = p["slices"][grade] * p["slice_mm"][grade] / 2
    places = Places(head, p["volume_bottom_mm"] + half, half - 3.0, rng)
    drawn = draw_spots(p, places, rng, ill=ill, age=age)
    edge = float(max(frame.sampling.fine_mm[:2]))
    shares = tissue_shares(head, frame.points, edge)
    spots = fill_spots(p, frame, shares, drawn, edge)
    pictures = acquire(p, seeds, options, frame, shares, spots.filled, enhancing=False, sequences=SHOWN)
    rows = _rows(spots, frame.grid)
    return PhantomCase(
        patient=seeds.patient,
        inputs=pictures.noisy,
        truths=_truths(frame, shares, spots, ill=ill, age=age),
        covariates={"age": round(age, 1), "sex": sex, "scanner": str(pictures.facts["scanner"]), "ill": float(ill)},
        clean=pictures.clean,
        acquisition=pictures.facts,
        lesions=rows,
        raters=_read(p, seeds, spots, frame.grid, options["raters"]),
    )


def _truths(frame: Frame, shares: Mapping[str, Floats], spots: Spots, *, ill: bool, age: float) -> dict[str, Value]:
    """Return every truth."""
    csf, gray, deep, white = (average(shares[name], frame.sampling.factor) for name in ("csf", "gray", "deep", "white"))
    tissues = np.stack([1 - csf - gray - deep - white, csf, gray + deep, white]).argmax(0).astype(np.uint8)
    load = float((spots.numbers > 0).sum() * np.prod(frame.grid.spacing) / 1000)
    return {
        "lesions": _mask_of(spots.numbers, frame.grid),
        "tissues": held_mask(tissues, frame.grid, TISSUES),
        "lesion_load": Amount(value=load, unit="mL"),
        "lesion_count": Amount(value=float(len(spots.kept)), unit="1"),
        "disease": Scores(p=np.array([float(not ill), float(ill)]), names=("healthy", "ill")),
        "age": Amount(value=age, unit="a"),
    }


def _mask_of(numbers: NDArray[np.int32], grid: Grid) -> Mask:
    """Return the mask of numbered lesions."""
    labels = held_image((numbers > 0).astype(np.uint8)[None], grid, channels=("label",))
    return Mask(labels=labels, names=NAMES, objects=held_image(numbers[None], grid, channels=OBJECTS))


def _rows(spots: Spots, grid: Grid) -> tuple[Mapping[str, float | str], ...]:
    """Return a line a lesion, in the order of their numbers; its size is that of its samples, as lesion_f1 counts it."""
    rows: list[Mapping[str, float | str]] = []
    for number, lesion in enumerate(spots.kept, start=1):
        index = np.argwhere(spots.numbers == number)
        center = grid.to_world([index.mean(axis=0)])[0]
        seen = float(diameter_of(np.array([float(len(index))]), grid.spacing)[0])
        rows.append({
            "kind": lesion.kind, "size": size_class(seen, "mm"), "diameter_mm": round(seen, 2),
            "drawn_mm": round(2 * lesion.radius_mm, 2), "voxels": float(len(index)),
            "x_mm": round(float(center[0]), 2), "y_mm": round(float(center[1]), 2), "z_mm": round(float(center[2]), 2),
        })  # fmt: skip
    return tuple(rows)


def _read(p: Mapping[str, Any], seeds: Seeds, spots: Spots, grid: Grid, names: tuple[str, ...]) -> dict[str, dict[str, Value]]:
    """Let the readers named mark the lesions they see: the smaller, the fewer; outlines are those of the truth."""
    out: dict[str, dict[str, Value]] = {}
    for rater, rng in raters_named(p, seeds, names):
        seen = [number for number, one in enumerate(spots.kept, start=1) if rng.random() < rater.sees(2 * one.radius_mm)]
        numbers = np.where(np.isin(spots.numbers, seen), spots.numbers, 0).astype(np.int32)
        out[rater.name] = {"lesions": _mask_of(numbers, grid), "lesion_count": Amount(value=float(len(seen)), unit="1")}
    return out


PHANTOM = Phantom(
    name="white_lesions",
    shows="Brain MR volumes in FLAIR, T1 and T2 with many small white-matter lesions, each known by its voxels and its size.",
    cite="Haacke 1999 (sequences); Wansapura 1999, Stanisz 2005 (relaxation); Lesjak 2017 (contrasts and sizes)",
    version="1",
    parameters=WHITE,
    inputs=SHOWN,
    targets=(
        truth_target("lesions", "mask", classes=NAMES, instances=True, metrics=("lesion_f1",)),
        truth_target("tissues", "mask", classes=TISSUES),
        truth_target("lesion_load", "value", unit="mL"),
        truth_target("lesion_count", "count"),
        truth_target("disease", "class", classes=("healthy", "ill")),
        truth_target("age", "value", unit="a"),
    ),
    drawer=draw,
    options={
        "scanner": None, "nuisance": "learn", "size": None, "disease": None, "lesions": None, "motion": 0.0, "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("sharp", "old")},
)  # fmt: skip
