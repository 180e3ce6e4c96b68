"""Slides: without tissue, scanned coarser than others, or with regions drawn on glass.

What cannot be opened, a slide without resolution among it, is told by unreadable_files.
"""

from collections.abc import Iterator

import numpy as np

from isocenter.core.finding import Finding
from isocenter.core.record import Record
from isocenter.imaging.tissue import tissue_mask
from isocenter.stages.examination import Check, Examination, LoadedCase

LEAST_TISSUE = 0.001
"""Share of a slide below which it is empty."""
ON_TISSUE = 0.5
"""Share of what is drawn that should lie on tissue."""


class SlideLook(Record):
    """What is seen of one case."""

    tissue: dict[str, float]
    """Share of the slide, by input."""
    drawn: dict[str, float]
    """Share on tissue, by mask; of masks on the first slide's maps, not empty ones."""


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a failure for empty slides, a warning for regions that lie beside the tissue and for mixed scanners."""
    looks: dict[str, SlideLook] = dict(seen.seen.get("slides", {}))
    empty = [key for key, found in looks.items() if any(share < LEAST_TISSUE for share in found.tissue.values())]
    if empty:
        yield Finding(
            code="empty_slide",
            severity="failure",
            expected="slides with tissue on them",
            got=f"{len(empty)} with less than {100 * LEAST_TISSUE:g} % stained",
            do="Look at them; scan again what was out of focus, and take rows of blank glass out of the table.",
            cases=tuple(empty),
        )
    beside = {key: (name, share) for key, found in looks.items() for name, share in found.drawn.items() if share < ON_TISSUE}
    if beside:
        key, (name, share) = next(iter(beside.items()))
        yield Finding(
            code="regions_on_glass",
            severity="warning",
            expected="regions drawn on tissue",
            got=f"{len(beside)} drawn mostly on glass; in case {key}, {name}: {100 * share:.0f} % of it on tissue",
            do="Lay both over each other in QuPath: it may be drawn at another magnification, or on another slide. Export it in "
            "pixels of the finest level.",
            cases=tuple(beside),
        )
    finest = {key: round(s.grid.spacing[0], 2) for key, case in seen.opened.items() for s in case.slides.values()}
    if len(set(finest.values())) > 1:
        low, high = min(finest.values()), max(finest.values())
        yield Finding(
            code="mixed_resolutions",
            severity="note",
            expected="slides of one scanner",
            got=f"finest samples of {low:g} to {high:g} um",
            do="Fine: tiles are read at the size the study states. Make the scanner a covariate, to see whether it matters.",
        )


def look(case: LoadedCase) -> SlideLook | None:
    """Return how much tissue a case's slides show, and how much of its regions lies on it."""
    slides = {name: tissue_mask(samples) for name, _, samples in case.images if name in case.opened.slides and len(samples) == 3}
    if not slides:
        return None
    first = next(iter(slides.values()))
    drawn = {}
    for mask, samples in case.masks:
        marked = (samples > 0).any(axis=0)
        if marked.shape == first.shape and marked.any():
            drawn[mask.name] = float(first[marked].mean())
    return SlideLook(tissue={name: float(np.mean(found)) for name, found in slides.items()}, drawn=drawn)


CHECK = Check(
    name="slides",
    looks_for="slides without tissue, regions drawn beside the tissue, slides of unlike scanners",
    find=find,
    look=look,
)
