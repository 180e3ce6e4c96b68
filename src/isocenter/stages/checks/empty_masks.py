"""Masks with nothing in them."""

from collections.abc import Iterator

from isocenter.core.finding import Finding
from isocenter.stages.examination import Check, Examination, LoadedCase


def find(seen: Examination) -> Iterator[Finding]:
    """Yield, for each target, a warning; a failure when every mask is empty."""
    looked = seen.seen.get("empty_masks", {})
    targets = {target for masks in looked.values() for target in masks}
    for target in sorted(targets):
        empty = tuple(key for key, masks in looked.items() if masks.get(target))
        whole = sum(target in masks for masks in looked.values())
        if empty:
            yield Finding(
                code="empty_masks",
                severity="failure" if len(empty) == whole else "warning",
                expected=f"masks of {target} with something drawn",
                got=f"{len(empty)} of {whole} empty",
                do="Right where nothing is to be seen; else draw them, or empty the cell, which means not assessed.",
                cases=empty,
            )


def look(case: LoadedCase) -> dict[str, bool] | None:
    """Return, by target, whether all of its first reader's masks are empty (one value only, the lowest)."""
    found: dict[str, bool] = {}
    for mask, samples in case.masks:
        coded_empty = bool((samples == samples.ravel()[0]).all()) if samples.size else True
        nothing = coded_empty and (mask.coded or samples.size == 0 or not samples.ravel()[0])
        found[mask.target] = found.get(mask.target, True) and nothing
    return found or None


CHECK = Check(name="empty_masks", looks_for="masks with nothing in them", find=find, look=look)
