"""Cases of a translation, ready to be cut: sources, targets, and both of one case.

In:   cases, settings.
Out:  arrays (C, *S) normalized and (K, *S) on the scale that is learned.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import StudyError
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.imaging.resample import to_grid, zoom_to
from isocenter.learning.preparation import Prepared, as_channels, network_shape, prepare_image
from isocenter.methods.translation._scale import to_scale
from isocenter.methods.translation._settings import TranslationSettings


class Sides(Record):
    """What the cases show."""

    sources: tuple[NDArray[np.float32], ...]
    targets: tuple[NDArray[np.float32], ...]
    pairs: tuple[Prepared, ...] = ()
    """Both of one case, where they are paired."""


def paired(cases: Iterable[Case], inputs: tuple[str, ...], target: Target, settings: TranslationSettings) -> list[Prepared]:
    """Return the cases that have a source and the target, the target on the source's samples."""
    found = []
    for case in cases:
        if has_source(case, inputs) and target.name in case.labels:
            prepared = prepare_image(case, settings.preparation(inputs))
            found.append(
                Prepared(
                    key=prepared.key,
                    image=prepared.image,
                    grid=prepared.grid,
                    target=_target_of(case, target, settings, like=prepared),
                    missing=prepared.missing,
                )
            )
    return found


def apart(cases: Iterable[Case], inputs: tuple[str, ...], target: Target, settings: TranslationSettings) -> Sides:
    """Return all sources and all targets, whichever case has them."""
    sources, targets = [], []
    for case in cases:
        if has_source(case, inputs):
            sources.append(prepare_image(case, settings.preparation(inputs)).image)
        if target.name in case.labels:
            targets.append(_target_of(case, target, settings, like=None))
    return Sides(sources=tuple(sources), targets=tuple(targets))


def has_source(case: Case, inputs: tuple[str, ...]) -> bool:
    """Tell whether a case has one of the inputs."""
    return any(name in case.inputs for name in inputs)


def _target_of(case: Case, target: Target, settings: TranslationSettings, *, like: Prepared | None) -> NDArray[np.float32]:
    """Return the target on the learned scale, on the samples of a prepared source or on its own."""
    image = case.labels[target.name]
    if not isinstance(image, Image):
        raise StudyError(f"case {case.key}: expected an image for target {target.name}, got {type(image).__name__}.")
    samples = image.array()
    if samples.ndim != image.grid.ndim + 1:
        raise StudyError(f"case {case.key}, target {target.name}: expected a still image, got one over time.")
    if samples.shape[0] != settings.target_channels:
        samples = as_channels(samples, settings.target_channels, case=case.key, name=target.name)
    scaled = to_scale(samples, settings)
    if like is None:
        return np.asarray(zoom_to(scaled, network_shape(image.grid, settings.preparation(()))), np.float32)
    if settings.finer:  # the source's own samples are too few to hold it
        return np.asarray(to_grid(scaled, image.grid, like.grid.sampled(like.image.shape[1:]), order=1, fill=-1.0), np.float32)
    moved = to_grid(scaled, image.grid, like.grid, order=1, fill=-1.0)
    return np.asarray(zoom_to(moved, like.image.shape[1:]), np.float32)
