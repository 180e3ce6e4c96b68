"""One pair of sections: opened, registered, judged, and what was drawn on them carried over.

In:   a Pair, settings, the folder of its results.
Out:  PairResult: maps, likeness, errors of landmarks, findings, files.
Not:  no table of pairs (_sections_table.py), no page (_sections_page.py).

A pair that does not agree is given no moved picture and no carried annotation: a wrong place that looks right is worse than none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError, GeometryError, IsocenterError
from isocenter.core.finding import Finding
from isocenter.core.grid import Grid
from isocenter.core.record import Record
from isocenter.core.slide import MAP_UM, Slide, size_um
from isocenter.figures.sections import DrawnPair
from isocenter.imaging.sections.density import piece_mask, registered_channel
from isocenter.imaging.sections.plane_map import PlaneMap, look_up
from isocenter.imaging.sections.register import Registered, register
from isocenter.imaging.tissue import white_of
from isocenter.io.file_kind import split_fragment
from isocenter.io.geojson import GEOJSON
from isocenter.io.geojson_carried import carry_geojson
from isocenter.io.moved_slide import MovedSlide
from isocenter.io.points_file import read_points, write_points
from isocenter.io.pyramid_stream import Track, write_slide
from isocenter.io.slide import NoResolution
from isocenter.io.slide_or_picture import coarse_picture, open_section
from isocenter.io.transform_file import write_transform
from isocenter.metrics.target_registration_error import LandmarkError, landmark_error
from isocenter.pipelines._sections_cells import stain_cells
from isocenter.pipelines._sections_settings import SectionSettings
from isocenter.pipelines._sections_table import Pair

FINEST_WORKING_UM = 4.0
"""Finer, two sections hold nothing that is the same."""
ALIGNED, NOT_ALIGNED, REFUSED = "aligned", "not_aligned", "refused"


class PairResult(Record):
    """What became of one pair."""

    pair: Pair
    status: str
    """aligned, not_aligned, or refused (never registered: the findings say why)."""
    registered: Registered | None
    errors: Mapping[str, LandmarkError]
    """By step; empty without landmarks."""
    findings: Sequence[Finding]
    files: Sequence[Path]
    drawn: DrawnPair | None
    positive: NDArray[np.float64] | None = None
    """Of the cells, (N,): 1, 0, NaN = not on the moving slide; None without a table of them."""


def register_pair(pair: Pair, folder: Path, settings: SectionSettings, *, track: Track | None = None) -> PairResult:
    """Register one pair and write what there is to write. What cannot be read is a finding, so that the other pairs go on."""
    try:
        slides = open_section(pair.fixed), open_section(pair.moving)
        um = working_um(slides, settings.working_px)
        pictures = coarse_picture(slides[0], um), coarse_picture(slides[1], um)
    except NoResolution as error:
        return _refused(pair, _told(pair, "no_resolution", "sections that tell how large their samples are", error))
    except (FileError, GeometryError) as error:
        return _refused(pair, _told(pair, "unreadable", "two sections that can be read", error))
    if _one_file(pair) or np.array_equal(pictures[0], pictures[1]):
        return _refused(pair, _same(pair))
    try:
        made = register(
            pictures[0], pictures[1], um=um, stains=(settings.fixed_stain, settings.moving_stain), channel=settings.channel,
            turns=settings.turns, turn_over=settings.turn_over, mesh=settings.mesh, bound=settings.bound,
        )  # fmt: skip
    except GeometryError as error:
        return _refused(pair, _told(pair, "no_tissue", "tissue on both slides", error))
    aligned = made.likeness.aligned
    findings = [*_left_out(pair, made), *([] if aligned else [_not_aligned(pair, made)])]
    name = "transform" if aligned else "transform_not_aligned"
    files = [write_transform(made.map, folder / f"{name}.{settings.transform}")]
    errors, places = _landmarks(pair, slides, made, findings)
    positive = None
    if aligned:
        try:
            files += _moved(pair, slides, made.map, folder, settings, track)
        except FileError as error:
            findings.append(_told(pair, "moved_not_written", "whole tiles, and room for the moved slide", error))
        files += _carried(pair, slides, made.map, folder, findings)
        if pair.cells is not None:
            positive = _cells(pair, pair.cells, slides, pictures[1], made.map, folder, settings, findings)
            files += [folder / "cells.csv"] if positive is not None else []
    return PairResult(
        pair=pair, status=ALIGNED if aligned else NOT_ALIGNED, registered=made, errors=errors, findings=findings, files=files,
        drawn=_drawing(pictures, made, um, settings, places), positive=positive,
    )  # fmt: skip


def working_um(slides: tuple[Slide, Slide], working_px: int) -> float:
    """Return the size of the samples a map is found at."""
    longest = max(side for slide in slides for side in size_um(slide))
    return max(FINEST_WORKING_UM, *(slide.grid.spacing[0] for slide in slides), longest / working_px)


def _landmarks(
    pair: Pair, slides: tuple[Slide, Slide], made: Registered, findings: list[Finding]
) -> tuple[dict[str, LandmarkError], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the error of every step, in the fixed section's plane, and both kinds of places there."""
    nothing = np.zeros((0, 2)), np.zeros((0, 2))
    if pair.landmarks is None:
        return {}, nothing
    try:
        here, there = (_places(path, slide.grid) for path, slide in zip(pair.landmarks, slides, strict=True))
        diagonal = float(np.hypot(*size_um(slides[0])))
        carried = {name: step.move_back(there) for name, step in made.maps.items()}
        errors = {name: landmark_error(here, places, diagonal=diagonal) for name, places in carried.items()}
    except IsocenterError as error:
        findings.append(_told(pair, "landmarks_not_read", "the same landmarks on both sections, in one order", error, "warning"))
        return {}, nothing
    return errors, (here, carried[made.used])


def _places(path: Path, grid: Grid) -> NDArray[np.float64]:
    return np.asarray(read_points(path, (), grid=lambda: grid).world, np.float64)[:, :2]


def _moved(
    pair: Pair, slides: tuple[Slide, Slide], made: PlaneMap, folder: Path, settings: SectionSettings, track: Track | None
) -> list[Path]:
    """Write the moving section on the fixed one's glass."""
    if settings.moved == "none":
        return []
    fixed, moving = slides
    um = fixed.grid.spacing[0] if settings.moved == "full" else max(MAP_UM, fixed.grid.spacing[0])
    shown = MovedSlide(slide=moving, grid=fixed.grid, um_per_px=um, place=made.move)
    name = f"{pair.case} {made.matrix.tolist()} {made.offset.tolist()}"
    return [write_slide(shown, folder / "moved.ome.tif", um_per_px=um, name=name, track=track)]


def _carried(pair: Pair, slides: tuple[Slide, Slide], made: PlaneMap, folder: Path, findings: list[Finding]) -> list[Path]:
    """Write every annotation as it lies on the other section."""
    files: list[Path] = []
    for name, path in pair.drawn.items():
        forth = name.startswith("fixed_")
        grids = [slide.grid for slide in (slides if forth else slides[::-1])]
        carry: Callable[[NDArray[np.float64]], NDArray[np.float64]] = made.move if forth else made.move_back
        out = folder / f"{name}_on_{'moving' if forth else 'fixed'}{path.suffix.lower()}"
        try:
            if path.suffix.lower() in GEOJSON:
                lost = carry_geojson(path, out, finest=grids[0], target=grids[1], carry=carry)
            else:
                points = read_points(path, (), grid=lambda grid=grids[0]: grid)  # type: ignore[misc]
                there = carry(np.asarray(points.world[:, :2], np.float64))
                known = np.isfinite(there).all(axis=1)
                lost = int((~known).sum())
                kept = replace(points, world=there[known], kind=points.kind[known], score=points.score[known], extent=None)
                write_points(kept, out)
        except (IsocenterError, OSError) as error:
            findings.append(_told(pair, "annotation_not_read", f"annotations in column {name}", error, "warning"))
            continue
        files.append(out)
        if lost:
            findings.append(
                Finding(
                    code="annotation_not_carried", severity="warning", expected=f"a place for everything in column {name}",
                    got=f"none for {lost}", do="draw these again on the other section", cases=(pair.case,),
                )
            )  # fmt: skip
    return files


def _cells(
    pair: Pair, path: Path, slides: tuple[Slide, Slide], coarse: NDArray[np.uint8], made: PlaneMap, folder: Path,
    settings: SectionSettings, findings: list[Finding],
) -> NDArray[np.float64] | None:  # fmt: skip
    try:
        return stain_cells(
            path, folder / "cells.csv", made, slides[1], fixed_grid=slides[0].grid, unit=settings.cells_unit,
            white=white_of(coarse), cell_um=settings.cell_um, positive=settings.positive_dab,
        )  # fmt: skip
    except IsocenterError as error:
        findings.append(_told(pair, "cells_not_read", "a table of cells with x and y", error, "warning"))
        return None


def _drawing(
    pictures: tuple[NDArray[np.uint8], ...], made: Registered, um: float, settings: SectionSettings,
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> DrawnPair:  # fmt: skip
    fixed, moving = pictures
    shape = fixed.shape[1:]
    dye = registered_channel(moving, settings.moving_stain, settings.channel, um=um) * piece_mask(moving)
    light = 255 - look_up(made.map, 255.0 - moving, um, shape)  # glass beside the section
    return DrawnPair(
        fixed=fixed,
        moved=np.clip(np.rint(light), 0, 255).astype(np.uint8),
        fixed_dye=registered_channel(fixed, settings.fixed_stain, settings.channel, um=um) * piece_mask(fixed),
        moved_dye=look_up(made.map, dye[None], um, shape)[0],
        jacobian=made.map.jacobian() if made.mesh else None,
        um=um,
        fixed_landmarks=places[0],
        carried_landmarks=places[1],
    )


def _refused(pair: Pair, finding: Finding) -> PairResult:
    return PairResult(pair=pair, status=REFUSED, registered=None, errors={}, findings=[finding], files=[], drawn=None)


def _told(pair: Pair, code: str, expected: str, error: Exception, severity: str = "failure") -> Finding:
    """Return an error as a finding; its message says what to do."""
    got, _, do = str(error).partition(". ")
    return Finding(
        code=code, severity="warning" if severity == "warning" else "failure", expected=expected, got=got,
        do=do or "mend the file, or leave the pair out", cases=(pair.case,),
    )  # fmt: skip


def _one_file(pair: Pair) -> bool:
    return split_fragment(pair.fixed)[0].resolve() == split_fragment(pair.moving)[0].resolve()


def _same(pair: Pair) -> Finding:
    return Finding(
        code="same_picture", severity="failure", expected="two sections", got="one picture twice",
        do="give the other section of the pair: it would align perfectly, and tell nothing", cases=(pair.case,),
    )  # fmt: skip


def _not_aligned(pair: Pair, made: Registered) -> Finding:
    like = made.likeness
    found = "too little of both that overlaps"
    if not np.isnan(like.correlation):
        found = (
            f"correlation {like.correlation:.2f} in place, {like.aside:.2f} aside ({like.distance:.1f} SD between), outlines that "
            f"overlap {like.overlap:.2f}"
        )
    return Finding(
        code="not_aligned",
        severity="failure",
        expected="structures that agree in place and not aside",
        got=found,
        do="see the pair in the report. Is it one block? A section that was turned over: --set turn_over=true; more turns: --set "
        "turns=72; stains without hematoxylin: --set channel=density; small pieces on a large slide: --set working_px=800",
        cases=(pair.case,),
    )


def _left_out(pair: Pair, made: Registered) -> list[Finding]:
    return [
        Finding(
            code="step_left_out", severity="warning", expected="a map that neither folds nor stretches beyond its bound",
            got=f"{why}; {made.used} is used", cases=(pair.case,),
            do="look at the pair: a fold or tear of the tissue, or a poor start. Stiffer: --set mesh=4; looser: --set bound=3",
        )
        for why in made.refused
    ]  # fmt: skip
