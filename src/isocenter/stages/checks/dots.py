"""Dots drawn into a picture: on a light ground, too faint, of another size than the image, in several colors, blended."""

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from isocenter.core.finding import Finding
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.io.dots_file import FaintDots, LightGround, half_range
from isocenter.io.images import open_image
from isocenter.stages.check_sentence import finding_of, sentence_of
from isocenter.stages.checks._place_files import PlaceColumn, file_of, grid_of, is_list, place_columns
from isocenter.stages.examination import Check, Examination

SHARE = 0.05
"""Share of the spots' samples, of another color or neither full nor empty, from which on they are told."""
ALIKE = 0.3
"""Colors whose red, green and blue, as shares of the largest, differ by less are one."""
COVERED = 0.2
"""Share of a picture from which on spots are areas rather than dots; those of annotated cell counts cover up to 0.013."""
REFUSED = {"dots_on_light_ground": LightGround, "dots_too_faint": FaintDots}
"""What reading refuses rather than misread."""


class DotPicture(Record):
    """One picture of dots, looked at."""

    shape: tuple[int, ...]
    colors: tuple[str, ...]
    """Of the spots, the most frequent first, as red, green, blue in percent."""
    blended: float
    """Share of the spots' samples that are neither full nor empty."""
    covered: float
    """Share of the picture that is bright."""


def find(seen: Examination) -> Iterator[Finding]:
    """Yield failures for dots that would be misread, a warning for those that may be."""
    yield from _refused(seen)
    for column in place_columns(seen.study, ("points", "count")):
        looked = {key: picture for key in seen.opened if (picture := _picture(seen, key, column)) is not None}
        yield from _of_pictures(seen, column.target, looked)


def _refused(seen: Examination) -> Iterator[Finding]:
    """Tell once of all pictures that reading refused, in the words of the first."""
    for code, kind in REFUSED.items():
        troubles = {k: trouble for k, case in seen.opened.items() for trouble in case.troubles if isinstance(trouble.error, kind)}
        if troubles:
            first = finding_of(sentence_of(next(iter(troubles.values())), seen.cases), code=code, cases=tuple(troubles))
            yield dataclasses.replace(first, got=f"{len(troubles)} otherwise; {first.got}")


def _of_pictures(seen: Examination, target: Target, looked: dict[str, DotPicture]) -> Iterator[Finding]:
    sizes = {key: shape for key in looked if (shape := _shape(seen, key)) is not None and shape != looked[key].shape}
    if sizes:
        key, shape = next(iter(sizes.items()))
        yield Finding(
            code="dots_of_another_size",
            severity="failure",
            expected="dots drawn on a picture of their image's size",
            got=f"{len(sizes)} of another; case {key}: {_by(looked[key].shape)} for an image of {_by(shape)}",
            do="They were drawn at another magnification, or on a crop. Multiply their coordinates by the ratio and write them as "
            "CSV (i,j), or draw them on the image itself; enlarging the picture would also enlarge and blend the dots.",
            cases=tuple(sizes),
        )
    colored = {key: p for key, p in looked.items() if len(p.colors) > 1}
    if colored:
        key, picture = next(iter(colored.items()))
        yield Finding(
            code="dots_of_several_colors",
            severity="failure" if len(target.classes) > 1 else "warning",
            expected="dots of one color",
            got=f"{len(picture.colors)} in case {key}: red, green, blue of {' % and '.join(picture.colors)} %",
            do=f"All would count as {target.classes[0] if target.type == 'points' and target.classes else 'one kind'}. If colors "
            "are kinds, write CSV with "
            "i,j,kind, or a picture of numbered objects and one of kinds (`instances: true`); if not, export them in one color.",
            cases=tuple(colored),
        )
    elif target.type == "points" and len(target.classes) > 1 and looked:
        yield Finding(
            code="dots_without_kinds",
            severity="failure",
            expected=f"the kind of each dot: {', '.join(target.classes)}",
            got=f"dots of one color in {len(looked)} pictures: all would count as {target.classes[0]}",
            do="Write CSV with i,j,kind, or a picture of numbered objects and one of kinds (`instances: true`).",
            cases=tuple(looked),
        )
    covered = {key: p.covered for key, p in looked.items() if p.covered > COVERED}
    if covered:
        key, share = next(iter(covered.items()))
        yield Finding(
            code="dots_cover_much",
            severity="warning",
            expected="small spots, a dot each",
            got=f"spots over more than {100 * COVERED:.0f} % of the picture in {len(covered)}; in case {key}, {100 * share:.0f} %",
            do="Objects that touch count as one: number them and say `instances: true`. If it is the image itself, or a light "
            "ground in pieces, draw the dots on black, or write the places as CSV (i,j).",
            cases=tuple(covered),
        )
    blended = {key: p.blended for key, p in looked.items() if p.blended > SHARE}
    if blended:
        key, share = next(iter(blended.items()))
        yield Finding(
            code="dots_blended",
            severity="warning",
            expected="dots without gray edges",
            got=f"blended edges in {len(blended)}; in case {key}, {100 * share:.0f} % of the spots' samples",
            do="What is brighter than half is a dot, so that faint dots are lost and near ones grow together. Export without "
            "anti-aliasing, as PNG and not JPEG, or as CSV (i,j).",
            cases=tuple(blended),
        )


def _picture(seen: Examination, key: str, column: PlaceColumn) -> DotPicture | None:
    """Return what a case's picture of dots is like; None without one, or one that does not open (another check tells)."""
    path = file_of(seen, key, column)
    return None if path is None or is_list(path) else _look(np.asarray(open_image(path).array()))


def _look(samples: NDArray[np.generic]) -> DotPicture:
    """Look at (C, *S)."""
    numbers = np.asarray(samples, float)[:3]
    bright = numbers.max(axis=0)
    peak = float(bright.max()) if bright.size else 0.0
    shape = tuple(int(n) for n in samples.shape[1:])
    if peak <= 0:
        return DotPicture(shape=shape, colors=(), blended=0.0, covered=0.0)
    spots = bright > 0.05 * peak
    blended = float((bright[spots] < 0.95 * peak).mean())
    covered = float((bright > half_range(bright)).mean())
    return DotPicture(shape=shape, colors=_colors(numbers[:, bright > peak / 2]), blended=blended, covered=covered)


def _colors(spots: NDArray[np.float64]) -> tuple[str, ...]:
    """Return the colors of the bright samples (C, N) that are frequent enough, the most frequent first."""
    hue = spots / spots.max(axis=0)
    left, found = np.ones(hue.shape[1], bool), []
    while left.any():
        usual, many = np.unique(np.round(hue[:, left], 1), axis=1, return_counts=True)
        color = usual[:, many.argmax()]
        near = left & (np.abs(hue - color[:, None]).max(axis=0) < ALIKE)
        if near.sum() <= SHARE * hue.shape[1]:
            break  # what is left is noise
        found.append("/".join(f"{100 * c:.0f}" for c in color))
        left &= ~near
    return tuple(found)


def _shape(seen: Examination, key: str) -> tuple[int, ...] | None:
    """Return the size of a case's first picture; None of one that lies in a patient, where dots may have a place of their own."""
    grid = grid_of(seen.opened[key])
    return None if grid is None or grid.world != "px" or seen.opened[key].slides else tuple(grid.shape)


def _by(shape: tuple[int, ...]) -> str:
    return " × ".join(str(n) for n in shape)


CHECK = Check(
    name="dots",
    looks_for="pictures of dots on a light ground or too faint, of another size than their image, in several colors, with blended "
    "edges, or grown into areas",
    find=find,
)
