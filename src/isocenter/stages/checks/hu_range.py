"""Wrong range for Hounsfield units: windowed to 8 bit, scaled to 0–1, or stored values that were never shifted.

Looks at images whose unit is HU, and at inputs that are called ct or hu.
"""

from collections.abc import Iterator

from isocenter.core.finding import Finding
from isocenter.stages.examination import Check, Examination, LoadedCase

_NAMES = ("ct", "hu", "cect", "ldct", "cta")
_WORDS = {
    "scaled": ("values from 0 to 1", "Scaled somewhere: go back to the DICOM files and convert them with their rescale slope."),
    "windowed": ("whole values from 0 to 255", "Windowed to 8 bit: the numbers are gone; go back to the DICOM files."),
    "unshifted": (
        "no value below 0 and some above 500",
        "Probably stored values without the rescale intercept: subtract 1024, or convert again from DICOM.",
    ),
}


def find(seen: Examination) -> Iterator[Finding]:
    """Yield one warning for each input and kind."""
    cases: dict[tuple[str, str], list[str]] = {}
    for key, found in seen.seen.get("hu_range", {}).items():
        for name, kind in found.items():
            cases.setdefault((name, kind), []).append(key)
    for (name, kind), keys in cases.items():
        got, do = _WORDS[kind]
        yield Finding(
            code="hu_range",
            severity="warning",
            expected=f"input {name} in Hounsfield units (air -1000, water 0)",
            got=f"{got} in {len(keys)}",
            do=do + f" If {name} is no CT, give the input another name.",
            cases=tuple(keys),
        )


def look(case: LoadedCase) -> dict[str, str] | None:
    """Return, by input, how the range is wrong."""
    found: dict[str, str] = {}
    for name, image, samples in case.images:
        if (image.unit == "HU" or name.lower() in _NAMES) and samples.size:
            low, high = float(samples.min()), float(samples.max())
            if low >= 0 and 0 < high <= 1:
                found[name] = "scaled"
            elif low >= 0 and 1 < high <= 255:
                found[name] = "windowed"
            elif low >= 0 and high > 500:
                found[name] = "unshifted"
    return found or None


CHECK = Check(name="hu_range", looks_for="CT that is not in Hounsfield units", find=find, look=look)
