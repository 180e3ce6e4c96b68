"""Chest radiographs: a drawn thorax, projected by Beer-Lambert, exposed, scattered, developed.

In:   seeds, a grade, options (view, scanner, sex, age, disease, findings, marker, devices …).
Out:  PhantomCase: the film; masks of lungs (two conventions), heart, opacities and devices; nodules, findings, view, sex, age,
      cardiothoracic ratio; the burnt-in marker as a shortcut mask.
Not:  no claim of realism beyond its row in docs/explanation/phantom_validity.md.

`lungs` follows the V7 convention (what lies behind the heart counts, what lies under a dome does not), `lungs_clear` the JSRT
convention (only what is seen as air). A scanner's detector pitch acts as blur; the picture's grid is set by pose and grade
alone, so that the same patient on another scanner keeps the same masks.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError, unknown
from isocenter.core.grid import Grid, plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.body.anatomy import draw_anatomy
from isocenter.phantoms.body.devices import DEVICES
from isocenter.phantoms.body.disease import FINDINGS, Disease, draw_disease
from isocenter.phantoms.body.person import Person, draw_person
from isocenter.phantoms.body.pose import Pose, draw_pose
from isocenter.phantoms.body.scene import Detail, Scene, build_scene
from isocenter.phantoms.body.shapes import build_chest
from isocenter.phantoms.body.truth import cardiothoracic_ratio, chest_masks, nodule_points
from isocenter.phantoms.body.visibility import finding_visibility
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.radiograph.exposure import Exposure, draw_exposure, print_film
from isocenter.phantoms.radiograph.settings import CHEST
from isocenter.phantoms.raters import read_by

SEXES = ("F", "M")


class Setting(Record):
    """Everything drawn before the film is."""

    person: Person
    disease: Disease
    findings: tuple[str, ...]
    devices: tuple[str, ...]
    pose: Pose
    scene: Scene
    finer: int
    shape: tuple[int, int]


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one chest film; see PHANTOM.options."""
    setting = _set_up(parameters, seeds, grade, options)
    exposure = draw_exposure(parameters, seeds.rng("acquisition"), setting.pose.view.name, options)
    pixel_mm = setting.pose.view.field_mm[0] / setting.shape[0]
    attenuation = setting.scene.attenuation(parameters["mu_per_mm"])
    spacing = tuple(side / n for side, n in zip(setting.pose.view.field_mm, setting.shape, strict=True))
    grid = plain_grid(setting.shape, spacing=spacing, world="plane_mm")
    truths, contrasts, lesions = _truths(parameters, setting, grid)
    lungs = chest_masks(setting.scene, setting.pose.view, grid, setting.finer)["lungs"].region("lungs")
    film = print_film(attenuation, exposure, parameters, finer=setting.finer, pixel_mm=pixel_mm, lungs=lungs)
    readers = read_by(parameters, seeds, truths, options["raters"], contrasts)
    return PhantomCase(
        patient=seeds.patient,
        inputs={"film": held_image(film.picture[None], grid, channels=("film",))},
        truths=truths,
        covariates=_covariates(setting, exposure),
        clean={"film": held_image(film.clean[None], grid, channels=("film",))},
        acquisition=_acquisition(setting, exposure),
        shortcut=held_mask(film.marker.astype(np.uint8), grid, ("background", "marker")) if exposure.marker is not None else None,
        lesions=lesions,
        raters=readers,
    )


def _set_up(p: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> Setting:
    """Draw person, chest, disease and pose, and project them."""
    finer = int(p["finer"][grade])
    size = int(options["size_px"] or p["size_px"][grade])
    if size < 16:
        raise PlanError(f"expected size_px of at least 16, got {size}.")
    detail = Detail(depth_mm=p["depth_mm"][grade], point_mm=p["point_mm"][grade], generations=p["generations"][grade])
    person = draw_person(p, seeds.rng("demographics"), sex=options["sex"], age=options["age"])
    anatomy = draw_anatomy(p, person, seeds.rng("anatomy"))
    ill = seeds.rng("disease")
    findings = _findings(p, ill, options)
    devices = _devices(p, ill, options["devices"])
    pose = draw_pose(p, anatomy, seeds.rng("pose"), view=options["view"])
    held = pose.anatomy
    edge = max(detail.depth_mm * 0.5, 2.0)
    disease = draw_disease(build_chest(held, edge_mm=edge), p, ill, findings, severity=options["severity"])
    chest = build_chest(dataclasses.replace(held, heart_size=held.heart_size * disease.heart_factor), edge_mm=edge)
    streams = np.random.SeedSequence([seeds.anatomy, 0xB0D1]).spawn(2)
    spots = np.random.SeedSequence([seeds.disease, 0xB0D2]).spawn(2)
    rngs = {
        "vessels": np.random.default_rng(streams[0]), "texture": np.random.default_rng(streams[1]),
        "patches": np.random.default_rng(spots[0]), "devices": np.random.default_rng(spots[1]),
    }  # fmt: skip
    fine = (size * finer, size * finer)
    scene = build_scene(chest, disease, devices, pose.view, pose.posture, fine, detail, rngs, p)
    return Setting(
        person=person, disease=disease, findings=findings, devices=devices, pose=dataclasses.replace(pose, anatomy=chest.anatomy),
        scene=scene, finer=finer, shape=(size, size),
    )  # fmt: skip


def _findings(p: Mapping[str, Any], rng: np.random.Generator, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Decide what is wrong: as asked, or drawn; a patient with disease has at least one finding."""
    ill, coins, one = rng.random() < p["share_disease"], rng.random(len(FINDINGS)), int(rng.integers(2))
    if options["findings"] is not None:
        asked = options["findings"]
        asked = tuple(part.strip() for part in asked.split(",") if part.strip()) if isinstance(asked, str) else tuple(asked)
        for name in asked:
            if name not in FINDINGS:
                raise PlanError(unknown("finding", name, FINDINGS))
        return tuple(name for name in FINDINGS if name in asked) if options["disease"] is not False else ()
    if not (ill if options["disease"] is None else options["disease"]):
        return ()
    found = tuple(name for name, coin in zip(FINDINGS, coins, strict=True) if coin < p["share_finding"][name])
    return found or (FINDINGS[one],)


def _devices(p: Mapping[str, Any], rng: np.random.Generator, asked: Sequence[str] | str | None) -> tuple[str, ...]:
    """Decide what is implanted or worn."""
    coins = rng.random(len(DEVICES))
    if asked is None:
        return tuple(name for name, coin in zip(DEVICES, coins, strict=True) if coin < p["share_device"][name])
    names = tuple(part.strip() for part in asked.split(",") if part.strip()) if isinstance(asked, str) else tuple(asked)
    for name in names:
        if name not in DEVICES:
            raise PlanError(unknown("device", name, DEVICES))
    return names


def _truths(
    p: Mapping[str, Any], setting: Setting, grid: Grid
) -> tuple[dict[str, Value], dict[str, Any], tuple[Mapping[str, float | str], ...]]:
    """Return every truth, how visible each lesion is (for the readers), and the lesion table."""
    masks = chest_masks(setting.scene, setting.pose.view, grid, setting.finer)
    points, contrasts, lesions = nodule_points(setting.disease, setting.pose.view, setting.scene, grid)
    views = tuple(p["views"])
    person = setting.person
    present = np.array([float(name in setting.findings) for name in FINDINGS])
    seen = finding_visibility(setting.scene, setting.disease, setting.findings, contrasts)
    truths: dict[str, Value] = {
        **{name: masks[name] for name in ("lungs", "lungs_clear", "heart", "opacity", "devices")},
        "nodules": points,
        "findings": Scores(p=present, names=FINDINGS),
        "disease": Scores(p=np.array([float(not setting.findings), float(bool(setting.findings))]), names=("healthy", "ill")),
        "view": Scores(p=np.array([float(name == setting.pose.view.name) for name in views]), names=views),
        "sex": Scores(p=np.array([float(name == person.sex) for name in SEXES]), names=SEXES),
        "age": Amount(value=person.age_years, unit="a"),
    }
    if setting.pose.view.name != "L":
        truths["ctr"] = Amount(value=cardiothoracic_ratio(masks["heart"], setting.scene, setting.finer), unit="1")
    return truths, {"nodules": contrasts, "findings": seen}, lesions


def _covariates(setting: Setting, exposure: Exposure) -> dict[str, float | str]:
    """Return the columns of the table beside images and truths."""
    return {
        "sex": setting.person.sex,
        "age": round(setting.person.age_years, 1),
        "bmi": round(setting.person.bmi, 1),
        "view": setting.pose.view.name,
        "pixel_mm": round(setting.pose.view.field_mm[0] / setting.shape[0], 4),
        "scanner": exposure.scanner,
        "marker": float(exposure.marker is not None),
        "ill": float(bool(setting.findings)),
    }


def _acquisition(setting: Setting, exposure: Exposure) -> dict[str, float | str]:
    """Return the parameters of the scan, as drawn."""
    curve = exposure.curve
    return {
        "scanner": exposure.scanner,
        "dose": exposure.dose,
        "photometric": "MONOCHROME1" if curve.inverted else "MONOCHROME2",
        "source_mm": setting.pose.view.source_mm,
        "inspiration": setting.pose.inspiration,
        "gamma": curve.gamma,
        "flatten": curve.flatten,
        "sharpen": curve.sharpen,
        "letters": " ".join(letter.text for letter in exposure.letters),
    }


PHANTOM = Phantom(
    name="chest_xray",
    shows="Chest radiographs, frontal and lateral, with lungs, heart, disease, devices and a marker that can be tied to the label.",
    cite="Beer-Lambert projection of a drawn thorax; proportions after Gray's Anatomy, 41st ed.",
    version="1",
    parameters=CHEST,
    inputs=("film",),
    targets=(
        truth_target("lungs", "mask", classes=("background", "lungs")),
        truth_target("lungs_clear", "mask", classes=("background", "lungs")),
        truth_target("heart", "mask", classes=("background", "heart")),
        truth_target("opacity", "mask", classes=("background", "opacity")),
        truth_target("devices", "mask", classes=("background", "device")),
        truth_target("nodules", "boxes", classes=("nodule",)),
        truth_target("findings", "multilabel", classes=FINDINGS),
        truth_target("disease", "class", classes=("healthy", "ill")),
        truth_target("view", "class", classes=tuple(CHEST["views"])),
        truth_target("sex", "class", classes=SEXES),
        truth_target("age", "value", unit="a"),
        truth_target("ctr", "value", unit="1"),
    ),
    drawer=draw,
    options={
        "view": None,
        "scanner": None,
        "nuisance": "learn",
        "sex": None,
        "age": None,
        "disease": None,
        "findings": None,
        "severity": None,
        "marker": None,
        "devices": None,
        "monochrome1": False,
        "size_px": None,
        "raters": (),
    },
    disease=("disease", False, True),
    factors={"marker": (False, True), "scanner": ("crisp", "mobile"), "sex": ("F", "M"), "age": ((18.0, 54.0), (54.0, 90.0))},
)
