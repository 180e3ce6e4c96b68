"""Cells in a plate of 96 wells over time: pictures, dots and counts, with the doubling time that they were grown with.

In:   seeds, a grade, options (well, hour, growth, doubling_h, disease, scanner, raters …); times in hours, doses in micromolar.
Out:  PhantomCase: one well at one time; dots, count, numbered cells, doubling time; simulated counters who miss and invent.
Not:  no motion but that of cells which push one another, no change of shape; no claim of realism beyond its row in
      docs/explanation/phantom_validity.md.

A table of n cases with v visits is n / v wells, each at v times, plate after plate (plate/design.py); a well is a "patient". What
the wells of a plate share, its doubling time and its answer to the drug, is drawn once a plate: `disease` is a line that the drug
slows. Cells divide and die one by one (plate/colony.py), so that the counts of a well wander about their curve as real ones do.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import OBJECTS, Mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.value import Value
from isocenter.phantoms.brain.scan import choose_scanner
from isocenter.phantoms.cohort import seeds_of
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds, truth_target
from isocenter.phantoms.plate.colony import Colony, grow, spread_out
from isocenter.phantoms.plate.design import PlateFacts, at_edge, duration, named_well, place_of, plate_facts, wells_of
from isocenter.phantoms.plate.microscope import contrasts, draw_looks, paint, take_picture
from isocenter.phantoms.plate.settings import PLATE
from isocenter.phantoms.raters import rater_of, read_mask, read_points
from isocenter.phantoms.retina.paint import Canvas

CELLS = ("background", "cell")
LINES = ("resistant", "sensitive")


def draw(parameters: Mapping[str, Any], seeds: Seeds, grade: Grade, options: Mapping[str, Any]) -> PhantomCase:
    """Draw one well at one time; see PHANTOM.options."""
    p = parameters
    size, finer = int(options["size_px"] or p["size_px"][grade]), int(p["finer"][grade])
    if size < 32:
        raise PlanError(f"expected size_px of at least 32, got {size}.")
    name, scanner, rng = choose_scanner(p, seeds, options)
    plate = options["plate"] if options["plate"] is not None else [seeds.disease, 0]
    facts = plate_facts(p, plate, options)
    well = named_well(p, options["well"]) if options["well"] else str(seeds.rng("pose").choice(wells_of(p)))
    watched = duration(p, options)
    hour = float(seeds.rng("demographics").uniform(0, watched)) if options["hour"] is None else float(options["hour"])
    if not 0 <= hour <= watched:
        raise PlanError(f"expected an hour from 0 to {watched:g}, got {options['hour']!r}. Watch longer with the option hours.")
    colony = colony_of(p, seeds, facts, well, options)
    looks = draw_looks(p, len(colony.born_h), np.random.default_rng([seeds.anatomy, 0xCE]))
    alive = np.flatnonzero(colony.alive(hour))
    canvas = Canvas(size=size * finer, sample_mm=1.0 / (size * finer))
    places = spread_out(colony.xy[alive], p["elbow"] * float(looks.radius.mean()))
    light, numbers = paint(places, looks.of(alive), canvas, finer)
    texture = np.random.default_rng([seeds.anatomy, 0x7E])
    picture, clean, made = take_picture(p, light, canvas, finer, scanner, texture=texture, rng=rng)
    grid = plain_grid((size, size))
    truths = _truths(places * size - 0.5, numbers, facts, facts.dose_um[well], size)
    return PhantomCase(
        patient=seeds.patient,
        inputs={"picture": held_image(picture[None], grid, channels=("picture",))},
        truths=truths,
        covariates={
            "plate": float(plate[-1]), "well": well, "hours": round(hour, 2), "dose_um": facts.dose_um[well],
            "replicate": float(facts.replicate[well]), "edge": float(at_edge(p, well)), "scanner": name,
            "ill": float(facts.sensitive),
        },
        clean={"picture": held_image(clean[None], grid, channels=("picture",))},
        acquisition={"scanner": name, **{key: float(value) for key, value in scanner.items()}, **made},
        raters=_read(p, seeds, truths, contrasts(clean, numbers, len(alive)), hour, options["raters"]),
    )  # fmt: skip


def colony_of(p: Mapping[str, Any], seeds: Seeds, facts: PlateFacts, well: str, options: Mapping[str, Any]) -> Colony:
    """Grow the colony of one well over the whole time that the plate is watched."""
    rng = np.random.default_rng([seeds.anatomy, 0xC0])
    spread, seeding, room = rng.standard_normal(3).tolist()
    rate = facts.rate(facts.dose_um[well]) * np.exp(p["rate_sd"] * spread - p["rate_sd"] ** 2 / 2)
    rate *= 1 - facts.edge_loss * at_edge(p, well)
    logistic = (options["growth"] or p["growth"]) == "logistic"
    radius = float(np.mean(p["radius"]))
    return grow(
        seeded=max(int(rng.poisson(facts.seeded * np.exp(p["seeded_sd"] * seeding))), 1),
        rate=float(rate),
        death=p["death_share"] * float(rate),
        capacity=facts.capacity * float(np.exp(p["capacity_sd"] * room)) if logistic else np.inf,
        hours=duration(p, options),
        apart=(p["apart"][0] * radius, p["apart"][1] * radius),
        rng=rng,
        most=int(p["most_cells"]),
    )


def count_table(
    phantom: Phantom, *, plates: int = 1, times: int = 10, seed: int = 0, **options: Any
) -> Iterator[dict[str, float | str]]:
    """Yield the rows of whole plates with true counts and no pictures: those of `cohort.cases` with `times` visits a well.

    Columns plate, well, hours, dose_um, replicate, edge, count, doubling_h (of that dose away from the edge).
    """
    p, chosen = phantom.parameters, {**phantom.options, **options}
    if times < 2:
        raise PlanError(f"expected at least 2 times a well, got {times}.")
    for index in range(0, plates * len(wells_of(p)) * times, times):
        place = place_of(p, seed, index, times, chosen)
        facts, well = plate_facts(p, place["plate"], chosen), place["well"]
        colony = colony_of(p, seeds_of(seed, index, visits=times), facts, well, chosen)
        dose = facts.dose_um[well]
        for visit in range(times):
            hour = place_of(p, seed, index + visit, times, chosen)["hour"]
            yield {
                "plate": float(place["plate"][-1]), "well": well, "hours": hour, "dose_um": dose,
                "replicate": float(facts.replicate[well]), "edge": float(at_edge(p, well)), "count": float(colony.count(hour)),
                "doubling_h": float(np.log(2) / facts.rate(dose)),
            }  # fmt: skip


def _truths(
    places: NDArray[np.float64], numbers: NDArray[np.uint16], facts: PlateFacts, dose: float, size: int
) -> dict[str, Value]:
    """Return every truth. places : (N, 2) px."""
    grid = plain_grid((size, size))
    cells = Mask(
        labels=held_image((numbers > 0).astype(np.uint8)[None], grid, channels=("label",)),
        names=CELLS,
        objects=held_image(numbers[None], grid, channels=OBJECTS),
    )
    dots = Points(
        world=np.clip(places, 0, size - 1),
        kind=np.zeros(len(places), np.intp),
        score=np.full(len(places), np.nan),
        names=("cell",),
    )
    return {
        "dots": dots,
        "count": Amount(value=float(len(places)), unit="1"),
        "cells": cells,
        "doubling_time": Amount(value=float(np.log(2) / facts.rate(dose)), unit="h"),
        "disease": Scores(p=np.array([float(not facts.sensitive), float(facts.sensitive)]), names=LINES),
    }


def _read(
    p: Mapping[str, Any],
    seeds: Seeds,
    truths: Mapping[str, Value],
    seen: NDArray[np.float64],
    hour: float,
    names: tuple[str, ...],
) -> dict[str, dict[str, Value]]:
    """Let the counters named look at the picture: each cell is seen by its contrast, and some marks are on nothing."""
    out: dict[str, dict[str, Value]] = {}
    dots, cells = truths["dots"], truths["cells"]
    for index, name in enumerate(names):
        reader = rater_of(name, p["raters"][name])
        rng = np.random.default_rng([seeds.anatomy, seeds.acquisition, int(100 * hour), index])
        if isinstance(dots, Points) and isinstance(cells, Mask):
            marked = read_points(dots, seen.tolist(), reader, rng)
            stray = int(rng.poisson(reader.false_rate * max(len(dots), 1)))
            world = np.concatenate([marked.world, rng.uniform(0, cells.grid.shape[0] - 1, (stray, 2))])
            marks = Points(
                world=np.clip(world, 0, cells.grid.shape[0] - 1),
                kind=np.zeros(len(world), np.intp),
                score=np.full(len(world), np.nan),
                names=dots.names,
            )
            plain = Mask(labels=cells.labels, names=cells.names)
            out[name] = {
                "dots": marks,
                "count": Amount(value=float(len(marks)), unit="1"),
                "cells": read_mask(plain, reader, rng),
            }
    return out


PHANTOM = Phantom(
    name="plates",
    shows="Wells of 96-well plates over time, with dots, counts and the doubling time that each dose was grown with.",
    cite="Gillespie 1977 (births and deaths); Verhulst 1838 (logistic growth); photon noise",
    version="1",
    parameters=PLATE,
    inputs=("picture",),
    targets=(
        truth_target("dots", "points", classes=("cell",)),
        truth_target("count", "count"),
        truth_target("cells", "mask", classes=CELLS, instances=True),
        truth_target("doubling_time", "value", unit="h"),
        truth_target("disease", "class", classes=LINES),
    ),
    drawer=draw,
    options={
        "plate": None,
        "well": None,
        "hour": None,
        "hours": None,
        "growth": None,
        "doubling_h": None,
        "disease": None,
        "scanner": None,
        "nuisance": "learn",
        "size_px": None,
        "raters": (),
    },
    place=place_of,
)
