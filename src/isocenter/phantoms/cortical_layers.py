"""Cortex in a section stained for cell bodies: six thin layers between pia and white matter, whose borders are known.

In:   seeds, a grade, options (curvature of the ribbon by seeds; disease, scanner, age, size_px, raters …).
Out:  PhantomCase: the picture; layers, cortex, mean thickness; healthy or dysplastic.
Not:  no vessels, tears or folds of the section; no claim of realism beyond its row in docs/explanation/phantom_validity.md.

What tells a layer is how many cells it bears, how large they are, and its place: gray alone does not name it, since II is like IV
and III like VI. Dysplasia draws the layers' densities together and strews large cells; the layers stay.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.brain.scan import choose_scanner
from isocenter.phantoms.cortex.ribbon import LAYERS, OUTSIDE, WHITE, Ribbon, bend
from isocenter.phantoms.cortex.section import scan, stained
from isocenter.phantoms.cortex.settings import CORTEX
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by
from isocenter.phantoms.retina.paint import Canvas

CLASSES = ("outside", *LAYERS, "white")
SMALLEST_PX = 32


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one section; see PHANTOM.options."""
    p = parameters
    size, finer = int(options["size_px"] or p["size_px"][grade]), int(p["finer"][grade])
    if size < SMALLEST_PX:
        raise PlanError(f"expected size_px of at least {SMALLEST_PX}, got {size}.")
    name, laboratory, acquisition = choose_scanner(p, seeds, options)
    people, coin = seeds.rng("demographics"), seeds.rng("disease")
    sex = options["sex"] or ("F" if people.random() < p["share_female"] else "M")
    asked = options["age"]
    drawn = float(people.uniform(*(asked if isinstance(asked, tuple) else p["age_years"])))
    age = drawn if asked is None or isinstance(asked, tuple) else float(asked)
    ill, blend = bool(coin.random() < p["share_disease"]), float(coin.uniform(*p["dysplasia"]["blend"]))
    ill = ill if options["disease"] is None else bool(options["disease"])
    canvas = Canvas(size=size * finer, sample_mm=p["side_mm"] / (size * finer))
    place = np.random.default_rng([seeds.anatomy, seeds.pose, 0x1A])
    ribbon = bend(p, canvas, np.random.default_rng([seeds.anatomy, 0xC0]), place, age=age)
    cells = np.random.default_rng([seeds.anatomy, seeds.pose, 0xCE])
    density = stained(p, canvas, ribbon, cells, blend=blend if ill else None)
    picture, clean = scan(laboratory, density, canvas, acquisition, finer=finer)
    grid = plain_grid((size, size))
    truths = _truths(ribbon, size, finer, ill=ill)
    return PhantomCase(
        patient=seeds.patient,
        inputs={"section": held_image(picture[None], grid, channels=("section",))},
        truths=truths,
        covariates={"sex": sex, "age": round(age, 1), "scanner": name, "ill": float(ill)},
        clean={"section": held_image(clean[None], grid, channels=("section",))},
        acquisition={"scanner": name, "mm_per_px": p["side_mm"] / size, "curvature": ribbon.curvature, **laboratory},
        raters=read_by(p, seeds, truths, options["raters"]),
    )


def _truths(ribbon: Ribbon, size: int, finer: int, *, ill: bool) -> dict[str, Value]:
    """Return every truth; a pixel has the layer of its middle."""
    layers = ribbon.layer[finer // 2 :: finer, finer // 2 :: finer]
    cortex = (layers != OUTSIDE) & (layers != WHITE)
    grid = plain_grid((size, size))
    return {
        "layers": held_mask(layers, grid, CLASSES),
        "cortex": held_mask(cortex.astype(np.uint8), grid, ("background", "cortex")),
        "thickness": Amount(value=ribbon.thickness_mm, unit="mm"),
        "disease": Scores(p=np.eye(2)[int(ill)], names=("healthy", "dysplastic")),
    }


PHANTOM = Phantom(
    name="cortical_layers",
    shows="Sections of cortex stained for cell bodies, bent as on gyri and in sulci, whose six layers are known.",
    cite="von Economo & Koskinas 1925; Wagstyl et al., PLoS Biol 2020; 18:e3000678 (layers); Waehnert et al. 2014 (bending)",
    version="1",
    parameters=CORTEX,
    inputs=("section",),
    targets=(
        truth_target("layers", "mask", classes=CLASSES),
        truth_target("cortex", "mask", classes=("background", "cortex")),
        truth_target("thickness", "value", unit="mm"),
        truth_target("disease", "class", classes=("healthy", "dysplastic")),
    ),
    drawer=draw,
    options={
        "scanner": None,
        "nuisance": "learn",
        "disease": None,
        "sex": None,
        "age": None,
        "size_px": None,
        "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("north", "west"), "sex": ("F", "M"), "age": ((30.0, 55.0), (55.0, 85.0))},
)
