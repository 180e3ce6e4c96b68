"""Masks with blended edges: anti-aliased drawings, JPEG files, masks resampled with interpolation, probabilities."""

from collections.abc import Iterator

from isocenter.core.finding import Finding
from isocenter.stages.examination import Check, Examination, LoadedCase
from isocenter.stages.mask_values import is_blended, pure_values


def find(seen: Examination) -> Iterator[Finding]:
    """Yield one failure for each target."""
    cases: dict[str, dict[str, tuple[int, str]]] = {}
    for key, targets in seen.seen.get("mask_anti_aliased", {}).items():
        for target, what in targets.items():
            cases.setdefault(target, {})[key] = what
    for target, found in cases.items():
        most, pure = max(found.values())
        yield Finding(
            code="mask_anti_aliased",
            severity="failure",
            expected=f"masks of {target} with one value a class",
            got=f"up to {most} values, blended between {pure}, in {len(found)}",
            do="Export masks without anti-aliasing, as PNG and not JPEG; or: isocenter check STUDY --fix takes the nearest class.",
            cases=tuple(found),
        )


def look(case: LoadedCase) -> dict[str, tuple[int, str]] | None:
    """Return, by target, how many values a blended mask has and what lies between."""
    found = {}
    for mask, _ in case.masks:
        values = case.values.get(mask.name, {})
        if not mask.coded and is_blended(values, len(mask.classes)):
            pure = " and ".join(f"{v:g}" for v in pure_values(values, len(mask.classes)))
            found[mask.target] = (len(values), pure)
    return found or None


CHECK = Check(name="mask_anti_aliased", looks_for="masks with blended edges", find=find, look=look)
