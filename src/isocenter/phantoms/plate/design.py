"""The design of a plate: which well has which dose, and which row of a table is which well at which time.

In:   parameters, a plate's number and seed, options.
Out:  PlateFacts (what all wells of a plate share), doses by well, and the place of the case with a given index.
Not:  no growth (colony.py), no picture (microscope.py).

Doses are dealt to the wells at random, equally often inside and at the edge: laid out in columns, dose and edge could not be told
apart.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.core.errors import PlanError
from isocenter.core.record import Record

WELL = re.compile(r"([A-P])(\d{1,2})")


class PlateFacts(Record):
    """What all wells of one plate share."""

    doubling_h: float
    """Of untreated cells away from the edge."""
    edge_loss: float
    """By which share growth is slower in a well at the edge, which dries out."""
    seeded: float
    capacity: float
    sensitive: bool
    half_um: float
    steep: float
    top_effect: float
    dose_um: Mapping[str, float]
    """By well."""
    replicate: Mapping[str, int]
    """By well: which of the wells of its dose it is, from 1."""

    def rate(self, dose_um: float) -> float:
        """Return the growth rate at a dose away from the edge, per hour, always above 0."""
        effect = 0.0
        if self.sensitive and dose_um > 0:
            effect = self.top_effect * dose_um**self.steep / (dose_um**self.steep + self.half_um**self.steep)
        return float(np.log(2) / self.doubling_h * (1 - effect))


def wells_of(p: Mapping[str, Any]) -> Sequence[str]:
    """Return the names of all wells, row by row: A01 … H12."""
    return tuple(f"{row}{column:02d}" for row in p["rows"] for column in range(1, p["columns"] + 1))


def at_edge(p: Mapping[str, Any], well: str) -> bool:
    """Tell whether a well lies in the first or last row or column."""
    return well[0] in (p["rows"][0], p["rows"][-1]) or int(well[1:]) in (1, p["columns"])


def plate_facts(p: Mapping[str, Any], plate: Sequence[int], options: Mapping[str, Any]) -> PlateFacts:
    """Draw what the wells of one plate share. plate : its seed; options may fix the doubling time and the answer to the drug."""
    rng = np.random.default_rng([0x96, *plate])
    drawn = {name: float(rng.uniform(*p[name])) for name in ("doubling_h", "edge_loss", "seeded", "capacity", "half_um", "steep")}
    top, coin = float(rng.uniform(*p["top_effect"])), float(rng.random())
    wells = wells_of(p)
    dealt: dict[str, float] = {}
    for edge in (False, True):
        part = [well for well in wells if at_edge(p, well) == edge]
        doses = np.resize(np.asarray(p["doses_um"], float), len(part))
        dealt |= dict(zip(rng.permutation(np.asarray(part, object)).tolist(), doses.tolist(), strict=True))
    seen: dict[float, int] = {}
    replicate = {}
    for well in wells:
        seen[dealt[well]] = seen.get(dealt[well], 0) + 1
        replicate[well] = seen[dealt[well]]
    if options["doubling_h"] is not None:
        drawn["doubling_h"] = float(options["doubling_h"])
        if drawn["doubling_h"] <= 0:
            raise PlanError(f"expected doubling_h above 0, got {options['doubling_h']!r}.")
    sensitive = coin < p["share_disease"] if options["disease"] is None else bool(options["disease"])
    return PlateFacts(**drawn, top_effect=top, sensitive=sensitive, dose_um=dealt, replicate=replicate)


def place_of(p: Mapping[str, Any], seed: int, index: int, visits: int, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return plate, well, time and microscope of the case with an index: well after well, each at `visits` times.

    With one visit a well its time is left to be drawn, and so is the microscope; a time-lapse is taken with one.
    """
    wells = wells_of(p)
    well, plate = (index // visits) % len(wells), index // (visits * len(wells))
    out: dict[str, Any] = {"plate": [seed, plate], "well": wells[well]}
    if visits > 1:
        out["hour"] = round(duration(p, options) * (index % visits) / (visits - 1), 2)
        if options["nuisance"] == "learn":
            names = [name for name in p["scanners"] if name != p["held_scanner"]]
            out["scanner"] = str(np.random.default_rng([0x5C, seed, plate]).choice(names))
    return out


def duration(p: Mapping[str, Any], options: Mapping[str, Any]) -> float:
    """Return how long a plate is watched, hours. PlanError for a growth there is not."""
    growth = options["growth"] or p["growth"]
    if growth not in p["hours"]:
        raise PlanError(f"expected growth to be exponential or logistic, got {growth!r}.")
    return float(p["hours"][growth] if options["hours"] is None else options["hours"])


def named_well(p: Mapping[str, Any], name: str) -> str:
    """Return a well's name as A01. PlanError for one that the plate does not have."""
    found = WELL.fullmatch(str(name).strip().upper())
    well = f"{found.group(1)}{int(found.group(2)):02d}" if found else ""
    if well not in wells_of(p):
        raise PlanError(f"expected a well from A01 to {wells_of(p)[-1]}, got {name!r}.")
    return well
