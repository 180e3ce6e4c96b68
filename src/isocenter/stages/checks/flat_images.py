"""Images that are constant, or hold NaN or infinity."""

from collections.abc import Iterator

import numpy as np

from isocenter.core.finding import Finding
from isocenter.core.image import LABELS
from isocenter.stages.examination import Check, Examination, LoadedCase


def find(seen: Examination) -> Iterator[Finding]:
    """Yield warnings; a failure when most images are constant, and for images without a finite number."""
    looked = seen.seen.get("flat_images", {})
    looked_at = [key for key, case in seen.opened.items() if case.inputs]
    constant = {key: facts[1] for key, facts in looked.items() if facts[0] == "constant"}
    broken = {key: facts[1] for key, facts in looked.items() if facts[0] == "not finite"}
    if constant:
        key, (name, value) = next(iter(constant.items()))
        yield Finding(
            code="constant_image",
            severity="failure" if len(constant) > len(looked_at) / 2 else "warning",
            expected="images with more than one value",
            got=f"{len(constant)} constant; case {key}, input {name}, is {value:g} everywhere",
            do="Right for slices beside the body; else export them again, or empty the cells: a missing view is an empty cell.",
            cases=tuple(constant),
        )
    for all_of_it in (True, False):
        some = {key: facts for key, facts in broken.items() if (facts[1] >= 1) == all_of_it}
        if some:
            key, (name, share) = next(iter(some.items()))
            yield Finding(
                code="not_finite",
                severity="failure" if all_of_it else "warning",
                expected="finite numbers",
                got=f"NaN or infinity in {len(some)}; in case {key}, input {name}, {100 * share:.2g} % of the samples",
                do="Find the step that divided by zero or masked with NaN, and export again.",
                cases=tuple(some),
            )


def look(case: LoadedCase) -> tuple[str, tuple[str, float]] | None:
    """Return the first trouble of a case's images, with the input and the value or the share."""
    for name, image, samples in case.images:
        if samples.size == 0 or image.unit == LABELS:  # a mask may be empty
            continue
        if samples.dtype.kind == "f":
            bad = float(1 - np.isfinite(samples).mean())
            if bad > 0:
                return "not finite", (name, bad)
        if samples.min() == samples.max():
            return "constant", (name, float(samples.ravel()[0]))
    return None


CHECK = Check(name="flat_images", looks_for="constant images; NaN and infinity", find=find, look=look)
