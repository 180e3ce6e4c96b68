"""The input that could be the target: the one an identity hands on and a filter works on.

In:   a case, the names of its inputs, an image as it is wanted.
Out:  the name of the first input with its channels and unit (an MR's numbers are no HU), or None.
"""

from collections.abc import Iterable

from isocenter.core.case import Case
from isocenter.core.image import Image


def alike_input(case: Case, inputs: Iterable[str], wanted: Image) -> str | None:
    """Return the first input with as many channels as the wanted image, in its unit."""
    for name in inputs:
        image = case.inputs.get(name)
        if isinstance(image, Image) and len(image.channels) == len(wanted.channels) and image.unit == wanted.unit:
            return name
    return None
