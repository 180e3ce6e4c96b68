"""Two sections next to each other in one block: the first in hematoxylin and eosin, the second in DAB and hematoxylin.

In:   seeds, a grade, options (marker, damage, warp, center, disease ...).
Out:  PhantomCase: both slides; landmarks on both, tissue and carcinoma of both, nuclei of both by kind.
Not:  no folds of tissue, no dust; sections are scanned at one resolution.

The second section is turned any way round, shifted and warped, and lies a few um deeper: glands, follicles and carcinoma are those
of the first but for small steps, nuclei are others. A tear or a missing piece is drawn or chosen.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import PlanError, unknown
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.slide import HeldSlide, corner_grid
from isocenter.core.value import Value
from isocenter.phantoms.histology.anatomy import KINDS, LUMEN, Anatomy, grow
from isocenter.phantoms.histology.nuclei import TYPES, Nuclei, paint, scatter
from isocenter.phantoms.histology.patient import CENTERS, center_of, person_of
from isocenter.phantoms.histology.serial import cut, landmarks, place
from isocenter.phantoms.histology.serial_settings import SERIAL
from isocenter.phantoms.histology.stain import amounts, draw_dyes, scan
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import raters_named, read_all
from isocenter.phantoms.retina.paint import Canvas

REGIONS, TISSUE, YES = ("other", "carcinoma"), ("glass", "tissue"), ("no", "yes")
STAINED = ("negative", "positive")


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one pair; see PHANTOM.options."""
    p = parameters
    side = float(options["size_um"] or p["size_um"][grade])
    step, finer = float(options["um_per_px"] or p["um_per_px"][grade]), int(p["finer"][grade])
    if side < p["least_um"] or step <= 0:
        raise PlanError(f"expected size_um of at least {p['least_um']:g} and um_per_px above 0, got {side:g} and {step:g}.")
    p = {**p, "tissue": {**p["tissue"], "length": p["tissue"]["length_share"] * side}}
    count = round(side / step)
    canvas = Canvas(size=count * finer, sample_mm=step / finer)  # the canvas counts micrometers here
    person, ill, shows = person_of(p, seeds, options)
    name = center_of(p, seeds, options)
    marker = _marker(p, seeds, options["marker"])
    anatomy = grow(p, canvas, _rng(seeds, "anatomy"), _rng(seeds, "region"), ill=shows)
    placing = place(p, canvas, _rng(seeds, "placing"), damage=options["damage"], warp=float(options["warp"]))
    second = cut(p, canvas, anatomy, placing, _rng(seeds, "deeper"))
    nuclei, others = (scatter(p, canvas, a, _rng(seeds, what)) for a, what in ((anatomy, "first"), (second, "second")))
    positive = _positive(p, marker, others, _rng(seeds, "positive"))
    acquisition, center = seeds.rng("acquisition"), p["scanners"][name]
    he = amounts(p, anatomy, paint(canvas, nuclei, _rng(seeds, "chromatin")))
    ihc = _stained(p, marker, canvas, second, others, positive, _rng(seeds, "dark"))
    brown = {**center, "eosin": p["dab"], "dense": (center["dense"][0], 1.0)}
    shots = []
    for lab, amount in ((center, he), (brown, ihc)):
        shots.append(scan(lab, draw_dyes(p, lab, acquisition), amount, canvas, acquisition, finer=finer))
    grid, kept = corner_grid((count, count), step), slice(finer // 2, None, finer)
    here, there = landmarks(p, canvas, anatomy, second, placing, _rng(seeds, "landmarks"))
    truths: dict[str, Value] = {
        "carcinoma": Scores(p=np.eye(2)[int(shows)], names=YES),
        "disease": Scores(p=np.eye(2)[int(ill)], names=("healthy", "ill")),
        "fixed_landmarks": _points(canvas, here, np.zeros(len(here), np.intp), ("landmark",)),
        "moving_landmarks": _points(canvas, there, np.zeros(len(there), np.intp), ("landmark",)),
        "fixed_nuclei": _points(canvas, nuclei.place, nuclei.kind, TYPES),
        "moving_nuclei": _points(canvas, others.place, positive.astype(np.intp), STAINED),
    }
    for which, a in (("fixed", anatomy), ("moving", second)):
        truths[f"{which}_tissue"] = held_mask(a.tissue[kept, kept].astype(np.uint8), grid, TISSUE)
        truths[f"{which}_regions"] = held_mask(a.region[kept, kept].astype(np.uint8), grid, REGIONS)
    names = ("red", "green", "blue")
    return PhantomCase(
        patient=seeds.patient,
        inputs={which: HeldSlide(samples=shots[k][0], finest_um=step, um_per_px=step) for k, which in enumerate(PAIR)},
        truths={target.name: truths[target.name] for target in TARGETS},
        covariates={**person, "center": name, "scanner": name, "ill": float(ill), "marker": marker, "damage": placing.damage},
        clean={which: held_image(shots[k][1], grid, channels=names) for k, which in enumerate(PAIR)},
        acquisition={
            "scanner": name, "um_per_px": step, "turn_deg": placing.turn_deg, "shift_x_um": placing.shift_um[0],
            "shift_y_um": placing.shift_um[1], "warp_um": placing.warp_um,
        },
        raters=_read(p, seeds, truths, options["raters"]),
    )  # fmt: skip


def _rng(seeds: Seeds, what: str) -> np.random.Generator:
    """Return the generator of one part."""
    word = int.from_bytes(what.encode()[:6], "little")
    return np.random.default_rng([word, seeds.anatomy, seeds.disease if what == "region" else seeds.pose])


def _marker(p: Mapping[str, Any], seeds: Seeds, asked: str | None) -> str:
    """Return what the second section is stained for. PlanError for what is not known."""
    names = tuple(p["markers"])
    name = asked or names[int(_rng(seeds, "marker").integers(len(names)))]
    if name not in names:
        raise PlanError(unknown("marker", str(name), names))
    return str(name)


def _positive(p: Mapping[str, Any], marker: str, nuclei: Nuclei, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which nuclei, or with a keratin which cells, are stained, (M,)."""
    m = p["markers"][marker]
    chance = np.array([max(m["nuclei"][name], float(m["ground"].get(name, 0.0) > 0)) for name in TYPES])
    return np.asarray(rng.random(len(nuclei.kind)) < chance[nuclei.kind])


def _stained(
    p: Mapping[str, Any], marker: str, canvas: Canvas, anatomy: Anatomy, nuclei: Nuclei, positive: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.float32]:  # fmt: skip
    """Return hematoxylin and DAB of every sample (2, N, N)."""
    blue = paint(canvas, nuclei, rng)
    amount = amounts(p, anatomy, blue)
    m = p["markers"][marker]
    table = np.zeros(len(KINDS), np.float32)
    for name, dab in m["ground"].items():
        table[KINDS.index(name)] = dab
    solid = anatomy.tissue & (anatomy.kind != LUMEN)
    brown = table[anatomy.kind] + p["haze"][1] * solid
    if marker == "ki67":
        chosen = Nuclei(**{name: values[positive] for name, values in vars(nuclei).items()})
        brown = brown + p["dab_density"] * np.minimum(paint(canvas, chosen, rng), 1.0) * solid
    return np.stack([amount[0] * p["counterstain"] + p["haze"][0] * solid, np.asarray(brown, np.float32)]).astype(np.float32)


def _points(canvas: Canvas, at: NDArray[np.float64], kind: NDArray[np.intp], names: tuple[str, ...]) -> Points:
    return Points(world=at + canvas.side_mm / 2, kind=kind, score=np.full(len(at), np.nan), names=names)


def _read(p: Mapping[str, Any], seeds: Seeds, truths: Mapping[str, Value], names: Sequence[str]) -> dict[str, dict[str, Value]]:
    """Let the raters named outline tissue and carcinoma of the first section."""
    outlined = {name: truths[name] for name in ("fixed_tissue", "fixed_regions")}
    return {rater.name: read_all(outlined, {}, rater, rng) for rater, rng in raters_named(p, seeds, names)}


PAIR = ("fixed", "moving")
TARGETS = (
    truth_target("carcinoma", "class", classes=YES),
    truth_target("disease", "class", classes=("healthy", "ill"), per="patient"),
    truth_target("fixed_tissue", "mask", classes=TISSUE),
    truth_target("moving_tissue", "mask", classes=TISSUE),
    truth_target("fixed_regions", "mask", classes=REGIONS),
    truth_target("moving_regions", "mask", classes=REGIONS),
    truth_target("fixed_landmarks", "points", classes=("landmark",)),
    truth_target("moving_landmarks", "points", classes=("landmark",)),
    truth_target("fixed_nuclei", "points", classes=TYPES),
    truth_target("moving_nuclei", "points", classes=STAINED),
)
PHANTOM = Phantom(
    name="serial_sections",
    shows="Neighboring sections of one block, in hematoxylin and eosin and in DAB, whose places on each other are known.",
    cite="Own drawing after Robbins Basic Pathology; dyes: Ruifrok & Johnston 2001; Macenko et al., ISBI 2009",
    version="1",
    parameters=SERIAL,
    inputs=PAIR,
    targets=TARGETS,
    drawer=draw,
    options={
        "scanner": None,
        "nuisance": "learn",
        "disease": None,
        "marker": None,
        "damage": None,
        "warp": 1.0,
        "size_um": None,
        "um_per_px": None,
        "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("north", "east")},
    at=dict.fromkeys(PAIR, "10x"),
    rounds={"scanner": CENTERS},
    cases=30,
)
