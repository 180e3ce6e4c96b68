"""Images of one input that differ in kind: axes, world, channels, orientation, spacing. Headers only."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping

from isocenter.core.finding import Finding
from isocenter.core.image import Image
from isocenter.stages.examination import Check, Examination

SPREAD = 1.5
"""Ratio of the largest to the smallest spacing of an axis from which spacings are called mixed."""
_KINDS: Mapping[str, tuple[Callable[[Image], str], str, str]] = {
    "mixed_axes": (
        lambda image: f"{image.grid.ndim}-D" + (" over time" if image.grid.times_s else ""),
        "failure",
        "Put pictures, volumes and films in columns (inputs) or studies of their own.",
    ),
    "mixed_worlds": (
        lambda image: "no pixel size" if image.grid.world == "px" else "millimeters" if image.grid.unit == "mm" else "micrometers",
        "warning",
        "Export all from DICOM with their pixel size, or all without: sizes in mm cannot be compared with pixels.",
    ),
    "mixed_channels": (
        lambda image: f"{len(image.channels)} channel" + ("s" if len(image.channels) > 1 else ""),
        "warning",
        "Write #gray after the path of color files to take their luminance, or give every channel a column.",
    ),
    "mixed_orientations": (
        lambda image: image.grid.orientation,
        "note",
        "Nothing: every image is brought to one orientation by its header. Look at one of each to be sure the headers are right.",
    ),
}


def find(seen: Examination) -> Iterator[Finding]:
    """Yield at most one finding for each input and kind."""
    for name in seen.study.inputs:
        images = {key: case.inputs[name][0] for key, case in seen.opened.items() if name in case.inputs}
        for code, (kind, severity, do) in _KINDS.items():
            yield from _mixed(code, name, {key: kind(image) for key, image in images.items()}, severity, do)
        yield from _spacings(name, images)


def _mixed(code: str, name: str, kinds: dict[str, str], severity: str, do: str) -> Iterator[Finding]:
    counts = Counter(kinds.values())
    if len(counts) > 1:
        usual = counts.most_common(1)[0][0]
        yield Finding(
            code=code,
            severity="failure" if severity == "failure" else "warning" if severity == "warning" else "note",
            expected=f"images of one kind for input {name}",
            got=", ".join(f"{kind} in {n}" for kind, n in counts.most_common()),
            do=do,
            cases=tuple(key for key, kind in kinds.items() if kind != usual),
        )


def _spacings(name: str, images: dict[str, Image]) -> Iterator[Finding]:
    by_kind: dict[tuple[str, int], list[tuple[float, ...]]] = defaultdict(list)
    for image in images.values():
        if image.grid.world != "px":
            by_kind[(image.grid.world, image.grid.ndim)].append(tuple(sorted(image.grid.spacing)))
    for (_, ndim), spacings in by_kind.items():
        low = [min(s[axis] for s in spacings) for axis in range(ndim)]
        high = [max(s[axis] for s in spacings) for axis in range(ndim)]
        if any(h > SPREAD * lo for lo, h in zip(low, high, strict=True)):
            shown = " × ".join(f"{lo:.3g}–{h:.3g}" for lo, h in zip(low, high, strict=True))
            yield Finding(
                code="mixed_spacings",
                severity="note",
                expected=f"like spacings for input {name}",
                got=f"{shown} mm (finest axis first)",
                do="Nothing: the plan resamples to one spacing. Report numbers by scanner or site (groups:) if protocols differ.",
            )


CHECK = Check(name="mixed_geometry", looks_for="mixed axes, pixel sizes, channels, orientations and spacings", find=find)
