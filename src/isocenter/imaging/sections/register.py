"""From two coarse pictures to a map: start, align, judge.

In:   pictures of both sections at one resolution, their stains, settings.
Out:  Registered: maps of every step with their likeness, and the one to use.
Not:  no files, no landmarks (metrics/target_registration_error.py).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError
from isocenter.core.record import Record
from isocenter.imaging.sections.align import Bend, Linear, NoOverlap, align, bend
from isocenter.imaging.sections.density import Channel, dye_densities, piece_mask, registered_channel
from isocenter.imaging.sections.likeness import Likeness, likeness
from isocenter.imaging.sections.plane_map import PlaneMap, look_up, mirrored, no_map
from isocenter.imaging.sections.start import Section, Start, moments_start, starts

TRIED = 3
"""Starts that are followed to the end before a pair is given up."""
_APART_DEG = 25.0
"""Starts closer than this are one."""


class Registered(Record):
    """One pair, registered."""

    maps: dict[str, PlaneMap]
    """By step: identity, moments (both baselines), rigid, affine, bent; fixed -> moving, um."""
    used: str
    """The step to use: bent, or affine where the bend was left out."""
    likeness: Likeness
    """Of that step."""
    turn_deg: float
    turned_over: bool
    """The moving section lies upside down."""
    mesh: int
    jacobian: tuple[float, float]
    refused: tuple[str, ...]

    @property
    def map(self) -> PlaneMap:
        """Return the map to use."""
        return self.maps[self.used]


class _Candidate(Record):
    """A start, refined."""

    linear: Linear
    start: Start
    over: bool
    found: Likeness


def register(
    fixed: NDArray[np.uint8],
    moving: NDArray[np.uint8],
    *,
    um: float,
    stains: tuple[str, str],
    channel: Channel = "hematoxylin",
    turns: int = 24,
    turn_over: bool = False,
    mesh: int = 6,
    bound: float = 2.0,
) -> Registered:
    """Register two sections.

    Parameters
    ----------
    fixed, moving : (3, X, Y), 8 bit
        Whole sections with some glass, the first sample's corner at 0.
    um : float
        Size of the samples of both.
    stains : two of STAINS
        Of each.
    channel : hematoxylin or density
        What is matched.
    turns : int
        Of a full circle, tried at the start.
    turn_over : bool
        Whether the moving section may lie upside down.
    mesh : int
        Cells of the bend along the longer side; 0 = none.
    bound : float above 1
        How much the bend may change an area, either way.

    Returns
    -------
    Registered. GeometryError where a picture shows no tissue.
    """
    pictures = {False: moving, **({True: np.ascontiguousarray(moving[:, ::-1])} if turn_over else {})}
    here = _section(fixed, stains[0], channel, um, "fixed")
    there = {over: _section(picture, stains[1], channel, um, "moving") for over, picture in pictures.items()}
    dyes = dye_densities(fixed, stains[0])
    others = {over: dye_densities(picture, stains[1]) for over, picture in pictures.items()}
    begun = [(over, start) for over, section in there.items() for start in starts(here, section, turns=turns)]

    def judge(made: PlaneMap, over: bool) -> Likeness:
        moved = look_up(made, np.concatenate([others[over], there[over].mask[None]]), um, here.mask.shape)
        return likeness(dyes, here.mask, moved[:2], moved[2] > 0.5, um=um)

    candidates = []
    for over, start in _unlike(begun):
        try:
            linear = align(here, there[over], start)
        except NoOverlap:
            continue
        candidates.append(_Candidate(linear=linear, start=start, over=over, found=judge(linear.affine, over)))
        if candidates[-1].found.aligned:
            break
    if not candidates:
        raise GeometryError(
            "expected sections whose pieces overlap once turned and shifted, got none that stay so. Look at the pair: one of the "
            "slides shows other tissue, or almost none."
        )
    tried: list[Registered] = []
    for candidate in sorted(candidates, key=lambda each: _rank(each.found), reverse=True):
        bent = bend(here, there[candidate.over], candidate.linear.affine, mesh=mesh, bound=bound)
        tried.append(_joined(candidate, bent, judge, moving.shape[1] * um))
        if tried[-1].likeness.aligned:
            break
    best = max(tried, key=lambda each: _rank(each.likeness))
    baselines = {"identity": no_map(), "moments": moments_start(here, there[False]).map}
    return replace(best, maps={**baselines, **best.maps})


def _section(picture: NDArray[np.uint8], stain: str, channel: Channel, um: float, which: str) -> Section:
    mask = piece_mask(picture)
    if mask.sum() < 50:
        raise GeometryError(
            f"expected tissue on the {which} slide, got none. Look at it: the glass is empty, or so pale that the overview "
            "shows nothing; give the right slide, or leave the pair out."
        )
    return Section(channel=registered_channel(picture, stain, channel, um=um), mask=mask, um=um)


def _unlike(begun: list[tuple[bool, Start]]) -> list[tuple[bool, Start]]:
    """Return the best starts that are not nearly the same."""
    kept: list[tuple[bool, Start]] = []
    for over, start in sorted(begun, key=lambda each: -each[1].score):
        near = [abs((start.turn_deg - s.turn_deg + 180) % 360 - 180) < _APART_DEG for o, s in kept if o == over]
        if not any(near):
            kept.append((over, start))
        if len(kept) == TRIED:
            break
    return kept


def _joined(candidate: _Candidate, bent: Bend, judge: Callable[[PlaneMap, bool], Likeness], width_um: float) -> Registered:
    """Return a candidate with its bend; of affine and bend, what agrees better is used."""
    linear, over = candidate.linear, candidate.over
    used, found, refused = "affine", candidate.found, [*linear.refused, *bent.refused]
    maps = {"rigid": linear.rigid, "affine": linear.affine, "bent": linear.affine}
    if bent.map is not None:
        better = judge(bent.map, over)
        if _rank(better) >= _rank(found):
            used, found, maps["bent"] = "bent", better, bent.map
        else:
            refused.append("the bend agrees no better than the affine")
    return Registered(
        maps={name: mirrored(made, width_um) for name, made in maps.items()} if over else maps,
        used=used,
        likeness=found,
        turn_deg=candidate.start.turn_deg,
        turned_over=over,
        mesh=bent.mesh if used == "bent" else 0,
        jacobian=bent.jacobian,
        refused=tuple(refused),
    )


def _rank(found: Likeness) -> tuple[bool, float]:
    return found.aligned, float(np.nan_to_num(found.correlation, nan=-1.0))
