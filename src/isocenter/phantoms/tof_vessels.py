"""Time-of-flight MR angiography: trees by Murray's law, inflow signal, partial volume, coil, Rician noise.

In:   seeds, a grade, options (scanner, disease, aneurysm, stenosis, raters …).
Out:  PhantomCase: the angiogram; masks of vessels and center lines, the tree as a graph with radii, aneurysm as a box, disease.
Not:  no veins, no skull, no motion; no claim of realism beyond its row in docs/explanation/phantom_validity.md.

The grid is set by pose and grade alone; a scanner's slice thickness acts as blur along z, so that the same patient on another
scanner keeps the same masks.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import PlanError
from isocenter.core.graph import Graph
from isocenter.core.grid import Grid, as_affine
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.raters import read_by
from isocenter.phantoms.vessels.angiogram import add_rician, clean_signal, coil, echo
from isocenter.phantoms.vessels.raster import Cube, draw_ball, draw_tubes
from isocenter.phantoms.vessels.settings import TOF
from isocenter.phantoms.vessels.tissue import average_cube, blur, draw_tissue, smooth_field
from isocenter.phantoms.vessels.tree import POINTS, Tree, arrival_s, grow_tree, inside, narrow

Array = NDArray[np.float32]


class Aneurysm(Record):
    """A ball on a branching."""

    center: NDArray[np.float64]
    radius_mm: float


class Anatomy(Record):
    """One patient's vessels, with what is wrong with them."""

    tree: Tree
    aneurysm: Aneurysm | None
    narrowed: int
    """Index of the branch with a stenosis; -1 for none."""
    left: float
    """Share of its radius that is left."""


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one angiogram; see PHANTOM.options."""
    p = parameters
    size, finer = int(options["size"] or p["size"][grade]), int(p["finer"][grade])
    if size < 16:
        raise PlanError(f"expected a size of at least 16, got {size}.")
    people = seeds.rng("demographics")
    age, sex = float(people.uniform(*p["age_years"])), ("F", "M")[int(people.integers(2))]
    field_mm = float(seeds.rng("pose").uniform(*p["field_mm"][grade]))
    anatomy = _anatomy(p, seeds, grade, field_mm, options)
    fine, cube = Cube(size=size * finer, voxel_mm=field_mm / size / finer), Cube(size=size, voxel_mm=field_mm / size)
    vessel, age_s = _vessels(p, anatomy, fine, seeds)
    name, scanner, rng = _scanner(p, seeds, options)
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence([seeds.anatomy, 0x70F]).spawn(2)]
    tissue = draw_tissue(p, fine, streams[0])
    grain = np.float32(p["grain"]) * smooth_field(fine, streams[1], 2.0)
    signal = clean_signal(p, tissue, vessel, age_s, scanner, grain)
    spread = (scanner["psf"] / fine.voxel_mm, scanner["psf"] / fine.voxel_mm, scanner["slice"] / fine.voxel_mm / np.sqrt(12))
    clean = average_cube(blur(signal, spread), finer) * coil(p, cube, scanner, rng)
    snr = float(scanner["snr"] * np.exp(p["snr_spread"] * rng.normal()))
    still = float(echo(p["tissues"]["white"], scanner, np.inf))
    noisy = add_rician(clean, scanner, rng, reference=still, snr=snr)
    grid = _grid(cube)
    scale = np.float32(600.0 / max(float(np.quantile(clean, 0.999)), 1e-9))
    truths, contrasts, lesions = _truths(anatomy, average_cube(vessel, finer), cube, grid)
    return PhantomCase(
        patient=seeds.patient,
        inputs={"tof": held_image(_stored(noisy, scale)[None], grid, channels=("tof",))},
        truths=truths,
        covariates={"age": round(age, 1), "sex": sex, "scanner": name, "ill": float(_ill(anatomy))},
        clean={"tof": held_image(_stored(clean, scale)[None], grid, channels=("tof",))},
        acquisition={"scanner": name, "snr": snr, **{key: float(value) for key, value in scanner.items()}},
        lesions=lesions,
        raters=_read(p, seeds, truths, contrasts, options["raters"]),
    )


def _anatomy(p: Mapping[str, Any], seeds: Seeds, grade: Grade, field_mm: float, options: Mapping[str, Any]) -> Anatomy:
    """Grow the tree in a body of the grade's usual size, then let disease change it."""
    tree = grow_tree(p, seeds.rng("anatomy"), field_mm=float(np.mean(p["field_mm"][grade])), smallest_mm=p["smallest_mm"][grade])
    rng = seeds.rng("disease")
    ill, kind, pick, factor, left = rng.random(5)
    wanted = ill < p["share_disease"] if options["disease"] is None else bool(options["disease"])
    aneurysm = wanted and kind < 0.6 if options["aneurysm"] is None else bool(options["aneurysm"])
    stenosis = wanted and kind >= 0.6 if options["stenosis"] is None else bool(options["stenosis"])
    stout = list(inside(tree, field_mm, thinnest_mm=0.7)) or [0]
    ball, narrowed, share = None, -1, 1.0
    if aneurysm:
        index = stout[int(pick * len(stout))]
        low, high = p["aneurysm_factor"]
        radius = float(tree.branches[index].healthy * (low + factor * (high - low)))
        line = tree.branches[index].line
        aside = np.cross(line[-1] - line[-2], [0.3, 0.2, 0.9])
        aside /= max(float(np.linalg.norm(aside)), 1e-9)
        ball = Aneurysm(center=line[-1] + 0.7 * radius * aside, radius_mm=radius)
    if stenosis:
        narrowed = stout[int((1 - pick) * len(stout)) % len(stout)]
        low, high = p["stenosis_left"]
        share = float(low + left * (high - low))
        tree = narrow(tree, narrowed, share)
    return Anatomy(tree=tree, aneurysm=ball, narrowed=narrowed, left=share)


def _vessels(p: Mapping[str, Any], anatomy: Anatomy, cube: Cube, seeds: Seeds) -> tuple[Array, Array]:
    """Return occupancy and the age of blood (seconds since it entered) on the fine cube."""
    speed = float(seeds.rng("demographics").uniform(*p["speed_mm_per_s"]))
    tree = anatomy.tree
    times = arrival_s(tree, speed)
    lines, radii = [b.line for b in tree.branches], [b.radius for b in tree.branches]
    values = [np.linspace(start, end, POINTS) for start, end in times]
    occupancy, age_s = draw_tubes(cube, lines, radii, values)
    if anatomy.aneurysm is not None:
        ball = anatomy.aneurysm
        own = draw_ball(cube, occupancy, ball.center, ball.radius_mm)
        slow = float(age_s[own > 0.5].max(initial=0.05)) + 0.12  # blood lingers in the sac
        age_s = np.where(own > 0.5, np.float32(slow), age_s).astype(np.float32)
    return occupancy, age_s


def _scanner(p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any]) -> tuple[str, dict[str, float], np.random.Generator]:
    """Draw the scanner; the one kept for test is drawn only when the nuisance is "test"."""
    rng = seeds.rng("acquisition")
    drawn = str(rng.choice([name for name in p["scanners"] if name != p["held_scanner"]]))
    name = options["scanner"] or (drawn if options["nuisance"] == "learn" else p["held_scanner"])
    return str(name), dict(p["scanners"][name]), rng


def _truths(
    anatomy: Anatomy, share: Array, cube: Cube, grid: Grid
) -> tuple[dict[str, Value], dict[str, Any], tuple[Mapping[str, float | str], ...]]:
    """Return every truth, how visible each lesion is, and the lesion table."""
    mask = (share >= 0.5).astype(np.uint8)
    nodes, edges, weight = _as_graph(anatomy.tree)
    center_line = _center_line(anatomy.tree, cube)
    ball = anatomy.aneurysm
    count = int(ball is not None)
    points = Points(
        world=np.zeros((0, 3)) if ball is None else ball.center[None],
        kind=np.zeros(count, np.intp),
        score=np.full(count, np.nan),
        names=("aneurysm",),
        extent=np.zeros((0, 3)) if ball is None else np.full((1, 3), 2 * ball.radius_mm),
    )
    lesions: list[dict[str, float | str]] = []
    seen: dict[str, float] = {}
    if ball is not None:
        seen["aneurysm"] = float(np.clip(ball.radius_mm / 6.0, 0, 1))
        lesions.append(
            {"kind": "aneurysm", "diameter_mm": 2 * ball.radius_mm, **dict(zip("xyz", map(float, ball.center), strict=True))}
        )
    if anatomy.narrowed >= 0:
        seen["stenosis"] = 1 - anatomy.left
        middle = anatomy.tree.branches[anatomy.narrowed].line[POINTS // 2]
        lesions.append({"kind": "stenosis", "left": anatomy.left, **dict(zip("xyz", map(float, middle), strict=True))})
    truths: dict[str, Value] = {
        "vessels": held_mask(mask, grid, ("background", "vessel")),
        "centerline": held_mask(center_line, grid, ("background", "centerline")),
        "tree": Graph(nodes=nodes, edges=edges, weight=weight, world=nodes[:, :3]),
        "aneurysms": points,
        "disease": Scores(p=np.array([float(not seen), float(bool(seen))]), names=("healthy", "ill")),
        "findings": Scores(p=np.array([float(n in seen) for n in ("aneurysm", "stenosis")]), names=("aneurysm", "stenosis")),
    }
    return truths, {"aneurysms": [seen.get("aneurysm", 0.0)] * count, "findings": seen}, tuple(lesions)


def _as_graph(tree: Tree) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    """Return nodes (N, 4: x, y, z, radius in mm) along all center lines, edges (E, 2), and the radius of each edge (E,)."""
    nodes = np.concatenate([np.column_stack([b.line, b.radius]) for b in tree.branches])
    edges = []
    for index, branch in enumerate(tree.branches):
        first = index * POINTS
        if branch.parent >= 0:
            edges.append((branch.parent * POINTS + POINTS - 1, first))
        edges += [(first + m, first + m + 1) for m in range(POINTS - 1)]
    pairs = np.array(edges, np.intp).reshape(-1, 2)
    return nodes, pairs, nodes[pairs[:, 1], 3]


def _center_line(tree: Tree, cube: Cube) -> NDArray[np.uint8]:
    """Return the voxels (N, N, N) the center lines pass."""
    out = np.zeros((cube.size,) * 3, np.uint8)
    for branch in tree.branches:
        t = np.linspace(0, POINTS - 1, 1 + int(np.ceil(2 * branch.length / cube.voxel_mm)))
        line = np.stack([np.interp(t, np.arange(POINTS), branch.line[:, k]) for k in range(3)], 1)
        index = np.floor(line / cube.voxel_mm + cube.size / 2).astype(int)
        index = index[((index >= 0) & (index < cube.size)).all(1)]
        out[tuple(index.T)] = 1
    return out


def _grid(cube: Cube) -> Grid:
    """Return the patient grid of a cube: RAS, centered on the origin."""
    matrix = np.diag([cube.voxel_mm] * 3 + [1.0])
    matrix[:3, 3] = cube.centers[0]
    return Grid(shape=(cube.size,) * 3, affine=as_affine(matrix), world="ras_mm")


def _stored(signal: Array, scale: np.float32) -> NDArray[np.int16]:
    """Return the signal as a scanner stores it: whole numbers, 12 bit."""
    return np.asarray(np.clip(np.rint(signal * scale), 0, 4095), np.int16)


def _ill(anatomy: Anatomy) -> bool:
    """Tell whether anything is wrong."""
    return anatomy.aneurysm is not None or anatomy.narrowed >= 0


def _read(
    p: Mapping[str, Any], seeds: Seeds, truths: Mapping[str, Value], contrasts: Mapping[str, Any], names: tuple[str, ...]
) -> dict[str, dict[str, Value]]:
    """Let the raters named read the case."""
    return read_by(p, seeds, {key: value for key, value in truths.items() if key != "centerline"}, names, contrasts)


PHANTOM = Phantom(
    name="tof_vessels",
    shows="Time-of-flight angiograms of branching brain arteries, with vessel mask, center lines, radii, aneurysm and stenosis.",
    cite="Murray 1926 (tree); Haacke 1999 (inflow signal); Gudbjartsson & Patz 1995 (noise)",
    version="1",
    parameters=TOF,
    inputs=("tof",),
    targets=(
        truth_target("vessels", "mask", classes=("background", "vessel")),
        truth_target("centerline", "mask", classes=("background", "centerline")),
        truth_target("tree", "graph"),
        truth_target("aneurysms", "boxes", classes=("aneurysm",)),
        truth_target("disease", "class", classes=("healthy", "ill")),
        truth_target("findings", "multilabel", classes=("aneurysm", "stenosis")),
    ),
    drawer=draw,
    options={
        "scanner": None,
        "nuisance": "learn",
        "size": None,
        "disease": None,
        "aneurysm": None,
        "stenosis": None,
        "raters": (),
    },
    disease=("disease", False, True),
    factors={"scanner": ("sharp", "old")},
)
