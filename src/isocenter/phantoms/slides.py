"""Whole slides stained with hematoxylin and eosin: glands, follicles, and in some carcinoma whose region is known.

In:   seeds, a grade, options (center, disease, size_um, um_per_px, raters ...).
Out:  PhantomCase: the slide; carcinoma of the slide and of the patient, regions, tissue, nuclei by kind, the share that is ill.
Not:  no grade of carcinoma, no folds or ink; no claim of realism beyond its row in docs/explanation/phantom_validity.md.

A patient belongs to one center, whose laboratory and scanner stain and light all of the patient's slides. Who is ill is the
patient's; which slides show it is each slide's. Crowds of lymphocytes are as dark as carcinoma: color alone does not tell.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.slide import HeldSlide, corner_grid
from isocenter.core.value import Value
from isocenter.phantoms.histology.anatomy import Anatomy, grow
from isocenter.phantoms.histology.nuclei import TYPES, Nuclei, paint, scatter
from isocenter.phantoms.histology.patient import CENTERS, center_of, person_of
from isocenter.phantoms.histology.settings import HISTOLOGY
from isocenter.phantoms.histology.stain import amounts, draw_dyes, scan
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import raters_named, read_all
from isocenter.phantoms.retina.paint import Canvas

REGIONS, TISSUE, YES = ("other", "carcinoma"), ("glass", "tissue"), ("no", "yes")


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one slide; see PHANTOM.options."""
    p = parameters
    side = float(options["size_um"] or p["size_um"][grade])
    step, finer = float(options["um_per_px"] or p["um_per_px"][grade]), int(p["finer"][grade])
    if side < p["least_um"] or step <= 0:
        raise PlanError(f"expected size_um of at least {p['least_um']:g} and um_per_px above 0, got {side:g} and {step:g}.")
    count = round(side / step)
    canvas = Canvas(size=count * finer, sample_mm=step / finer)  # the canvas counts micrometers here
    person, ill, shows = person_of(p, seeds, options)
    anatomy = grow(p, canvas, _rng(seeds, "anatomy"), _rng(seeds, "region"), ill=shows)
    nuclei = scatter(p, canvas, anatomy, _rng(seeds, "nuclei"))
    name = center_of(p, seeds, options)
    center, acquisition = p["scanners"][name], seeds.rng("acquisition")
    dyes = draw_dyes(p, center, acquisition)
    amount = amounts(p, anatomy, paint(canvas, nuclei, _rng(seeds, "chromatin")))
    picture, clean = scan(center, dyes, amount, canvas, acquisition, finer=finer)
    grid = corner_grid((count, count), step)
    truths = _truths(anatomy, nuclei, canvas, finer, step, ill=ill, shows=shows)
    return PhantomCase(
        patient=seeds.patient,
        inputs={"slide": HeldSlide(samples=picture, finest_um=step, um_per_px=step)},
        truths=truths,
        covariates={**person, "center": name, "scanner": name, "ill": float(ill)},
        clean={"slide": held_image(clean, grid, channels=("red", "green", "blue"))},
        acquisition={
            "scanner": name, "hematoxylin": _words(dyes.vectors[0]), "eosin": _words(dyes.vectors[1]), "dense": _words(dyes.dense),
            "white": _words(center["white"]), "um_per_px": step,
        },
        raters=_read(p, seeds, truths, options["raters"]),
    )  # fmt: skip


def _rng(seeds: Seeds, what: str) -> np.random.Generator:
    """Return the generator of one part: tissue is the slide's own (pose), so slides of a patient are not one picture."""
    word = int.from_bytes(what.encode()[:6], "little")
    return np.random.default_rng([word, seeds.anatomy, seeds.disease if what == "region" else seeds.pose])


def _truths(
    anatomy: Anatomy, nuclei: Nuclei, canvas: Canvas, finer: int, step: float, *, ill: bool, shows: bool
) -> dict[str, Value]:
    """Return every truth; a pixel is of what covers its middle."""
    kept = slice(finer // 2, None, finer)
    grid = corner_grid((canvas.size // finer,) * 2, step)
    tissue, region = anatomy.tissue[kept, kept], anatomy.region[kept, kept]
    return {
        "carcinoma": Scores(p=np.eye(2)[int(shows)], names=YES),
        "tissue": held_mask(tissue.astype(np.uint8), grid, TISSUE),
        "regions": held_mask(region.astype(np.uint8), grid, REGIONS),
        "disease": Scores(p=np.eye(2)[int(ill)], names=("healthy", "ill")),
        "nuclei": Points(
            world=nuclei.place + canvas.side_mm / 2,
            kind=nuclei.kind,
            score=np.full(len(nuclei.kind), np.nan),
            names=TYPES,
        ),
        "share": Amount(value=float(region.sum() / max(int(tissue.sum()), 1)), unit="1"),
    }


def _read(p: Mapping[str, Any], seeds: Seeds, truths: Mapping[str, Value], names: Sequence[str]) -> dict[str, dict[str, Value]]:
    """Let the raters named look at the slide: they outline tissue and carcinoma, and miss some slides with little of it."""
    found: dict[str, dict[str, Value]] = {}
    share = truths["share"]
    plain = math.sqrt(share.value) if isinstance(share, Amount) else 0.0
    for rater, rng in raters_named(p, seeds, names):
        found[rater.name] = read_all({n: truths[n] for n in ("tissue", "regions")}, {}, rater, rng)
        seen = rng.random() < (rater.sees(plain) if plain > 0 else rater.false_rate)
        found[rater.name]["carcinoma"] = Scores(p=np.eye(2)[int(seen)], names=YES)
    return found


def _words(numbers: Sequence[float]) -> str:
    return " ".join(f"{v:.4g}" for v in numbers)


PHANTOM = Phantom(
    name="slides",
    shows="Whole slides of glands stained with hematoxylin and eosin at several centers, with carcinoma whose region is known.",
    cite="Own drawing after Robbins Basic Pathology; dyes: Ruifrok & Johnston 2001; Macenko et al., ISBI 2009",
    version="1",
    parameters=HISTOLOGY,
    inputs=("slide",),
    targets=(
        truth_target("carcinoma", "class", classes=YES),
        truth_target("tissue", "mask", classes=TISSUE),
        truth_target("regions", "mask", classes=REGIONS),
        truth_target("disease", "class", classes=("healthy", "ill"), per="patient"),
        truth_target("nuclei", "points", classes=TYPES),
        truth_target("share", "proportion"),
    ),
    drawer=draw,
    options={
        "scanner": None,
        "nuisance": "learn",
        "disease": None,
        "size_um": None,
        "um_per_px": None,
        "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("north", "east")},
    asks=("carcinoma", "regions", "disease"),
    at={"slide": "10x"},
    rounds={"scanner": CENTERS},
    cases=200,
    visits=5,
)
