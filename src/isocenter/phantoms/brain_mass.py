"""Brain MR of healthy adults and of adults with one mass: bright, dark, or as bright as the tissue around it.

In:   seeds, a grade, options (contrast, push, texture, disease, scanner, size …).
Out:  PhantomCase: T1 and FLAIR slices; the mass as a mask; normal or abnormal; the kind of contrast; age.
Not:  no lesions of age, no skull; no claim of realism beyond its row in docs/explanation/phantom_validity.md.

What an iso-intense mass shows is a patch of another texture without cortex or fluid in it, and tissue around it that is pushed
aside; its mean signal is that of the tissue within a few mm of its border, in every sequence.
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
from isocenter.phantoms.brain.head import draw_head, step, tissue_shares
from isocenter.phantoms.brain.lesions import Places
from isocenter.phantoms.brain.mass import Mass, draw_mass, origin_of, with_mass
from isocenter.phantoms.brain.mass_settings import MASS
from isocenter.phantoms.brain.pictures import Frame, acquire, frame_of
from isocenter.phantoms.brain.scan import average
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by

Floats = NDArray[np.float32]
CONTRASTS = ("none", "iso", "bright", "dark")
SHOWN = ("t1", "flair")


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one case; see PHANTOM.options."""
    p = parameters
    people = seeds.rng("demographics")
    age, sex = float(people.uniform(*p["age_years"])), ("F", "M")[int(people.integers(2))]
    rng = seeds.rng("anatomy")
    head, level = draw_head(p, rng, age), float(rng.uniform(*p["level_mm"]))
    frame = frame_of(p, seeds, grade, options, level)
    ill = seeds.rng("disease")
    contrast = _contrast(p, ill, options)
    mass: Mass | None = None
    if contrast != "none":
        places = Places(head, level, 1.0 if frame.flat else 14.0, ill)
        mass = draw_mass(p, places, ill, contrast, push=float(options["push"]), rough=float(options["texture"]))
    contrast = contrast if mass is not None else "none"
    edge = float(max(frame.sampling.fine_mm[:2]))
    points = frame.points if mass is None else origin_of(mass, head, frame.points, p["push_fixed_mm"])
    shares = tissue_shares(head, points, edge)

    def alter(signal: Floats) -> Floats:
        return signal if mass is None else with_mass(signal, mass, frame.points, shares, edge, p["shell_mm"])

    pictures = acquire(
        p, seeds, {"motion": 0.0, **options}, frame, shares, {}, enhancing=False, sequences=SHOWN, alter=alter
    )  # fmt: skip
    scanner = str(pictures.facts["scanner"])
    truths = _truths(frame, mass, shares, edge, contrast, age)
    return PhantomCase(
        patient=seeds.patient,
        inputs=pictures.noisy,
        truths=truths,
        covariates={"age": round(age, 1), "sex": sex, "scanner": scanner, "ill": float(contrast != "none"), "kind": contrast},
        clean=pictures.clean,
        acquisition=pictures.facts,
        lesions=() if mass is None else (_row(mass, contrast),),
        raters=read_by(p, seeds, truths, options["raters"]),
    )


def _contrast(p: Mapping[str, Any], rng: np.random.Generator, options: Mapping[str, Any]) -> str:
    """Decide whether there is a mass, and how bright: as asked, or drawn."""
    ill, pick = rng.random(), int(rng.integers(len(CONTRASTS) - 1))
    asked = options["contrast"]
    if asked is not None and asked not in CONTRASTS[1:]:
        raise PlanError(unknown("contrast", str(asked), CONTRASTS[1:]))
    if not (ill < p["share_disease"] if options["disease"] is None else options["disease"]):
        return "none"
    return str(asked or CONTRASTS[1 + pick])


def _truths(
    frame: Frame, mass: Mass | None, shares: Mapping[str, Floats], edge_mm: float, contrast: str, age: float
) -> dict[str, Value]:
    """Return every truth."""
    head = np.asarray(sum(shares.values()), np.float32)
    inside = np.zeros_like(head) if mass is None else step(mass.lesion.signed_mm(frame.points), edge_mm) * head
    brain, spots = ((average(share, frame.sampling.factor) >= 0.5).astype(np.uint8) for share in (head, inside))
    if frame.flat:
        brain, spots = brain[:, :, 0], spots[:, :, 0]
    ill = float(contrast != "none")
    return {
        "disease": Scores(p=np.array([1 - ill, ill]), names=("normal", "abnormal")),
        "brain": held_mask(brain, frame.grid, ("background", "brain")),
        "mass": held_mask(spots, frame.grid, ("background", "mass")),
        "contrast": Scores(p=np.array([float(contrast == name) for name in CONTRASTS]), names=CONTRASTS),
        "age": Amount(value=age, unit="a"),
    }


def _row(mass: Mass, contrast: str) -> dict[str, float | str]:
    """Return the mass's line in the table."""
    place = dict(zip("xyz", map(float, mass.lesion.center), strict=True))
    return {"kind": contrast, "radius_mm": mass.lesion.radius_mm, "contrast": mass.contrast, "texture": mass.rough,
            "push_mm": mass.push_mm, **place}  # fmt: skip


PHANTOM = Phantom(
    name="brain_mass",
    shows="Brain MR slices in T1 and FLAIR, healthy or with one mass that is bright, dark or as bright as the tissue around it.",
    cite="Haacke 1999 (sequences); Wansapura 1999, Stanisz 2005 (relaxation); Gudbjartsson & Patz 1995 (noise)",
    version="1",
    parameters=MASS,
    inputs=SHOWN,
    targets=(
        truth_target("disease", "class", classes=("normal", "abnormal")),
        truth_target("brain", "mask", classes=("background", "brain")),
        truth_target("mass", "mask", classes=("background", "mass")),
        truth_target("contrast", "class", classes=CONTRASTS),
        truth_target("age", "value", unit="a"),
    ),
    drawer=draw,
    options={
        "scanner": None,
        "nuisance": "learn",
        "size": None,
        "form": "slice",
        "disease": None,
        "contrast": None,
        "push": 1.0,
        "texture": 1.0,
        "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("sharp", "old")},
)
