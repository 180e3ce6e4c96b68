"""Chest CT with emphysema: upper chest in HU, three patterns, extent known to the voxel, scored in six intervals.

In:   seeds, a grade, options (scanner, sex, age, disease, extent, pattern, inspiration, raters …).
Out:  PhantomCase: the scan; masks of lungs, of the right and left upper region, of emphysema and its patterns; per region the true
      share, the visual score (an interval) and presence; LAA-950; spirometry; readers.
Not:  no nodules, no contrast, no motion; no claim of realism beyond its row in docs/explanation/phantom_validity.md.

The field shows the lungs from their top to some way below the carina; the upper region of a lung is what lies above the carina.
A scanner's slice thickness acts as blur along z: the grid is set by pose and grade alone, so another scanner keeps the same masks.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError, unknown
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import raters_named, read_mask
from isocenter.phantoms.thorax.body import SEXES, Body, draw_body, draw_stance
from isocenter.phantoms.thorax.box import chest_box
from isocenter.phantoms.thorax.breath import Breath, draw_breath
from isocenter.phantoms.thorax.emphysema import PATTERNS, Disease, draw_disease
from isocenter.phantoms.thorax.scene import Scene, build_scene
from isocenter.phantoms.thorax.scores import read_extent, score_of
from isocenter.phantoms.thorax.settings import THORAX
from isocenter.phantoms.thorax.tree import grow_trees
from isocenter.phantoms.tomograph.box import Box
from isocenter.phantoms.tomograph.scan import choose_scanner, clean_scan, draw_noise, store

SIDES = ("right", "left")
PRESENCE = ("absent", "present")
GOLD = ("none", "mild", "moderate", "severe", "very severe")
"""FEV1/FVC >= 0.70 is "none"; else by FEV1 % predicted: >= 80, 50-80, 30-50, below 30."""


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one scan; see PHANTOM.options."""
    p = parameters
    _refuse(options)
    body = draw_body(p, seeds, sex=options["sex"], age=options["age"])
    stance = draw_stance(p, seeds.rng("pose"), inspiration=options["inspiration"])
    box, times = chest_box(p, grade, stance.zoom, options), int(p["finer"][grade])
    ill = seeds.rng("disease")
    disease = draw_disease(p, ill, options)
    trees = grow_trees(
        p, np.random.default_rng([seeds.anatomy, 0x7EE]), generations=int(p["generations"][grade]),
        airway_generations=int(p["airway_generations"][grade]),
    )  # fmt: skip
    streams = np.random.SeedSequence([seeds.anatomy, 0x7E1]), np.random.SeedSequence([seeds.disease, 0x7E2])
    scene = build_scene(p, box, times, body, stance, trees, disease, streams)
    scanner = choose_scanner(p, rng := seeds.rng("acquisition"), options)
    clean = clean_scan(scene.hu, box, times, scanner)
    noisy = store(clean + draw_noise(box, scanner, rng, scene.inside))
    truths, records = _truths(scene, box)
    breath = draw_breath(p, _share(scene.holes.labels, scene.lungs), np.random.default_rng([seeds.disease, 0x7E3]))
    truths |= _spirometry(breath)
    grid = box.grid()
    return PhantomCase(
        patient=seeds.patient,
        inputs={"ct": held_image(noisy[None], grid, channels=("ct",), unit="HU")},
        truths=truths,
        covariates=_covariates(body, scene, disease, scanner.name, noisy),
        clean={"ct": held_image(store(clean)[None], grid, channels=("ct",), unit="HU")},
        acquisition={
            "scanner": scanner.name, "noise_hu": scanner.noise_hu, "slice_mm": scanner.slice_mm, "psf_mm": scanner.psf_mm,
            "sharpen": scanner.sharpen, "offset_hu": scanner.offset_hu, "inspiration": stance.inspiration,
            "turn_deg": stance.turn_deg,
        },
        lesions=records,
        raters=_read(p, seeds, truths, options["raters"]),
    )  # fmt: skip


def _refuse(options: Mapping[str, Any]) -> None:
    """Raise PlanError for options that cannot be drawn."""
    if options["pattern"] is not None and options["pattern"] not in PATTERNS:
        raise PlanError(unknown("pattern", str(options["pattern"]), PATTERNS))
    if options["extent"] is not None and not 0 <= float(options["extent"]) <= 1:
        raise PlanError(f"expected an extent in [0, 1], got {options['extent']!r}.")


def _share(labels: NDArray[np.uint8], within: NDArray[np.bool_]) -> float:
    """Return the share of a region that is a hole; NaN for an empty region."""
    return float((labels[within] > 0).mean()) if within.any() else float("nan")


def _truths(scene: Scene, box: Box) -> tuple[dict[str, Value], tuple[Mapping[str, float | str], ...]]:
    """Return every truth of the lungs, and a record per region."""
    grid, labels = box.grid(), scene.holes.labels
    regions = {"right": scene.right_upper, "left": scene.left_upper}
    truths: dict[str, Value] = {}
    records: list[Mapping[str, float | str]] = []
    for side, region in regions.items():
        share = _share(labels, region)
        there = share > 0
        truths[f"emphysema_{side}"] = score_of(share)
        truths[f"share_{side}"] = Amount(value=share, unit="1")
        truths[f"present_{side}"] = Scores(p=np.array([float(not there), float(there)]), names=PRESENCE)
        of = {f"share_{name}": float((labels[region] == 1 + k).mean()) for k, name in enumerate(PATTERNS)}
        records.append({"region": f"{side}_upper", "share": share, "volume_ml": share * _volume_ml(region, box), **of})
    counts = np.array([(labels[scene.lungs] == 1 + k).sum() for k in range(len(PATTERNS))])
    kind = np.zeros(1 + len(PATTERNS))
    kind[0 if not counts.any() else 1 + int(counts.argmax())] = 1.0
    ill = bool(counts.any())
    truths |= {
        "extent": Amount(value=_share(labels, scene.lungs), unit="1"),
        "lungs": held_mask(scene.lungs.astype(np.uint8), grid, ("background", "lungs")),
        "right_upper": held_mask(scene.right_upper.astype(np.uint8), grid, ("outside", "inside")),
        "left_upper": held_mask(scene.left_upper.astype(np.uint8), grid, ("outside", "inside")),
        "emphysema": held_mask((labels > 0).astype(np.uint8), grid, ("background", "emphysema")),
        "patterns": held_mask(labels, grid, ("background", *PATTERNS)),
        "subtype": Scores(p=kind, names=("none", *PATTERNS)),
        "disease": Scores(p=np.array([float(not ill), float(ill)]), names=("healthy", "ill")),
    }
    return truths, tuple(records)


def _volume_ml(region: NDArray[np.bool_], box: Box) -> float:
    """Return the volume of a region."""
    return float(region.sum() * np.prod(box.spacing_mm) / 1000)


def _spirometry(breath: Breath) -> dict[str, Value]:
    """Return what the spirometer says, as truths."""
    ill = breath.ratio < 0.70
    stage = 0 if not ill else 1 + int(np.searchsorted([-80.0, -50.0, -30.0], -breath.fev1_percent, side="right"))
    grades = np.zeros(len(GOLD))
    grades[stage] = 1.0
    return {
        "fev1": Amount(value=breath.fev1_percent, unit="%"),
        "fev1_fvc": Amount(value=breath.ratio, unit="1"),
        "copd": Scores(p=np.array([float(not ill), float(ill)]), names=PRESENCE),
        "gold": Scores(p=grades, names=GOLD),
    }


def _covariates(body: Body, scene: Scene, disease: Disease, scanner: str, scan: NDArray[np.int16]) -> dict[str, float | str]:
    """Return the columns of the table beside images and truths; LAA-950 in percent, as measured on this scan."""
    dark = {
        side: 100 * float((scan[region] < -950).mean()) if region.any() else float("nan")
        for side, region in (("right", scene.right_upper), ("left", scene.left_upper))
    }
    return {
        "sex": body.sex, "age": round(body.age_years, 1), "scanner": scanner, "ill": float((scene.holes.labels > 0).any()),
        "pattern": disease.main or "none", **{f"laa950_{side}": round(value, 3) for side, value in dark.items()},
    }  # fmt: skip


def _read(p: Mapping[str, Any], seeds: Seeds, truths: Mapping[str, Value], names: tuple[str, ...]) -> dict[str, dict[str, Value]]:
    """Let the readers named score both regions and draw the emphysema."""
    out: dict[str, dict[str, Value]] = {}
    for rater, rng in raters_named(p, seeds, names):
        habits = p["readers"][rater.name]
        written: dict[str, Value] = {}
        for side in SIDES:
            share = truths[f"share_{side}"]
            if isinstance(share, Amount):
                written[f"emphysema_{side}"] = read_extent(share.value, habits, rng)
        written |= {key: read_mask(truths[key], rater, rng) for key in ("lungs", "emphysema")}  # type: ignore[arg-type]
        out[rater.name] = written
    return out


def _scored(side: str) -> Target:
    columns = (f"emphysema_{side}_low", f"emphysema_{side}_high")
    return truth_target(f"emphysema_{side}", "proportion", columns=columns, scope=f"region:{side}_upper")


PHANTOM = Phantom(
    name="emphysema_ct",
    shows="Upper chest CT with emphysema of three patterns, its share of each upper region known and scored as an interval.",
    cite="Bortsova et al., MICCAI 2018 (regions and intervals); Gevenois 1996 (LAA-950); Weibel 1963 (trees)",
    version="1",
    parameters=THORAX,
    inputs=("ct",),
    targets=(
        _scored("right"),
        _scored("left"),
        truth_target("share_right", "proportion", scope="region:right_upper"),
        truth_target("share_left", "proportion", scope="region:left_upper"),
        truth_target("present_right", "class", classes=PRESENCE, scope="region:right_upper"),
        truth_target("present_left", "class", classes=PRESENCE, scope="region:left_upper"),
        truth_target("extent", "proportion"),
        truth_target("lungs", "mask", classes=("background", "lungs")),
        truth_target("right_upper", "mask", classes=("outside", "inside")),
        truth_target("left_upper", "mask", classes=("outside", "inside")),
        truth_target("emphysema", "mask", classes=("background", "emphysema")),
        truth_target("patterns", "mask", classes=("background", *PATTERNS)),
        truth_target("subtype", "class", classes=("none", *PATTERNS)),
        truth_target("disease", "class", classes=("healthy", "ill")),
        truth_target("fev1", "value", unit="%"),
        truth_target("fev1_fvc", "value"),
        truth_target("copd", "class", classes=PRESENCE),
        truth_target("gold", "ordinal", classes=GOLD),
    ),
    drawer=draw,
    options={
        "scanner": None, "nuisance": "learn", "sex": None, "age": None, "disease": None, "extent": None, "pattern": None,
        "inspiration": None, "voxel_mm": None, "height_mm": None, "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("soft", "sharp"), "sex": SEXES, "age": ((45.0, 62.0), (62.0, 80.0))},
)  # fmt: skip
