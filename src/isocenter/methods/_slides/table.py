"""Which tiles of the learning slides are learned from, and what is said of each and of their bags.

In:   cases, targets, settings. Out: Surveyed (tiles and stains of every slide), Learned (chosen tiles, normalized, on disk).
Not:  no network.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import FileError, StudyError
from isocenter.core.record import Record
from isocenter.core.slide import Slide
from isocenter.core.study import Target
from isocenter.learning.assessed import assessed
from isocenter.learning.exam.items import units_of
from isocenter.learning.head import Head
from isocenter.learning.patient_label import patient_label
from isocenter.learning.slides.lesson import UNKNOWN, Bag, Learned
from isocenter.learning.slides.stain import Palette, Reference, normalized, reference_of
from isocenter.learning.slides.tiles import Tiles, read_run, shares_of
from isocenter.methods._slides.model import held_as_mask, slide_shown, tiles_and_colors
from isocenter.methods._slides.settings import SlideSettings


class Slided(Record):
    """One slide of a case."""

    case: Case
    slide: Slide
    tiles: Tiles
    own: Palette | None


class Surveyed(Record):
    """All slides there are to learn from."""

    slides: tuple[Slided, ...]
    reference: Reference


def survey(cases: Iterable[Case], shown: str, settings: SlideSettings) -> Surveyed:
    """Return tiles and stains of every case's slide. StudyError for a slide without tissue."""
    found = []
    for case in cases:
        if shown in case.inputs:
            try:
                slide = slide_shown(case, shown)
                tiles, own = tiles_and_colors(slide, settings)
            except (FileError, StudyError) as error:
                raise type(error)(f"case {case.key}: {error}") from error
            found.append(Slided(case=case, slide=slide, tiles=tiles, own=own))
    return Surveyed(slides=tuple(found), reference=reference_of(settings.stain, [one.own for one in found]))


def learned_tiles(
    surveyed: Surveyed,
    *,
    regions: Target | None,
    targets: Sequence[Target],
    heads: Mapping[str, Head],
    settings: SlideSettings,
    reference: Reference,
    scratch: Path,
    seed: int,
) -> Learned:
    """Read the tiles that are learned from into a file, and say what each shows."""
    labels = [labels_of(one, regions) for one in surveyed.slides]
    rng = np.random.default_rng([seed, 3])
    picked = [pick(label, most=settings.per_slide, rng=rng) for label in labels]
    count = sum(len(index) for index in picked)
    scratch.mkdir(parents=True, exist_ok=True)
    shape = (max(count, 1), 3, settings.tile, settings.tile)
    tiles = open_memmap(scratch / "tiles.npy", mode="w+", dtype=np.uint8, shape=shape)
    first = 0
    for one, index in zip(surveyed.slides, picked, strict=True):
        for i in index:
            read = read_run(one.slide, one.tiles, np.array([i]), settings.tile)
            tiles[first] = normalized(read, one.own, reference)[0]
            first += 1
    tiles.flush()
    slide = np.concatenate([np.full(len(index), n, np.intp) for n, index in enumerate(picked)] or [np.zeros(0, np.intp)])
    keys = {one.case.key: n for n, one in enumerate(surveyed.slides)}
    return Learned(
        tiles=np.load(scratch / "tiles.npy", mmap_mode="r")[:count],
        label=np.concatenate([label[index] for label, index in zip(labels, picked, strict=True)] or [np.zeros(0, np.intp)]),
        slide=slide,
        bags={t.name: _bags(t, heads[t.name], [one.case for one in surveyed.slides], keys, slide) for t in targets},
    )


def labels_of(one: Slided, regions: Target | None) -> NDArray[np.intp]:
    """Return the class that covers most of each tile, (N,); UNKNOWN where nobody drew regions, or did not look."""
    if regions is None or regions.name not in one.case.labels:
        return np.full(len(one.tiles), UNKNOWN, np.intp)
    mask = held_as_mask(one.case.labels[regions.name], regions)
    share = shares_of(mask, one.tiles, where=assessed(one.case, regions, mask.grid))
    told = ~np.isnan(share).any(axis=0)
    return np.where(told, np.nan_to_num(share).argmax(axis=0), UNKNOWN)


def pick(label: NDArray[np.intp], *, most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return at most so many tiles of a slide, in order: of each class as many, as far as there are."""
    classes = [rng.permutation(np.flatnonzero(label == k)) for k in np.unique(label)]
    kept: list[NDArray[np.intp]] = []
    left = most
    for number, index in enumerate(sorted(classes, key=len)):  # a class with few leaves its room to the others
        room = left // (len(classes) - number)
        kept.append(index[:room])
        left -= min(room, len(index))
    return np.sort(np.concatenate(kept)) if kept else np.zeros(0, np.intp)


def _bags(target: Target, head: Head, cases: Sequence[Case], keys: Mapping[str, int], slide: NDArray[np.intp]) -> list[Bag]:
    found = []
    for unit in units_of(cases, per_patient=target.per == "patient"):
        label = patient_label(case.labels[target.name] for case in unit if target.name in case.labels)
        tiles = np.flatnonzero(np.isin(slide, [keys[case.key] for case in unit]))
        if label is not None and len(tiles) and not np.isnan(head.truth(label)).all():
            found.append(Bag(tiles=tiles, truth=head.truth(label)))
    return found
