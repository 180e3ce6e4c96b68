"""Dots drawn into a picture: of another size than the image, in several colors, with blended edges; places in one corner."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from isocenter.core.finding import Finding
from isocenter.core.image import Image
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.io.file_kind import split_fragment
from isocenter.io.images import open_image
from isocenter.stages.examination import Check, Examination

LISTED = (".csv", ".tsv", ".txt", ".xml", ".json", ".geojson")
"""Files that list places; all others are pictures of dots."""
SHARE = 0.05
"""Share of the spots' samples, of another color or neither full nor empty, from which on they are told."""
ALIKE = 0.3
"""Colors whose red, green and blue, as shares of the largest, differ by less are one."""
CORNER = 0.6
"""If all places of all cases lie within this share of both axes, another scale is likelier than chance."""
ENOUGH = 50
"""Fewer places say nothing of where they could lie."""


class DotPicture(Record):
    """One picture of dots, looked at."""

    shape: tuple[int, ...]
    colors: tuple[str, ...]
    """Of the spots, the most frequent first, as red, green, blue in percent."""
    blended: float
    """Share of the spots' samples that are neither full nor empty."""


def find(seen: Examination) -> Iterator[Finding]:
    """Yield failures for dots that would be misread, a warning for those that may be, or lie in one corner of every image."""
    for target in seen.study.targets:
        if target.type == "points" and not target.instances and not target.values and len(target.columns) == 1:
            looked = {key: picture for key in seen.opened if (picture := _picture(seen, key, target)) is not None}
            yield from _of_pictures(seen, target, looked)
            if not looked:
                yield from _in_a_corner(seen, target)


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
            do=f"All would count as {target.classes[0] if target.classes else 'one kind'}. If colors are kinds, write CSV with "
            "i,j,kind, or a picture of numbered objects and one of kinds (`instances: true`); if not, export them in one color.",
            cases=tuple(colored),
        )
    elif len(target.classes) > 1 and looked:
        yield Finding(
            code="dots_without_kinds",
            severity="failure",
            expected=f"the kind of each dot: {', '.join(target.classes)}",
            got=f"dots of one color in {len(looked)} pictures: all would count as {target.classes[0]}",
            do="Write CSV with i,j,kind, or a picture of numbered objects and one of kinds (`instances: true`).",
            cases=tuple(looked),
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


def _in_a_corner(seen: Examination, target: Target) -> Iterator[Finding]:
    """Places listed at half the magnification all lie in the first quarter of their images."""
    reach, number = np.zeros(2), 0
    for key, case in seen.opened.items():
        places, image = case.labels.get(target.name), _image(seen, key)
        if not isinstance(places, Points) or image is None or case.slides or image.grid.ndim != 2:
            continue
        if len(places) and places.world.shape[1] == 2:
            reach = np.maximum(reach, (image.grid.to_index(places.world) / np.asarray(image.grid.shape)).max(axis=0))
            number += len(places)
    if number >= ENOUGH and (reach < CORNER).all():
        yield Finding(
            code="places_in_a_corner",
            severity="warning",
            expected="places all over their images",
            got=f"all {number} within the first {100 * reach[0]:.0f} % of the width and {100 * reach[1]:.0f} % of the height",
            do="They were likely drawn at another magnification: lay some over their image, and multiply the coordinates by "
            "the ratio of the magnifications.",
            cases=tuple(key for key, case in seen.opened.items() if target.name in case.labels),
        )


def _picture(seen: Examination, key: str, target: Target) -> DotPicture | None:
    """Return what a case's picture of dots is like; None without one, or one that does not open (another check tells)."""
    if target.name not in seen.opened[key].labels:
        return None
    paths = seen.cases.paths(key, target.columns[0])
    if len(paths) != 1 or split_fragment(paths[0])[0].suffix.lower() in LISTED:
        return None
    samples = np.asarray(open_image(paths[0]).array())
    return _look(samples)


def _look(samples: NDArray[np.generic]) -> DotPicture:
    """Look at (C, *S)."""
    numbers = np.asarray(samples, float)[:3]
    bright = numbers.max(axis=0)
    peak = float(bright.max()) if bright.size else 0.0
    shape = tuple(int(n) for n in samples.shape[1:])
    if peak <= 0:
        return DotPicture(shape=shape, colors=(), blended=0.0)
    spots = bright > 0.05 * peak
    blended = float((bright[spots] < 0.95 * peak).mean())
    return DotPicture(shape=shape, colors=_colors(numbers[:, bright > peak / 2]), blended=blended)


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


def _image(seen: Examination, key: str) -> Image | None:
    return next((images[0] for images in seen.opened[key].inputs.values() if images), None)


def _shape(seen: Examination, key: str) -> tuple[int, ...] | None:
    """Return the size of a case's first picture; None of one that lies in a patient, where dots may have a place of their own."""
    image = _image(seen, key)
    return None if image is None or image.grid.world != "px" or seen.opened[key].slides else tuple(image.grid.shape)


def _by(shape: tuple[int, ...]) -> str:
    return " × ".join(str(n) for n in shape)


CHECK = Check(
    name="dots",
    looks_for="pictures of dots of another size than their image, in several colors, or with blended edges; places in one corner",
    find=find,
)
