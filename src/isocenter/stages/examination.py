"""Examination: what check opens, once, for all of its checks.

In:   a study's cases.
Out:  headers of every case; in the pixel pass, one case's arrays at a time, for each check to look at.
Not:  no judgment (stages/checks, one file each). Nothing raises here: what cannot be opened is a Trouble of its case.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import FileError, IsocenterError
from isocenter.core.finding import Finding
from isocenter.core.graph import Graph
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.core.registry import Registry
from isocenter.core.slide import Slide, overview
from isocenter.core.study import Study, Target
from isocenter.core.value import Input, Value
from isocenter.io.cells import NOTHING_THERE
from isocenter.io.geojson import GEOJSON
from isocenter.io.raw_labels import is_segmentation, one_channel_where_equal, open_raw_labels
from isocenter.io.table import TableCases, target_columns
from isocenter.stages.mask_values import count_values

_DAMAGE = (IsocenterError, OSError, ValueError, EOFError, zlib.error, MemoryError, IndexError, KeyError, TypeError)
"""What reading a damaged file may raise."""


class Trouble(Record):
    """Something of a case that cannot be opened or read."""

    what: str
    """"input t1", "target lungs"."""
    error: Exception


class RawMask(Record):
    """A mask file as it stands, before `values` or any reading of 0/255."""

    name: str
    """Target, "target@rater", "target[column]" or "region:column"."""
    target: str
    column: str
    classes: tuple[str, ...]
    image: Image
    coded: bool
    """The study says what the numbers mean (`values`), they number instances, or each channel is a class: not to be judged."""


class OpenedCase(Record):
    """Headers of one case, and its labels that are no files."""

    key: str
    patient: str
    inputs: Mapping[str, tuple[Image, ...]]
    """Images by input; a bag has several, a slide its overview."""
    masks: Mapping[str, RawMask]
    labels: Mapping[str, Value]
    """Other labels that opened."""
    missing: tuple[str, ...]
    """Inputs and targets whose cells are empty."""
    troubles: tuple[Trouble, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    """Inputs that are words."""
    slides: Mapping[str, Slide] = field(default_factory=dict)
    """Inputs that are slides."""
    graphs: frozenset[str] = frozenset()
    """Inputs that are graphs."""


class LoadedCase:
    """Arrays of one case. What fails to load is a trouble; the rest is looked at."""

    def __init__(self, opened: OpenedCase) -> None:
        self.opened = opened
        self.troubles: list[Trouble] = []
        self.images: list[tuple[str, Image, NDArray[Any]]] = []
        """(input, image, samples)"""
        self.masks: list[tuple[RawMask, NDArray[Any]]] = []
        for name, images in opened.inputs.items():
            for image in images:
                samples = self._load(f"input {name}", image)
                if samples is not None:
                    self.images.append((name, image, samples))
        for mask in opened.masks.values():
            samples = self._load(f"mask {mask.name}", mask.image)
            if samples is not None:
                self.masks.append((mask, one_channel_where_equal(samples)))

    @cached_property
    def values(self) -> dict[str, dict[float, int]]:
        """Counts by value of every mask of one channel."""
        return {mask.name: count_values(samples) for mask, samples in self.masks if samples.shape[0] == 1}

    def _load(self, what: str, image: Image) -> NDArray[Any] | None:
        try:
            return np.asarray(image.array())
        except _DAMAGE as error:
            self.troubles.append(Trouble(what=what, error=as_file_error(error)))
            return None


class Examination(Record):
    """All that checks may ask."""

    study: Study
    cases: TableCases
    folder: Path
    """Of the study file."""
    opened: Mapping[str, OpenedCase]
    seen: Mapping[str, Mapping[str, Any]]
    """Check -> case -> what its `look` returned; empty without the pixel pass."""


class Check(Record):
    """One kind of mistake."""

    name: str
    looks_for: str
    """A sentence, for `isocenter list checks` and the docs."""
    find: Callable[[Examination], Iterable[Finding]]
    look: Callable[[LoadedCase], Any] | None = None
    """Looks at one case's arrays; returns what `find` needs of them: small, None for nothing."""


CHECKS: Registry[Check] = Registry("check", "isocenter.stages.checks", "CHECK")


def open_case(study: Study, cases: TableCases, key: str) -> OpenedCase:
    """Open all headers of a case. Raises nothing."""
    case = cases[key]
    troubles: list[Trouble] = []
    inputs: dict[str, tuple[Image, ...]] = {}
    texts: dict[str, str] = {}
    slides: dict[str, Slide] = {}
    graphs: set[str] = set()
    for name in case.inputs:
        value = attempt(f"input {name}", partial(case.inputs.__getitem__, name), troubles)
        inputs[name] = _images(value)
        if isinstance(value, str):
            texts[name] = value
        if isinstance(value, Slide):
            slides[name] = value
        if isinstance(value, Graph):
            graphs.add(name)
    masks = {mask.name: mask for mask in _raw_masks(study, cases, case, troubles)}
    labels: dict[str, Value] = {}
    files = {t.name for t in study.targets if t.type == "mask"}
    for name in case.labels:
        if name.split("@")[0] not in files:
            label = attempt(f"target {name}", partial(case.labels.__getitem__, name), troubles)
            if label is not None:
                labels[name] = label
    missing = [f"input {name}" for name in study.inputs if name not in case.inputs]
    missing += [f"target {t.name}" for t in study.targets if t.name not in case.labels]
    return OpenedCase(
        key=key,
        patient=case.patient,
        inputs={name: images for name, images in inputs.items() if images},
        masks=masks,
        labels=labels,
        missing=tuple(missing),
        troubles=tuple(troubles),
        texts=texts,
        slides=slides,
        graphs=frozenset(graphs),
    )


def attempt(what: str, work: Callable[[], Any], troubles: list[Trouble]) -> Any:
    """Return what the work returns, or None and a trouble."""
    try:
        return work()
    except _DAMAGE as error:
        troubles.append(Trouble(what=what, error=as_file_error(error)))
        return None


def as_file_error(error: Exception) -> IsocenterError:
    """Return an error of ours for whatever a reader raised."""
    if isinstance(error, IsocenterError):
        return error
    return FileError(f"expected a readable file, got one that is damaged or cut short ({error}). Copy it again from its source.")


def _images(value: Input | None) -> tuple[Image, ...]:
    """The images of an input: one, those of a bag, a slide's overview, or none."""
    if isinstance(value, Slide):
        return (overview(value),)
    if isinstance(value, Image):
        return (value,)
    return value if isinstance(value, tuple) else ()


def _raw_masks(study: Study, cases: TableCases, case: Case, troubles: list[Trouble]) -> Iterator[RawMask]:
    """Open every mask file of a case as it stands, once it opens as what the study says."""
    key = case.key
    for target in study.targets:
        if target.type == "mask":
            for rater in target.readings:
                columns = target_columns(target, rater)
                name = f"{target.name}@{rater}" if rater else target.name
                if name not in case.labels:
                    continue
                opened = attempt(f"target {name}", partial(case.labels.__getitem__, name), troubles)
                if opened is None:
                    continue
                for column in columns:
                    yield from _raw_mask(
                        cases, key, target, name if len(columns) == 1 else f"{name}[{column}]", column, opened, troubles
                    )
    boxes = {t.region for t in study.targets if t.of_object}
    for column in dict.fromkeys(t.region for t in study.targets if t.region is not None):
        if column in case.regions:
            region = attempt(f"region {column}", partial(case.regions.__getitem__, column), troubles)
            if region is not None and column not in boxes:
                yield from _raw_mask(cases, key, None, f"region:{column}", column, region, troubles)


def _raw_mask(
    cases: TableCases, key: str, target: Target | None, name: str, column: str, opened: Mask, troubles: list[Trouble]
) -> Iterator[RawMask]:
    """One mask file, if the cell names one that opens."""
    cell = cases.cells(key)[column]
    if cell in ("", NOTHING_THERE):
        return
    path = cases.paths(key, column)[0]
    segments = path.suffix.lower() in GEOJSON or is_segmentation(path)  # drawn in classes by name
    image = opened.labels if segments else attempt(f"mask {name}", partial(open_raw_labels, path), troubles)
    if image is None:
        return
    whole = target is not None and len(target.columns) == 1
    yield RawMask(
        name=name,
        target=target.name if target is not None else name,
        column=column,
        classes=target.classes if target is not None and whole else ("background", column),
        image=image,
        coded=segments or (target is not None and bool(target.values or target.instances or (whole and target.overlapping))),
    )
