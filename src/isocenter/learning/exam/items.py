"""Items: what one label speaks of, as arrays of fixed size — an exam, a region of it, or all the images of a patient.

In:   cases, targets with their heads, a frame.
Out:  Item: views (B, C, *size) per input, where each target speaks, covariates, truths.
Not:  no batches (batch.py), no choice of size or scale (the plan).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import StudyError
from isocenter.core.graph import Graph
from isocenter.core.grid import Grid, plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.core.slide import Slide, overview
from isocenter.core.study import Target
from isocenter.core.value import Input
from isocenter.learning.assessed import assessed
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.learning.exam.dense import Dense, mask_in_frame
from isocenter.learning.exam.placement import Box, Placement, box_about, box_around, into_frame, place_box, whole, within
from isocenter.learning.head import Head
from isocenter.learning.patient_label import patient_label
from isocenter.learning.preparation import PreparationConfig, as_channels, normalize

GRAPH = "graph"
"""Unit of the picture a graph becomes."""


@dataclass(frozen=True, kw_only=True)
class FrameConfig:
    """How an exam becomes arrays of fixed size; saved with the model, since prediction must repeat it."""

    inputs: tuple[str, ...]
    channels: tuple[int, ...]
    """Of each input."""
    size: tuple[int, ...]
    """Samples per axis of the frame."""
    spacing: tuple[float, ...] = ()
    """World units per sample the frame aims at; () scales the longest side to fit."""
    schemes: tuple[str, ...] = ()
    """Intensity scheme of each input: "zscore", "ct", "macenko" or "none"."""
    scales: tuple[tuple[float, float, float, float], ...] = ()
    """low, high, mean, deviation of each input, for "ct"."""
    crop: bool = False
    """Cut to the region a label speaks of, instead of looking at all and listening there."""
    margin: float = 0.15
    """Around a cut region, a share of its size."""
    least: float = 0.0
    """A cut region is at least this wide, in world units."""
    context: float = 0.0
    """Each input is also shown with its surroundings, so many times as wide as the cut, as a view of its own; 0 = the cut alone."""
    slices: bool = False
    """A volume is a bag of slices across its last axis."""

    def scaling(self, index: int) -> PreparationConfig:
        """Return how the intensities of one input are scaled."""
        low, high, mean, deviation = self.scales[index] if self.scales else (0.0, 0.0, 0.0, 1.0)
        scheme = self.schemes[index] if self.schemes else "zscore"
        return PreparationConfig(
            inputs=(self.inputs[index],), channels=(self.channels[index],), scheme=scheme,
            low=low, high=high, mean=mean, deviation=deviation,
        )  # fmt: skip


class Frame(Record):
    """One instance of an item: where its first image lies."""

    grid: Grid
    placement: Placement


class Item(Record):
    """What one label, or several with the same scope, speak of."""

    keys: tuple[str, ...]
    """Cases it is made of: one, or all rows of a patient."""
    patient: str
    targets: tuple[str, ...]
    """Targets whose labels speak of it."""
    views: tuple[NDArray[np.float32], ...]
    """Per input (B, C, *size), and where surroundings are shown, once more per input; zeros where an instance lacks it.
    B = instances: images of a bag, slices, or 1."""
    present: NDArray[np.float32]
    """(B, V) of 0 and 1."""
    where: Mapping[str, NDArray[np.bool_]]
    """By target, (B, 1, *size): where its label speaks; a target that is not named speaks of everything."""
    covariates: NDArray[np.float32]
    """(K,)."""
    truths: Mapping[str, NDArray[np.float32]]
    """By target, (T,); an absent key was not assessed."""
    frames: tuple[Frame, ...]
    """Per image of the bag."""
    masks: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    """By target, (B, *size): class index, NaN where not assessed; an absent key has no mask."""


def scopes_of(targets: Iterable[Target], *, crop: bool) -> list[tuple[Target, ...]]:
    """Return the targets that share an item: all, or with `crop` those of one region."""
    groups: dict[str, list[Target]] = {}
    for target in targets:
        groups.setdefault((target.region or "") if crop else "", []).append(target)
    return [tuple(group) for group in groups.values()]


def units_of(cases: Iterable[Case], *, per_patient: bool) -> Iterator[tuple[Case, ...]]:
    """Yield what an item is made of: each case, or all cases of a patient, in the order they first come."""
    if not per_patient:
        yield from ((case,) for case in cases)
        return
    patients: dict[str, list[Case]] = {}
    for case in cases:
        patients.setdefault(case.patient, []).append(case)
    yield from (tuple(found) for found in patients.values())


def make_item(
    unit: Sequence[Case],
    targets: Sequence[Target],
    frame: FrameConfig,
    *,
    heads: Mapping[str, Head],
    covariates: CovariateTable,
    dense: Mapping[str, Dense] | None = None,
) -> Item:
    """Return the item of a case, or of a patient's cases. StudyError when it shows none of the inputs.

    heads, dense : those whose labels are wanted, of whole exams and of masks
    """
    instances = [instance for case in unit for instance in _instances(case, frame)]
    if not instances:
        raise StudyError(f"case {unit[0].key}: expected at least one of the inputs {', '.join(frame.inputs)}, got none.")
    made = [_instance(case, images, targets, frame) for case, images in instances]
    first = unit[0]
    truths = {}
    for target in targets:
        label = patient_label(case.labels[target.name] for case in unit if target.name in case.labels)
        if label is not None and target.name in heads:
            numbers = heads[target.name].truth(label)
            if not np.isnan(numbers).all():
                truths[target.name] = numbers
    scoped = [t.name for t in targets if any(t.name in where for _, _, where, _ in made)]
    return Item(
        keys=tuple(case.key for case in unit),
        patient=first.patient,
        targets=tuple(t.name for t in targets),
        views=tuple(np.concatenate([views[i] for views, _, _, _ in made]) for i in range(len(made[0][0]))),
        present=np.concatenate([np.repeat(present[None], len(views[0]), axis=0) for views, present, _, _ in made]),
        where={name: np.concatenate([_speaks(where, name, views[0]) for views, _, where, _ in made]) for name in scoped},
        covariates=covariates.vector(first.covariates),
        truths=truths,
        frames=tuple(place for _, _, _, place in made),
        masks={t.name: _mask(unit, t, made[0][3], frame) for t in targets if t.name in (dense or {}) and t.name in first.labels},
    )


def _mask(unit: Sequence[Case], target: Target, place: Frame, frame: FrameConfig) -> NDArray[np.float32]:
    """Return the mask of a case in its frame (b, *size). StudyError for a bag: a mask lies on one image."""
    if len(unit) > 1 or any(isinstance(unit[0].inputs.get(name), tuple) for name in frame.inputs):
        raise StudyError(
            f"case {unit[0].key}: expected one image that the mask of target {target.name} lies on, got a bag of images. "
            "Give every image a row of its own."
        )
    framed = mask_in_frame(unit[0], target, place.grid, place.placement)  # (1, *size)
    return _fold(framed, slices=frame.slices)[:, 0]


def _speaks(where: Mapping[str, NDArray[np.bool_]], name: str, like: NDArray[np.float32]) -> NDArray[np.bool_]:
    return where[name] if name in where else np.ones((len(like), 1, *like.shape[2:]), bool)


def _instances(case: Case, frame: FrameConfig) -> Iterator[tuple[Case, dict[str, Image]]]:
    """Yield the images of each instance by input: one for an exam, several where an input is a bag."""
    found: dict[str, tuple[Image, ...]] = {}
    for name in frame.inputs:
        if name in case.inputs:
            found[name] = images_of(case.inputs[name])
            if not found[name]:
                raise StudyError(
                    f"case {case.key}, input {name}: expected an image, a graph or a bag of images, got "
                    f"{type(case.inputs[name]).__name__}."
                )
    for index in range(max((len(images) for images in found.values()), default=0)):
        yield case, {name: images[index] for name, images in found.items() if index < len(images)}


def images_of(value: Input) -> tuple[Image, ...]:
    """Return what an input shows as images: itself, a bag's, a mask's labels, a graph's matrix, a slide's overview; else ()."""
    if isinstance(value, Slide):
        return (overview(value),)
    if isinstance(value, Mask):
        return (value.labels,)
    if isinstance(value, Graph):
        return (_matrix(value),)
    images = value if isinstance(value, tuple) else (value,)
    return tuple(image for image in images if isinstance(image, Image))


def _matrix(graph: Graph) -> Image:
    """Return a graph's weights as a picture (1, N, N) of the unit "graph"."""
    matrix = graph.matrix
    return held_image(matrix[None], plain_grid(matrix.shape), unit=GRAPH)


def _instance(
    case: Case, images: Mapping[str, Image], targets: Sequence[Target], frame: FrameConfig
) -> tuple[list[NDArray[np.float32]], NDArray[np.float32], dict[str, NDArray[np.bool_]], Frame]:
    """Return the views (b, C, *size), which are there (V,), where targets speak (b, 1, *size), and the frame; b = slices, or 1."""
    first = next(iter(images.values()))
    speaks = {t.name: where for t in targets if (where := assessed(case, t, first.grid)) is not None}
    region = speaks.get(targets[0].name) if frame.crop and targets[0].region is not None else None
    placements = _placements(first.grid, region, frame)
    looks: list[list[NDArray[np.float32]]] = [[] for _ in placements]
    for index, (name, count) in enumerate(zip(frame.inputs, frame.channels, strict=True)):
        samples = _prepared(case.key, name, images[name], frame, index) if name in images else None
        for look, placement in zip(looks, placements, strict=True):
            if samples is None:
                framed = np.zeros((count, *frame.size), np.float32)
            else:
                framed = into_frame(samples, _own_placement(images[name].grid, first.grid, placement, frame))
            look.append(_fold(framed, slices=frame.slices))
    present = np.array([float(name in images) for _ in placements for name in frame.inputs], np.float32)
    # Beside its surroundings a cut is looked at whole: one place of the features is not one place of the image.
    marked = {
        name: _fold(_marked(where, placements[0]), slices=frame.slices) for name, where in speaks.items() if len(placements) == 1
    }
    return [view for look in looks for view in look], present, marked, Frame(grid=first.grid, placement=placements[0])


def _placements(grid: Grid, region: NDArray[np.bool_] | None, frame: FrameConfig) -> list[Placement]:
    """Return where the image, or what is cut from it, lies in its frame; and where its surroundings lie in theirs."""
    if region is None or not (frame.least or frame.context):
        box = whole(grid.shape) if region is None else box_around(region, margin=frame.margin)
        return [place_box(grid.shape, box, frame.size, samples=_samples(grid, box, frame))] * (2 if frame.context else 1)
    least = [frame.least / step for step in grid.spacing]
    found = []
    for times in (1.0, frame.context) if frame.context else (1.0,):
        box = box_about(region, margin=frame.margin, least=least, times=times)
        found.append(within(place_box(grid.shape, box, frame.size, samples=_samples(grid, box, frame))))
    return found


def _marked(where: NDArray[np.bool_], placement: Placement) -> NDArray[np.bool_]:
    """Return where a label speaks in the frame (1, *size): samples that are mostly inside, or those that are most where none is.

    So a slice or a spot smaller than a sample of the frame is still listened to. An empty region stays empty.
    """
    share = into_frame(where[None].astype(np.float32), placement, fill=0.0)
    most = float(share.max())
    return share >= min(0.5, 0.999 * most) if most > 0 else share > 0


def _prepared(key: str, name: str, image: Image, frame: FrameConfig, index: int) -> NDArray[np.float32]:
    """Return one input with its intensities scaled (C, *S)."""
    samples = image.array()
    if samples.ndim != image.grid.ndim + 1:
        raise StudyError(f"case {key}, input {name}: expected a still image, got one over time with shape {samples.shape}.")
    if samples.shape[0] != frame.channels[index]:
        samples = as_channels(samples, frame.channels[index], case=key, name=name)
    return normalize(samples, frame.scaling(index))


def _own_placement(own: Grid, first: Grid, placement: Placement, frame: FrameConfig) -> Placement:
    """Return the placement of the first image for one of the same shape; another view of the exam fills the frame in its way."""
    if own.shape == first.shape:
        return placement
    box = whole(own.shape)
    return place_box(own.shape, box, frame.size, samples=_samples(own, box, frame))


def _samples(grid: Grid, box: Box, frame: FrameConfig) -> tuple[float, ...]:
    """Return how many samples a box becomes at the frame's spacing; without one, as many as make its longest side fit."""
    wide = [b - a for a, b in box]
    if frame.spacing and not frame.crop:
        return tuple(n * have / want for n, have, want in zip(wide, grid.spacing, frame.spacing, strict=True))
    lengths = [n * s for n, s in zip(wide, grid.spacing, strict=True)]
    if len(frame.size) == 3:  # a thick axis keeps its own samples: only the frame limits it
        return tuple(float(s) for s in frame.size)
    factor = min(s / length for s, length in zip(frame.size, lengths, strict=True))
    return tuple(length * factor for length in lengths)


def _fold(array: NDArray[Any], *, slices: bool) -> NDArray[Any]:
    """Return (b, C, *s): a volume (C, X, Y, Z) as Z slices (Z, C, X, Y), anything else as one."""
    return np.ascontiguousarray(np.moveaxis(array, -1, 0)) if slices else array[None]
