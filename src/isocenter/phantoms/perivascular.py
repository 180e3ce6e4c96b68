"""Enlarged perivascular spaces on T2 in one of four regions, with counts by region and by slice, and readers who disagree.

In:   seeds, a grade, options (region, scanner, disease, raters …).
Out:  PhantomCase: a crop of T2; masks of region, spaces and what looks like them; counts, dots; readings with planted agreement.
Not:  no other sequence, no motion; no claim of realism beyond its row in docs/explanation/phantom_validity.md.

One case is one region of one person: the same seeds with another `region` are the same person. Spaces belong to the person (seeds
anatomy and demographics), so that two visits are scan and rescan; disease brings lacunes and white matter lesions, which are
not to be counted, and `ill` (small vessel disease), which is the person's, brings more of everything.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError, unknown
from isocenter.core.grid import Grid, as_affine
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.brain.head import Head, draw_head, step
from isocenter.phantoms.brain.readers import Reading, draw_chance, read_spaces
from isocenter.phantoms.brain.regions import REGIONS, region_tissue
from isocenter.phantoms.brain.scan import Sampling, choose_scanner, coil, sample, store, with_noise
from isocenter.phantoms.brain.signal import signal_of
from isocenter.phantoms.brain.spaces import Mimic, Space, fill_tube, how_many, place_mimics, place_spaces, place_thin
from isocenter.phantoms.brain.spaces_settings import PERIVASCULAR
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import rater_of, read_mask

Floats = NDArray[np.float32]


class Person(Record):
    """What is in one region of one person."""

    region: str
    head: Head
    age: float
    sex: str
    ill: bool
    spaces: tuple[Space, ...]
    thin: tuple[Space, ...]


class Scene(Record):
    """The region on its grid."""

    points: Floats
    """(3, X, Y, Z) mm in the head, centers of voxels."""
    grid: Grid
    level: int
    """Index of the slice that is labelled."""
    shares: Mapping[str, Floats]
    region: Floats
    fluid: Floats
    """Share of each voxel filled by spaces, enlarged or not."""
    label: NDArray[np.int16]
    """0, or 1 + the index of the enlarged space."""
    mimics: Mapping[str, Floats]


def draw_person(p: Mapping[str, Any], seeds: Seeds, region: str, disease: bool | None = None) -> Person:
    """Return who lies in the scanner: no image, no grid. PlanError for a region there is not."""
    if region not in REGIONS:
        raise PlanError(unknown("region", str(region), REGIONS))
    people = seeds.rng("demographics")
    age, sex = float(people.uniform(*p["age_years"])), ("F", "M")[int(people.integers(2))]
    coin = bool(people.random() < p["share_disease"])
    ill = coin if disease is None else bool(disease)
    head = draw_head(p, seeds.rng("anatomy"), age)
    rng = np.random.default_rng([seeds.anatomy, seeds.demographics, 0x5B, REGIONS.index(region)])
    spaces = place_spaces(p, head, region, how_many(p, region, age, ill, rng), rng)
    thin = place_thin(p, head, region, rng)
    return Person(region=region, head=head, age=age, sex=sex, ill=ill, spaces=tuple(spaces), thin=tuple(thin))


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one region of one person; see PHANTOM.options."""
    p = parameters
    person = draw_person(p, seeds, options["region"], options["disease"])
    ill = seeds.rng("disease")
    mimics = place_mimics(p, person.head, person.region, person.ill, person.spaces, ill)
    scene = _scene(p, seeds, int(p["finer"][grade]), person, mimics)
    image, clean, facts = _scan(p, seeds, options, scene)
    truths = _truths(scene, person)
    covariates: dict[str, float | str] = {
        "age": round(person.age, 1), "sex": person.sex, "scanner": str(facts["scanner"]), "ill": float(person.ill),
        "brain_region": person.region, "slice": float(scene.level),
    }  # fmt: skip
    return PhantomCase(
        patient=seeds.patient,
        inputs={"t2": held_image(image[None], scene.grid, channels=("t2",))},
        truths=truths,
        covariates=covariates,
        clean={"t2": held_image(clean[None], scene.grid, channels=("t2",))},
        acquisition=facts,
        lesions=tuple(_rows(scene, person, mimics)),
        raters=_read(p, seeds, scene, person, truths, options["raters"]),
    )


def _scene(p: Mapping[str, Any], seeds: Seeds, finer: int, person: Person, mimics: Sequence[Mimic]) -> Scene:
    """Bring a person's region onto a grid; finer: how many voxels stand for one of the test grade along each axis."""
    held = p["regions"][person.region]
    shape = tuple(int(n) * finer for n in held["shape"])
    voxel = np.asarray(held["voxel_mm"]) / finer
    pose = seeds.rng("pose")
    turn = np.deg2rad(p["turn_deg"]) * pose.uniform(-1, 1)
    shift = p["shift_mm"] * pose.uniform(-1, 1, 3)
    axes = [(np.arange(n) + 0.5 - n / 2) * v for n, v in zip(shape, voxel, strict=True)]
    gx, gy, gz = np.meshgrid(*axes, indexing="ij")
    c, s = np.cos(turn), np.sin(turn)
    center = np.asarray(held["center_mm"])
    points = np.stack([c * gx - s * gy, s * gx + c * gy, gz]) + (center + shift).reshape(3, 1, 1, 1)
    matrix = np.diag([*voxel, 1.0])
    matrix[:3, 3] = center + [axis[0] for axis in axes]
    points = points.astype(np.float32)
    shares, region = region_tissue(person.head, person.region, points, float(voxel[:2].max()))
    fluid, label = np.zeros(shape, np.float32), np.zeros(shape, np.int16)
    for index, space in enumerate((*person.spaces, *person.thin)):
        filled = fill_tube(points, tuple(voxel), space)
        if filled is not None:
            window, share = filled
            np.maximum(fluid[window], share, out=fluid[window])
            if index < len(person.spaces):
                label[window][share >= 0.5] = index + 1
                label[_voxels_of(space, voxel, turn, center + shift, shape)] = index + 1
    blobs: dict[str, Floats] = {}
    for kind in ("lacune", "wml"):
        blob = np.zeros(shape, np.float32)
        for mimic in (m for m in mimics if m.kind == kind):
            far = np.sqrt(((points - mimic.center.astype(np.float32).reshape(3, 1, 1, 1)) ** 2).sum(0))
            np.maximum(blob, step(np.float32(mimic.diameter_mm / 2) - far, float(voxel.max())), out=blob)
        blobs[kind] = blob
    level = int(np.clip(np.rint((held["shape"][2] * finer - 1) / 2 - shift[2] / voxel[2]), 0, shape[2] - 1))
    grid = Grid(shape=shape, affine=as_affine(matrix), world="ras_mm")
    return Scene(points=points, grid=grid, level=level, shares=shares, region=region, fluid=fluid, label=label, mimics=blobs)


def _voxels_of(
    space: Space, voxel: NDArray[np.float64], turn: float, origin: NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[NDArray[np.intp], ...]:
    """Return the voxels a space's center line passes, so that even a thin one has a mask in one piece."""
    steps = np.linspace(0, len(space.line) - 1, 96)
    line = np.stack([np.interp(steps, np.arange(len(space.line)), space.line[:, k]) for k in range(3)], 1) - origin
    c, s = np.cos(turn), np.sin(turn)
    back = np.stack([c * line[:, 0] + s * line[:, 1], -s * line[:, 0] + c * line[:, 1], line[:, 2]], 1)
    index = np.floor(back / voxel + np.asarray(shape) / 2).astype(np.intp)
    index = index[((index >= 0) & (index < np.asarray(shape))).all(1)]
    return tuple(index.T)


def _scan(
    p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any], scene: Scene
) -> tuple[NDArray[Any], NDArray[Any], dict[str, float | str]]:
    """Return the T2 picture with and without noise, and how it was made."""
    name, scanner, rng = choose_scanner(p, seeds, options)
    snr = float(scanner["snr"] * np.exp(p["snr_spread"] * rng.normal()))
    white, water = signal_of(p, scanner, "white", "t2"), signal_of(p, scanner, "csf", "t2")
    signal = np.zeros_like(scene.fluid)
    for tissue, share in scene.shares.items():
        signal += share * np.float32(signal_of(p, scanner, tissue, "t2"))
    lesion = scene.mimics["wml"] * scene.shares["white"]
    signal += lesion * np.float32(signal_of(p, scanner, "edema", "t2") - white)
    signal += scene.mimics["lacune"] * np.maximum(np.float32(water) - signal, 0)
    signal += scene.fluid * np.float32(p["fluid"]) * np.maximum(np.float32(water) - signal, 0)
    grain = np.random.default_rng([seeds.anatomy, 0x6A]).standard_normal(signal.shape, np.float32)
    signal *= 1 + np.float32(p["grain"]) * grain
    spacing = scene.grid.spacing
    sampling = Sampling(fine_mm=(spacing[0], spacing[1], spacing[2]), factor=(1, 1, 1), across_mm=spacing[2])
    inside = np.ones(signal.shape, bool)
    clean = sample(signal, sampling, scanner) * coil(p, scene.points, inside, rng)
    noisy = with_noise(clean, scanner, rng, reference=white, snr=snr)
    top = p["top_over_white"] * white
    facts = {key: float(value) for key, value in scanner.items() if isinstance(value, float)}
    facts |= {"repeat_ms": scanner["t2"][0], "echo_ms": scanner["t2"][1], "snr": snr}
    return store(noisy, scanner, top, eight_bit=False), store(clean, scanner, top, eight_bit=False), {"scanner": name, **facts}


def _truths(scene: Scene, person: Person) -> dict[str, Value]:
    """Return every truth. The first mask is the region; counts speak of it, or of the slice in column `slice`."""
    number = len(person.spaces)
    found = np.zeros(scene.label.shape, np.uint8)
    for index, kind in enumerate(("lacune", "wml")):
        found[scene.mimics[kind] >= 0.5] = 1 + index
    return {
        "count": Amount(value=float(number), unit="1"),
        "slice_count": Amount(value=float(_in_slice(scene, number).sum()), unit="1"),
        "region": held_mask((scene.region >= 0.5).astype(np.uint8), scene.grid, ("background", "region")),
        "spaces": held_mask((scene.label > 0).astype(np.uint8), scene.grid, ("background", "space")),
        "mimics": held_mask(found, scene.grid, ("background", "lacune", "wml")),
        "dots": _dots(_places(scene, number)),
        "disease": Scores(p=np.array([float(not person.ill), float(person.ill)]), names=("healthy", "ill")),
        "age": Amount(value=person.age, unit="a"),
    }


def _in_slice(scene: Scene, number: int) -> NDArray[np.bool_]:
    """Tell of each space whether the labelled slice shows it, (N,)."""
    return np.isin(np.arange(1, number + 1), scene.label[:, :, scene.level])


def _places(scene: Scene, number: int) -> NDArray[np.float64]:
    """Return a place of each space (N, 3): the voxel of its own that lies nearest to its middle."""
    out = np.zeros((number, 3))
    for index in range(number):
        own = np.argwhere(scene.label == index + 1)
        out[index] = own[np.abs(own - own.mean(0)).sum(1).argmin()]
    return scene.grid.to_world(out) if number else out


def _dots(world: NDArray[np.float64]) -> Points:
    """Return places as points."""
    return Points(world=world, kind=np.zeros(len(world), np.intp), score=np.full(len(world), np.nan), names=("space",))


def _rows(scene: Scene, person: Person, mimics: Sequence[Mimic]) -> list[dict[str, float | str]]:
    """Return the lesion table: spaces first, then what looks like them."""
    shown = _in_slice(scene, len(person.spaces))
    places = _places(scene, len(person.spaces))
    rows: list[dict[str, float | str]] = [
        {
            "kind": "space",
            "diameter_mm": s.diameter_mm,
            "in_slice": float(there),
            **dict(zip("xyz", map(float, place), strict=True)),
        }
        for s, there, place in zip(person.spaces, shown, places, strict=True)
    ]
    rows += [{"kind": m.kind, "diameter_mm": m.diameter_mm} for m in mimics]
    return rows


def _read(
    p: Mapping[str, Any], seeds: Seeds, scene: Scene, person: Person, truths: Mapping[str, Value], names: tuple[str, ...]
) -> dict[str, dict[str, Value]]:
    """Let the raters named read the case: region's border, spaces, both counts."""
    out: dict[str, dict[str, Value]] = {}
    diameters = np.array([space.diameter_mm for space in person.spaces])
    shown = _in_slice(scene, len(person.spaces))
    for name in names:
        reader = p["raters"][name]
        wander = {scope: values[person.region] for scope, values in p["readers"]["wander_mm"].items()}
        whole, part = (
            read_spaces(p["readers"], reader, wander[scope], held, draw_chance(p["readers"], reader, len(held), seeds))
            for scope, held in (("count", diameters), ("slice_count", diameters[shown]))
        )
        rng = np.random.default_rng([seeds.anatomy, seeds.acquisition, int(reader["person"]), int(reader["reading"])])
        region = truths["region"]
        seen = np.isin(scene.label, 1 + np.flatnonzero(whole.seen)).astype(np.uint8)
        out[name] = {
            "count": Amount(value=float(whole.count), unit="1"),
            "slice_count": Amount(value=float(part.count), unit="1"),
            "region": read_mask(region, rater_of(name, p["border"]), rng),  # type: ignore[arg-type]
            "spaces": held_mask(seen, scene.grid, ("background", "space")),
            "dots": _marks(scene, whole, rng),
        }
    return out


def _marks(scene: Scene, reading: Reading, rng: np.random.Generator) -> Points:
    """Return the dots of a reading: on what was seen, and anywhere in the region where it was nothing."""
    places = _places(scene, len(reading.seen))[reading.seen]
    room = np.argwhere((scene.region >= 0.5) & (scene.label == 0))
    if reading.false_marks and len(room):
        stray = scene.grid.to_world(room[rng.integers(len(room), size=reading.false_marks)])
        places = np.concatenate([places, stray])
    return _dots(places)


PHANTOM = Phantom(
    name="perivascular",
    shows="T2 crops of four brain regions with enlarged perivascular spaces, their counts by region and by slice, and look-alikes.",
    cite="Dubost 2019 (regions, agreement of readers); Haacke 1999 (signal); Gudbjartsson & Patz 1995 (noise)",
    version="1",
    parameters=PERIVASCULAR,
    inputs=("t2",),
    targets=(
        truth_target("count", "count", scope="region:region"),
        truth_target("slice_count", "count", scope="slice:slice"),
        truth_target("region", "mask", classes=("background", "region")),
        truth_target("spaces", "mask", classes=("background", "space"), scope="region:region"),
        truth_target("mimics", "mask", classes=("background", "lacune", "wml")),
        truth_target("dots", "points", classes=("space",), scope="region:region"),
        truth_target("disease", "class", classes=("healthy", "ill")),
        truth_target("age", "value", unit="a"),
    ),
    drawer=draw,
    options={"scanner": None, "nuisance": "learn", "region": "basal_ganglia", "disease": None, "raters": ()},
    disease=("disease", False, True),
    factors={"scanner": ("sharp", "old")},
)
