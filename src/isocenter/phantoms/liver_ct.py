"""A piece of liver on contrast-enhanced CT with one lesion: a cyst, a metastasis or a hemangioma of the same sizes.

In:   seeds, a grade, options (kind, diameter, scanner, size …).
Out:  PhantomCase: the slice around the lesion as an 8-bit picture; the lesion's kind, mask and diameter.
Not:  no other phase, no whole organ, no other lesions; no claim of realism beyond its row in docs/explanation/phantom_validity.md.

The cases of one patient (`visits`) are lesions of one liver, all of one kind, as they mostly are: split by patient.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError
from isocenter.core.grid import plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.mask import held_mask
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.liver.lesion import draw_lesion, paint_lesion
from isocenter.phantoms.liver.organ import KINDS, MALIGNANT, draw_organ, draw_person
from isocenter.phantoms.liver.settings import LIVER
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by
from isocenter.phantoms.tomograph.box import Array, Box
from isocenter.phantoms.tomograph.scan import choose_scanner, clean_scan, draw_noise

DANGER = ("benign", "malignant")


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one case; see PHANTOM.options."""
    p = parameters
    size = int(options["size"] or p["size"][grade])
    if size < 16:
        raise PlanError(f"expected a size of at least 16, got {size}.")
    person = draw_person(p, seeds, options)
    pixel, times = p["field_mm"] / size, int(p["finer"])
    box = Box(shape=(size, size, 1), spacing_mm=(pixel, pixel, p["slab_mm"]))
    own = np.random.default_rng([seeds.anatomy, seeds.disease, 0x1E])
    lesion = draw_lesion(p, own, person.kind, options["diameter_mm"])
    place = np.random.default_rng([seeds.anatomy, seeds.disease, 0x11])
    hu = draw_organ(p, place, person, box.finer(times), lesion.diameter_mm + 2 * p["aside_mm"])
    share = paint_lesion(p, own, lesion, person, box.finer(times), hu)
    scanner = choose_scanner(p, rng := seeds.rng("acquisition"), options)
    clean = clean_scan(hu, box, times, scanner)[:, :, 0]
    wide = Box(shape=(2 * size, 2 * size, 1), spacing_mm=box.spacing_mm)  # the noise of a body around it, even in the middle
    noise = draw_noise(wide, scanner, rng, np.ones(wide.shape, np.float32))[size // 2 :, size // 2 :, 0][:size, :size]
    grid = plain_grid((size, size), spacing=(pixel, pixel), world="plane_mm")

    def picture(image: Array) -> Image:
        return held_image(_gray(p, image)[None], grid, channels=("ct",))

    mask = (box.average(share, times)[:, :, 0] >= 0.5).astype(np.uint8)
    ill = float(person.kind == MALIGNANT)
    truths: dict[str, Value] = {
        "kind": Scores(p=np.array([float(person.kind == name) for name in KINDS]), names=KINDS),
        "lesion": held_mask(mask, grid, ("background", "lesion")),
        "diameter": Amount(value=lesion.diameter_mm, unit="mm"),
        "disease": Scores(p=np.array([1 - ill, ill]), names=DANGER),
    }
    return PhantomCase(
        patient=seeds.patient,
        inputs={"ct": picture(clean + noise)},
        truths=truths,
        covariates={
            "age": round(person.age, 1), "sex": person.sex, "scanner": scanner.name, "fatty": float(person.fatty), "ill": ill,
        },
        clean={"ct": picture(clean)},
        acquisition={
            "scanner": scanner.name, "noise_hu": scanner.noise_hu, "slice_mm": scanner.slice_mm, "psf_mm": scanner.psf_mm,
            "liver_hu": person.liver_hu, "vessel_hu": person.vessel_hu,
        },
        lesions=({"kind": person.kind, "diameter_mm": round(lesion.diameter_mm, 2), "hu": round(lesion.hu, 1)},),
        raters=read_by(p, seeds, truths, options["raters"]),
    )  # fmt: skip


def _gray(p: Mapping[str, Any], hu: Array) -> NDArray[np.uint8]:
    """Return HU as a viewer's export in the abdominal window shows them, 0 to 255."""
    low, high = p["window_hu"]
    return np.asarray(np.clip(np.rint((hu - low) / (high - low) * 255), 0, 255), np.uint8)


PHANTOM = Phantom(
    name="liver_ct",
    shows="Liver in the portal venous phase with a cyst, a metastasis or a hemangioma, known by kind, mask and diameter.",
    cite="Frid-Adar et al., Neurocomputing 2018; 321:321-331 (the task); Kijewski & Judy 1987 (noise)",
    version="1",
    parameters=LIVER,
    inputs=("ct",),
    targets=(
        truth_target("kind", "class", classes=KINDS),
        truth_target("lesion", "mask", classes=("background", "lesion")),
        truth_target("diameter", "value", unit="mm"),
        truth_target("disease", "class", classes=DANGER),
    ),
    drawer=draw,
    options={"kind": None, "disease": None, "diameter_mm": None, "scanner": None, "nuisance": "learn", "size": None, "raters": ()},
    disease=("disease", False, True),
    factors={"scanner": ("soft", "thin")},
)
