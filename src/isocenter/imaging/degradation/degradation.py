"""Degradation: a named way of making the image a worse scan would have given.

In:   an image, options, a seed.
Out:  the image, float32, with a note that says what was done to it; on the same grid, unless the scan had a coarser one.
Not:  no files (stages/degrade.py), no restoration (methods/translation).
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError, SettingError, unknown
from isocenter.core.image import Image, held_image
from isocenter.core.record import Record

Array = NDArray[np.float32]


class Degradation(Record):
    """A recipe. The same image, seed and options give the same samples."""

    name: str
    does: str
    cite: str
    maker: Callable[[Array, Image, np.random.Generator, Mapping[str, Any]], Array] | None = None
    """(one slice of one channel (X, Y), the image it is of, generator, options) -> (X, Y)."""
    stacker: Callable[[Array, Image, np.random.Generator, Mapping[str, Any]], Image] | None = None
    """In place of `maker`, of a degradation that changes the grid: (all samples (C, X, Y, Z), the image they are of, generator,
    options) -> the image on its own grid."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Options with their defaults."""
    unit: str | None = None
    """The unit images must have; None = any."""

    def apply(self, image: Image, *, seed: int, **options: Any) -> Image:
        """Return the worse image.

        SettingError for an option it does not have, or for a value of another kind or range; GeometryError for an image it is not
        made for.

        image : (C, X, Y[, Z]); slices along the last axis are worked on one by one, unless the degradation is of the whole stack
        """
        for name in options:
            if name not in self.options:
                raise SettingError(unknown(f"option of degradation {self.name}", name, self.options))
        chosen = {**self.options, **options}
        for name, default in self.options.items():
            _check_kind(name, chosen[name], default)
        if self.unit is not None and image.unit != self.unit:
            raise GeometryError(
                f"expected an image in {self.unit} for {self.name}, got unit {image.unit!r}. "
                f"If the numbers are {self.unit}, say so in the study: units: {{NAME: {self.unit}}}"
            )
        if image.grid.times_s:
            raise GeometryError(f"expected a still image for {self.name}, got {len(image.grid.times_s)} times.")
        rng = np.random.default_rng(seed)
        samples = np.asarray(image.array(), np.float32)
        if not np.isfinite(samples).all():
            raise GeometryError(f"expected finite samples for {self.name}, got NaN or infinity. Run: isocenter check STUDY")
        worse, grid = np.empty_like(samples), image.grid
        if self.stacker is not None:
            stack = self.stacker(samples, image, rng, chosen)
            worse, grid = np.asarray(stack.array(), np.float32), stack.grid
        if self.maker is not None:
            for at in np.ndindex(samples.shape[0], *samples.shape[3:]):
                here = (at[0], slice(None), slice(None), *at[1:])
                worse[here] = self.maker(samples[here], image, rng, chosen)
        said = ", ".join(f"{name} {value}" for name, value in chosen.items())
        return held_image(
            worse, grid, unit=image.unit, channels=image.channels, note=f"simulated {self.name} ({said}), not for diagnosis"
        )


def share_of(options: Mapping[str, Any], name: str, *, most: float = 1.0) -> float:
    """Return an option that must lie above 0 and at most `most`. SettingError otherwise."""
    value = options[name]
    if not _is_number(value) or not 0 < value <= most:
        raise SettingError(f"expected {name} above 0 and at most {most:g}, got {value!r}.")
    return float(value)


def amount_of(options: Mapping[str, Any], name: str, *, most: float = 1e6) -> float:
    """Return an option that must be 0 or more, and at most `most`. SettingError otherwise."""
    value = options[name]
    if not _is_number(value) or not 0 <= value <= most:
        raise SettingError(f"expected {name} from 0 to {most:g}, got {value!r}.")
    return float(value)


def count_of(options: Mapping[str, Any], name: str, *, least: int, most: int) -> int:
    """Return an option that must be a whole number from `least` to `most`. SettingError otherwise."""
    value = options[name]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise SettingError(f"expected {name} as a whole number from {least} to {most}, got {value!r}.")
    return value


def _check_kind(name: str, value: object, default: object) -> None:
    """Refuse a value of another kind than the option's default: any number will do for a number. SettingError."""
    if isinstance(default, bool):
        fits, kind = isinstance(value, bool), "true or false"
    elif isinstance(default, str):
        fits, kind = isinstance(value, str), "a word"
    else:
        fits, kind = _is_number(value), "a number"
    if not fits:
        raise SettingError(f"expected {name} as {kind}, got {value!r}.")


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
