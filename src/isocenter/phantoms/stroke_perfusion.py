"""Acute stroke in multi-modal MR: diffusion, FLAIR and a bolus passing, with the delay of blood known at every voxel.

In:   seeds, a grade, options (scanner, disease, size, raters …).
Out:  PhantomCase: FLAIR, DWI, ADC and seven frames of the bolus; images of Tmax and relative flow; masks of core, hypoperfusion,
      final infarct and brain; volumes; class.
Not:  no motion, no leaking barrier, no recirculation, no vessels; no claim of realism: it has no row in
      docs/explanation/phantom_validity.md.

Tmax is the delay the frames were made with. What dies is seen in diffusion; what is late is seen in the frames alone; what is lost
in the end depends on `reperfused`, a covariate. Old lacunes are bright in no diffusion, and no infarct.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.image import Image, held_image
from isocenter.core.mask import held_mask
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.brain.head import draw_head, tissue_shares
from isocenter.phantoms.brain.lesions import Places, fill
from isocenter.phantoms.brain.perfusion import Blood, blood_of, concentration, draw_occlusion, passage
from isocenter.phantoms.brain.perfusion_settings import PERFUSION
from isocenter.phantoms.brain.pictures import Frame, frame_of
from isocenter.phantoms.brain.scan import average, choose_scanner, coil, sample, store, with_noise
from isocenter.phantoms.brain.signal import clean_signal, signal_of
from isocenter.phantoms.brain.spots import draw_lacunes
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by

Floats = NDArray[np.float32]
BOLUS = tuple(f"bolus_{k}" for k in range(1, len(PERFUSION["frames_s"]) + 1))
SHOWN = ("flair", "dwi", "adc", *BOLUS)
CLASSES = ("healthy", "stroke")


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one patient; see PHANTOM.options."""
    p = parameters
    people = seeds.rng("demographics")
    age, sex = float(people.uniform(*p["age_years"])), ("F", "M")[int(people.integers(2))]
    head = draw_head(p, seeds.rng("anatomy"), age)
    frame = frame_of(p, seeds, grade, {**options, "form": "volume"}, 0.0)
    edge = float(max(frame.sampling.fine_mm[:2]))
    shares = tissue_shares(head, frame.points, edge)
    rng = seeds.rng("disease")
    coin = bool(rng.random() < p["share_disease"])
    ill = coin if options["disease"] is None else bool(options["disease"])
    occlusion = draw_occlusion(p, rng, ill=ill)
    blood = blood_of(p, rng, occlusion, frame.points, shares, edge)
    half = p["slices"][grade] * p["slice_mm"][grade] / 2
    past = np.random.default_rng([seeds.disease, 0x1AC])  # of its own, so that a twin without a stroke has the same
    places = Places(head, p["volume_bottom_mm"] + half, half - 3.0, past)
    old = fill(draw_lacunes(p, places, past), shares, frame.points, edge)
    noisy, clean, facts = _scan(p, seeds, options, frame, shares, {**old, "stroke": blood.dead}, blood)
    truths = _truths(p, frame, shares, blood, ill=ill)
    return PhantomCase(
        patient=seeds.patient,
        inputs=noisy,
        truths=truths,
        covariates={
            "age": round(age, 1), "sex": sex, "scanner": str(facts["scanner"]), "ill": float(ill),
            "reperfused": float(occlusion.reperfused),
        },
        clean=clean,
        acquisition=facts,
        lesions=({"kind": "occlusion", "side": float(occlusion.side), "delay_s": occlusion.delay_s},) if ill else (),
        raters=read_by(p, seeds, truths, options["raters"]),
    )  # fmt: skip


def _scan(
    p: Mapping[str, Any],
    seeds: Seeds,
    options: Mapping[str, Any],
    frame: Frame,
    shares: Mapping[str, Floats],
    filled: Mapping[str, Floats],
    blood: Blood,
) -> tuple[dict[str, Image], dict[str, Image], dict[str, float | str]]:
    """Acquire every sequence: noisy, clean, and the scanner's facts."""
    name, scanner, rng = choose_scanner(p, seeds, options)
    snr = float(scanner["snr"] * np.exp(p["snr_spread"] * rng.normal()))
    start = float(rng.uniform(*p["bolus_start_s"]))
    inside = average(np.asarray(sum(shares.values()), np.float32), frame.sampling.factor) >= 0.5
    profile = coil(p, np.stack([average(axis, frame.sampling.factor) for axis in frame.points]), inside, rng)
    grain = 1 + np.float32(p["grain"]) * np.random.default_rng([seeds.anatomy, 0x6A]).standard_normal(
        shares["white"].shape, np.float32
    )
    noisy: dict[str, Floats] = {}
    clean: dict[str, Floats] = {}

    def take(sequence: str, signal: Floats, white: float, *, softer: float) -> None:
        still = sample(signal * grain, frame.sampling, scanner, softer=softer) * profile
        clean[sequence], noisy[sequence] = still, with_noise(still, scanner, rng, reference=white, snr=snr)

    take(
        "flair",
        clean_signal(p, scanner, "flair", shares, filled, enhancing=False),
        signal_of(p, scanner, "white", "flair"),
        softer=1.0,
    )
    weak = {**p, "b_s_per_mm2": 0.0}
    for sequence, q in (("dwi", p), ("b0", weak)):
        take(sequence, clean_signal(q, scanner, "dwi", shares, filled, enhancing=False), signal_of(q, scanner, "white", "dwi"),
             softer=p["blur_dwi"])  # fmt: skip
    base, table = clean_signal(p, scanner, "t2", shares, filled, enhancing=False), passage(p)
    white = signal_of(p, scanner, "white", "t2")
    for sequence, at in zip(BOLUS, p["frames_s"], strict=True):
        lost = np.exp(-np.float32(p["effect"]) * 10 * concentration(blood, table, at, start))
        take(sequence, np.asarray(base * lost, np.float32), white, softer=p["blur_dwi"])
    top = {"flair": p["top_over_white"]["flair"] * signal_of(p, scanner, "white", "flair"),
           "dwi": p["top_over_white"]["dwi"] * signal_of(p, scanner, "white", "dwi"),
           **dict.fromkeys(BOLUS, p["top_over_white"]["t2"] * white)}  # fmt: skip

    def held(found: Mapping[str, Floats]) -> dict[str, Image]:
        images = {sequence: store(found[sequence] * inside, scanner, top[sequence], eight_bit=False) for sequence in top}
        ratio = np.log(np.maximum(found["b0"], 1e-6) / np.maximum(found["dwi"], 1e-6)) / p["b_s_per_mm2"] * 1e6  # um2/s
        images["adc"] = np.where(inside, np.rint(ratio.clip(0, 4000)), 0).astype(np.int16)
        return {sequence: held_image(images[sequence][None], frame.grid, channels=(sequence,)) for sequence in SHOWN}

    facts: dict[str, float | str] = {"scanner": name, "snr": snr, "bolus_start_s": start}
    return held(noisy), held(clean), facts | {key: v for key, v in scanner.items() if isinstance(v, float)}


def _truths(p: Mapping[str, Any], frame: Frame, shares: Mapping[str, Floats], blood: Blood, *, ill: bool) -> dict[str, Value]:
    """Return every truth; maps are means over the tissue of a sample, 0 outside the brain."""
    factor, grid = frame.sampling.factor, frame.grid
    tissue = np.asarray(shares["white"] + shares["gray"] + shares["deep"], np.float32)
    weight = average(tissue, factor)
    brain = weight >= 0.5

    def mean(values: Floats) -> NDArray[np.float32]:
        return np.where(brain, average(values * tissue, factor) / np.maximum(weight, 1e-3), 0).astype(np.float32)

    def drawn(inside: NDArray[np.bool_], name: str) -> Value:
        return held_mask((inside & brain).astype(np.uint8), grid, ("background", name))

    tmax, flow = mean(blood.delay_s), mean(blood.left)
    core, infarct = (average(share, factor) >= 0.5 * np.maximum(weight, 1e-3) for share in (blood.dead, blood.lost))
    voxel_ml = float(np.prod(grid.spacing)) / 1000
    late = tmax > p["hypoperfused_s"]
    return {
        "tmax": held_image(tmax[None], grid, channels=("tmax",), unit="s"),
        "relative_flow": held_image(flow[None], grid, channels=("relative_flow",)),
        "core": drawn(core, "core"),
        "hypoperfused": drawn(late, "hypoperfused"),
        "infarct": drawn(infarct, "infarct"),
        "brain": held_mask(brain.astype(np.uint8), grid, ("background", "brain")),
        "core_volume": Amount(value=float((core & brain).sum()) * voxel_ml, unit="mL"),
        "hypoperfused_volume": Amount(value=float((late & brain).sum()) * voxel_ml, unit="mL"),
        "disease": Scores(p=np.array([float(not ill), float(ill)]), names=CLASSES),
    }


PHANTOM = Phantom(
    name="stroke_perfusion",
    shows="Acute stroke in FLAIR, DWI, ADC and frames of a bolus, with the delay of blood known at every voxel.",
    cite="Ostergaard 1996, Calamante 2013 (perfusion); Haacke 1999 (sequences); Wansapura 1999, Stanisz 2005 (relaxation)",
    version="1",
    parameters=PERFUSION,
    inputs=SHOWN,
    targets=(
        truth_target("tmax", "image", unit="s", scope="region:brain"),
        truth_target("relative_flow", "image", scope="region:brain"),
        truth_target("brain", "mask", classes=("background", "brain")),
        truth_target("core", "mask", classes=("background", "core"), metrics=("lesion_f1",)),
        truth_target("hypoperfused", "mask", classes=("background", "hypoperfused")),
        truth_target("infarct", "mask", classes=("background", "infarct"), metrics=("lesion_f1",)),
        truth_target("core_volume", "value", unit="mL"),
        truth_target("hypoperfused_volume", "value", unit="mL"),
        truth_target("disease", "class", classes=CLASSES),
    ),
    drawer=draw,
    options={"scanner": None, "nuisance": "learn", "size": None, "disease": None, "raters": ()},
    disease=("disease", False, True),
    factors={"scanner": ("sharp", "old")},
)
