"""One head in two scanners: T1- and T2-weighted MR beside a CT in HU, on one grid.

In:   seeds, a grade, options (scanner, machine, sex, age, disease, pixel_mm, shift_mm, raters).
Out:  PhantomCase: the MR pictures as inputs; the CT as an image to be answered; masks of bone, of the inside of the skull and of a
      tumor; class; readers.
Not:  no blood, no calcium, no distortion of the MR; no claim of realism: it has no row in docs/explanation/phantom_validity.md.

The tables of bone are as dark in MR as air; fat and marrow are bright there and light in CT: no curve leads from the MR's numbers
to the CT's. `shift_mm` moves the CT against the MR, as an imperfect registration does; the truths stay with the CT.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.errors import PlanError, unknown
from isocenter.core.image import Image, held_image
from isocenter.core.mask import held_mask
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.brain.scan import Sampling, coil, sample, with_noise
from isocenter.phantoms.brain.scan import store as store_mr
from isocenter.phantoms.brain.signal import signal_of
from isocenter.phantoms.head.cupping import cupping
from isocenter.phantoms.head.magnetic import head_signal
from isocenter.phantoms.head.magnetic_settings import HEAD_MR_CT
from isocenter.phantoms.head.scene import Scene, build_scene
from isocenter.phantoms.head.subject import SEXES, Subject, Tilt, draw_subject, draw_tilt, place
from isocenter.phantoms.head.tumor import Tumor, draw_tumor, tumor_share
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by
from isocenter.phantoms.tomograph.box import Array, Box
from isocenter.phantoms.tomograph.fields import smooth_field
from isocenter.phantoms.tomograph.scan import choose_scanner, clean_scan, draw_noise, store

SEQUENCES = ("t1", "t2")


NO_CALCIUM: Mapping[str, Any] = {
    "share_calcium": dict.fromkeys(("pineal", "plexus", "ganglia", "falx", "inner_table"), 0.0),
    "calcium_hu": [1.0, 1.0],
    "calcium_mm": [1.0, 1.0],
}


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one head; see PHANTOM.options."""
    p = parameters
    subject = draw_subject(p, seeds, sex=options["sex"], age=options["age"])
    tilt = draw_tilt(p, seeds.rng("pose"))
    box, times = _box(p, grade, tilt.zoom, options), int(p["finer"][grade])
    tumor = draw_tumor(p, seeds.rng("disease"), disease=options["disease"])
    scene, share = _scene(p, seeds, box, times, subject, tilt, tumor)
    ct, clean_ct, facts = _ct(p, seeds, options, scene, box, times)
    machine, mr, clean_mr = _mr(p, seeds, options, scene, share, box, times)
    spot = box.average(share, times)
    truths = _truths(scene, spot, box, float(options["shift_mm"]), seeds, ct)
    ill = bool((spot >= 0.5).any())
    readers = read_by(p, seeds, truths, options["raters"])
    row: dict[str, float | str] = {}
    if tumor is not None and ill:
        row = {"kind": "tumor", "radius_mm": tumor.radius_mm, "hu": tumor.hu, **dict(zip("xyz", tumor.center, strict=True))}
    return PhantomCase(
        patient=seeds.patient,
        inputs=mr,
        truths=truths,
        covariates={
            "sex": subject.sex, "age": round(subject.age_years, 1), "scanner": str(facts["scanner"]), "machine": machine,
            "ill": float(ill),
        },
        clean={**clean_mr, "ct": held_image(clean_ct[None], box.grid(), channels=("ct",), unit="HU")},
        acquisition={**facts, "machine": machine, "shift_mm": float(options["shift_mm"])},
        lesions=(row,) if row else (),
        raters=readers,
    )  # fmt: skip


def _scene(
    p: Mapping[str, Any], seeds: Seeds, box: Box, times: int, subject: Subject, tilt: Tilt, tumor: Tumor | None
) -> tuple[Scene, Array]:
    """Return the head with its tumor in HU, and the share of every fine voxel that is tumor."""
    streams = np.random.SeedSequence([seeds.anatomy, 0x4EAD]), np.random.SeedSequence([seeds.disease, 0xB1ED])
    scene = build_scene({**p, **NO_CALCIUM}, box, times, subject, tilt, (), streams)
    fine = box.finer(times)
    bumps = smooth_field(fine, np.random.default_rng([seeds.disease, 0x70]), 9.0)
    edge = float(np.prod(fine.spacing_mm)) ** (1 / 3)
    share = tumor_share(tumor, place(fine, subject, tilt), scene.brain, bumps, edge)
    if tumor is None:
        return scene, share
    hu = np.asarray(scene.hu + (np.float32(tumor.hu) - scene.hu) * share, np.float32)
    return dataclasses.replace(scene, hu=hu), share


def _truths(scene: Scene, spot: Array, box: Box, shift_mm: float, seeds: Seeds, ct: NDArray[np.int16]) -> dict[str, Value]:
    """Return every truth, where the CT has it."""
    grid = box.grid()

    def drawn(share: Array, name: str) -> Value:
        inside = _moved(share, box, shift_mm, seeds) >= 0.5
        return held_mask(inside.astype(np.uint8), grid, ("background", name))

    ill = float((spot >= 0.5).any())
    return {
        "ct": held_image(ct[None], grid, channels=("ct",), unit="HU"),
        "bone": drawn(scene.bone, "bone"),
        "intracranial": drawn(scene.intracranial.astype(np.float32), "intracranial"),
        "tumor": drawn(spot, "tumor"),
        "disease": Scores(p=np.array([1.0 - ill, ill]), names=("healthy", "tumor")),
    }


def _box(p: Mapping[str, Any], grade: Grade, zoom: float, options: Mapping[str, Any]) -> Box:
    """Return the voxels stored: as the grade says, or of the size asked for in-plane."""
    field, n = [side * zoom for side in p["field_mm"]], [int(k) for k in p["shape"][grade]]
    if options["pixel_mm"] is not None:
        n = [round(side / float(options["pixel_mm"])) for side in field[:2]] + n[2:]
    if min(n[:2]) < 16:
        raise PlanError(f"expected at least 16 pixels a side, got {n[:2]}. Ask for a smaller pixel_mm.")
    x, y, z = (side / k for side, k in zip(field, n, strict=True))
    return Box(shape=(n[0], n[1], n[2]), spacing_mm=(x, y, z))


def _ct(
    p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any], scene: Scene, box: Box, times: int
) -> tuple[NDArray[np.int16], NDArray[np.int16], dict[str, float | str]]:  # fmt: skip
    """Scan by CT: noisy, clean, and the scanner's numbers."""
    numbers = {name: {k: v for k, v in one.items() if k != "cup_hu"} for name, one in p["scanners"].items()}
    scanner = choose_scanner({**p, "scanners": numbers}, rng := seeds.rng("acquisition"), options)
    cup = float(p["scanners"][scanner.name]["cup_hu"])
    clean = clean_scan(scene.hu, box, times, scanner) + cupping(scene.depth, scene.bone, cup)
    noisy = clean + draw_noise(box, scanner, rng, scene.inside)
    shift = float(options["shift_mm"])
    air = float(p["air_hu"])
    stored = [store(_moved(image, box, shift, seeds, outside=air)) for image in (noisy, clean)]
    facts: dict[str, float | str] = {"scanner": scanner.name, "noise_hu": scanner.noise_hu, "psf_mm": scanner.psf_mm, "cup_hu": cup}
    return stored[0], stored[1], facts


def _mr(
    p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any], scene: Scene, tumor: Array, box: Box, times: int
) -> tuple[str, dict[str, Image], dict[str, Image]]:
    """Scan by MR: the machine's name, pictures by sequence with noise and without."""
    rng = np.random.default_rng([seeds.acquisition, 0x3E7])
    drawn = str(rng.choice([name for name in p["machines"] if name != p["held_machine"]]))
    name = str(options["machine"] or (drawn if options["nuisance"] == "learn" else p["held_machine"]))
    if name not in p["machines"]:
        raise PlanError(unknown("machine", name, p["machines"]))
    machine = p["machines"][name]
    snr = float(machine["snr"] * np.exp(p["snr_spread"] * rng.normal()))
    fine = box.finer(times)
    sampling = Sampling(fine_mm=fine.spacing_mm, factor=(times, times, times), across_mm=box.spacing_mm[2])
    inside = scene.inside >= 0.5
    x, y, z = box.mesh()
    points = np.stack(np.broadcast_arrays(x, y, z)).astype(np.float32)
    profile = coil(p, points, inside, rng)
    grid, noisy, clean = box.grid(), {}, {}
    for sequence in SEQUENCES:
        still = sample(head_signal(p, machine, sequence, scene.skull, scene.brain, tumor), sampling, machine) * profile
        white = signal_of(p, machine, "white", sequence)
        top = p["top_over_white"][sequence] * white
        seen = with_noise(still, machine, rng, reference=white, snr=snr)
        noisy[sequence] = held_image(store_mr(seen, machine, top, eight_bit=False)[None], grid, channels=(sequence,))
        clean[sequence] = held_image(store_mr(still, machine, top, eight_bit=False)[None], grid, channels=(sequence,))
    return name, noisy, clean


def _moved(image: Array, box: Box, shift_mm: float, seeds: Seeds, *, outside: float = 0.0) -> Array:
    """Return an image of the CT moved in-plane in a direction of the pose's own; 0 mm = as it is."""
    if shift_mm == 0:
        return image
    angle = np.random.default_rng([seeds.pose, 0x5F7]).uniform(0, 2 * np.pi)
    by = [shift_mm * np.cos(angle) / box.spacing_mm[0], shift_mm * np.sin(angle) / box.spacing_mm[1], 0.0]
    return np.asarray(ndimage.shift(image, by, order=1, mode="constant", cval=outside), np.float32)


PHANTOM = Phantom(
    name="head_mr_ct",
    shows="One head in T1- and T2-weighted MR and in CT, in which bone and air, alike in MR, must be told apart.",
    cite="Brooks & Di Chiro 1976, Kijewski & Judy 1987 (CT); Haacke 1999, de Bazelaire 2004, Gudbjartsson & Patz 1995 (MR)",
    version="1",
    parameters=HEAD_MR_CT,
    inputs=SEQUENCES,
    targets=(
        truth_target("ct", "image", unit="HU", metrics=("bone_dice",)),
        truth_target("bone", "mask", classes=("background", "bone")),
        truth_target("intracranial", "mask", classes=("background", "intracranial")),
        truth_target("tumor", "mask", classes=("background", "tumor")),
        truth_target("disease", "class", classes=("healthy", "tumor")),
    ),
    drawer=draw,
    options={
        "scanner": None, "machine": None, "nuisance": "learn", "sex": None, "age": None, "disease": None, "pixel_mm": None,
        "shift_mm": 0.0, "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("clear", "old"), "sex": SEXES, "age": ((20.0, 55.0), (55.0, 90.0))},
)  # fmt: skip
