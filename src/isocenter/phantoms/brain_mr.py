"""Multi-modal brain MR: T1, T2, FLAIR, DWI and T1 with contrast agent, of diagnoses that need unlike inputs to be told.

In:   seeds, a grade, options (form, diagnosis, scanner, missing, motion, raters …).
Out:  PhantomCase: the pictures; masks of tissues and lesions; diagnosis, findings, lesion volume, age; the lesion table.
Not:  no skull, no cerebellum or brain stem, no vessels; no claim of realism beyond its row in
      docs/explanation/phantom_validity.md.

Stroke is seen in DWI alone; tumor and swelling differ in T1c alone; vascular and inflammatory differ only in whether what is dark
in T1 is what is bright in FLAIR. A missing picture is an absent input. The tissue under a lesion stays what it was in `tissues`.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError, unknown
from isocenter.core.mask import held_mask
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.brain.head import draw_head, tissue_shares
from isocenter.phantoms.brain.lesions import DIAGNOSES, KINDS, Lesion, Places, draw_lesions, fill
from isocenter.phantoms.brain.pictures import Frame, acquire, frame_of
from isocenter.phantoms.brain.scan import average
from isocenter.phantoms.brain.settings import BRAIN
from isocenter.phantoms.brain.signal import SEQUENCES
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by

Floats = NDArray[np.float32]
TISSUES = ("background", "csf", "gray", "white")
FINDINGS = ("stroke", "enhancement", "scar", "plaque", "wml", "lacune")


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one case; see PHANTOM.options."""
    p = parameters
    people = seeds.rng("demographics")
    age, sex = float(people.uniform(*p["age_years"])), ("F", "M")[int(people.integers(2))]
    rng = seeds.rng("anatomy")
    head, level = draw_head(p, rng, age), float(rng.uniform(*p["level_mm"]))
    frame = frame_of(p, seeds, grade, options, level)
    ill = seeds.rng("disease")
    diagnosis = _diagnosis(p, ill, options)
    places = Places(head, level, 1.0 if frame.flat else 14.0, ill)
    lesions = draw_lesions(p, places, ill, diagnosis, age, slice_only=frame.flat)
    edge = float(max(frame.sampling.fine_mm[:2]))
    shares = tissue_shares(head, frame.points, edge)
    filled = fill(lesions, shares, frame.points, edge)
    sequences = [name for name in SEQUENCES if options["t1c"] or name != "t1c"]
    pictures = acquire(p, seeds, options, frame, shares, filled, enhancing=diagnosis == "tumor", sequences=sequences)
    truths, seen = _truths(frame, shares, filled, lesions, diagnosis, age)
    kept = _acquired(p, seeds, options, str(pictures.facts["scanner"]))
    return PhantomCase(
        patient=seeds.patient,
        inputs={name: pictures.noisy[name] for name in kept},
        truths=truths,
        covariates={
            "age": round(age, 1),
            "sex": sex,
            "scanner": str(pictures.facts["scanner"]),
            "ill": float(diagnosis != "healthy"),
        },
        clean={name: pictures.clean[name] for name in kept},
        acquisition=pictures.facts,
        lesions=tuple(_row(lesion, diagnosis) for lesion in lesions),
        raters=_read(p, seeds, truths, seen, options["raters"]),
    )


def _diagnosis(p: Mapping[str, Any], rng: np.random.Generator, options: Mapping[str, Any]) -> str:
    """Decide what is wrong: as asked, or drawn. Without contrast agent no swelling is drawn, which nothing else would tell."""
    ill, pick = rng.random(), rng.random()
    asked = options["diagnosis"]
    if asked is not None:
        if asked not in DIAGNOSES:
            raise PlanError(unknown("diagnosis", str(asked), DIAGNOSES))
        return str(asked) if options["disease"] is not False else "healthy"
    if not (ill < p["share_disease"] if options["disease"] is None else options["disease"]):
        return "healthy"
    possible = [name for name in p["diagnoses"] if options["t1c"] or name != "swelling"]
    return str(possible[int(pick * len(possible))])


def _acquired(p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any], scanner: str) -> list[str]:
    """Return the inputs that were acquired; at least one always is."""
    there = [name for name in SEQUENCES if options["t1c"] or name != "t1c"]
    share = float(options["missing"])
    if not 0.0 <= share <= 1.0:
        raise PlanError(f"expected missing in [0, 1], got {share!r}.")
    if options["missing_by"] not in ("input", "scanner"):
        raise PlanError(f"expected missing_by input or scanner, got {options['missing_by']!r}.")
    rng = np.random.default_rng([seeds.acquisition, 0x315])
    coins, rescued = rng.random(len(SEQUENCES)), int(rng.integers(len(there)))
    if options["missing_by"] == "scanner":
        return [name for name in there if coins[0] >= share or name not in p["not_acquired"][scanner]]
    return [name for name, coin in zip(there, coins, strict=False) if coin >= share] or [there[rescued]]


def _truths(
    frame: Frame, shares: Mapping[str, Floats], filled: Mapping[str, Floats], lesions: list[Lesion], diagnosis: str, age: float
) -> tuple[dict[str, Value], dict[str, float]]:
    """Return every truth, and how visible each finding is."""
    factor = frame.sampling.factor
    csf, gray, deep, white = (average(shares[name], factor) for name in ("csf", "gray", "deep", "white"))
    parts = np.stack([1 - csf - gray - deep - white, csf, gray + deep, white])
    tissues = parts.argmax(0).astype(np.uint8)
    spots = np.zeros(tissues.shape, np.uint8)
    for kind, share in filled.items():
        spots[average(share, factor) >= 0.5] = 1 + KINDS.index(kind)
    volume_ml = float((spots == 1 + KINDS.index("wml")).sum() * np.prod(frame.grid.spacing[:2]) * frame.sampling.across_mm / 1000)
    drawn = {lesion.kind for lesion in lesions} | ({"enhancement"} if diagnosis == "tumor" else set())
    sizes = {kind: max((x.radius_mm for x in lesions if x.kind == kind), default=5.0) for kind in drawn}
    seen = {name: float(np.clip(sizes[name] / 6.0, 0, 1)) for name in FINDINGS if name in drawn}
    if frame.flat:
        tissues, spots = tissues[:, :, 0], spots[:, :, 0]
    return {
        "tissues": held_mask(tissues, frame.grid, TISSUES),
        "lesions": held_mask(spots, frame.grid, ("background", *KINDS)),
        "disease": Scores(p=np.array([float(diagnosis == "healthy"), float(diagnosis != "healthy")]), names=("healthy", "ill")),
        "diagnosis": Scores(p=np.array([float(diagnosis == name) for name in DIAGNOSES]), names=DIAGNOSES),
        "findings": Scores(p=np.array([float(name in drawn) for name in FINDINGS]), names=FINDINGS),
        "wml_volume": Amount(value=volume_ml, unit="mL"),
        "age": Amount(value=age, unit="a"),
    }, seen


def _row(lesion: Lesion, diagnosis: str) -> dict[str, float | str]:
    """Return a lesion's line in the table."""
    place = dict(zip("xyz", map(float, lesion.center), strict=True))
    takes_up = float(lesion.kind == "core" and diagnosis == "tumor")
    return {"kind": lesion.kind, "radius_mm": lesion.radius_mm, "enhancing": takes_up, **place}


def _read(
    p: Mapping[str, Any], seeds: Seeds, truths: Mapping[str, Value], seen: Mapping[str, float], names: tuple[str, ...]
) -> dict[str, dict[str, Value]]:
    """Let the raters named read the case."""
    return read_by(p, seeds, truths, names, {"findings": seen})


PHANTOM = Phantom(
    name="brain_mr",
    shows="Brain MR in up to five sequences, with tissues, lesions and diagnoses that need unlike sequences to be told.",
    cite="Haacke 1999 (sequences); Wansapura 1999, Stanisz 2005 (relaxation); Gudbjartsson & Patz 1995 (noise)",
    version="1",
    parameters=BRAIN,
    inputs=SEQUENCES,
    targets=(
        truth_target("tissues", "mask", classes=TISSUES),
        truth_target("lesions", "mask", classes=("background", *KINDS)),
        truth_target("disease", "class", classes=("healthy", "ill")),
        truth_target("diagnosis", "class", classes=DIAGNOSES),
        truth_target("findings", "multilabel", classes=FINDINGS),
        truth_target("wml_volume", "value", unit="mL"),
        truth_target("age", "value", unit="a"),
    ),
    drawer=draw,
    options={
        "scanner": None,
        "nuisance": "learn",
        "size": None,
        "form": "slice",
        "disease": None,
        "diagnosis": None,
        "t1c": True,
        "missing": 0.0,
        "missing_by": "input",
        "motion": 0.0,
        "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("sharp", "old")},
)
