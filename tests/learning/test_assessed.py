"""Where a label speaks is known by construction: a slice, a region, a region drawn on a coarser grid."""

import numpy as np
import pytest

from isocenter.core.case import Case
from isocenter.core.errors import GeometryError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.mask import Mask, held_mask
from isocenter.core.study import Target
from isocenter.learning.assessed import assessed

GRID = Grid(shape=(4, 4, 4), affine=as_affine(np.eye(4)), world="ras_mm")
WHOLE = Target(name="t", type="mask", columns=("m",), classes=("background", "t"))
REGION = WHOLE.model_copy(update={"scope": "region:lung"})
SLICE = WHOLE.model_copy(update={"scope": "slice:level"})


def case(*, lung: Mask | None = None, **covariates: float | str) -> Case:
    regions = {} if lung is None else {"lung": lung}
    return Case(key="a", patient="p", inputs={}, labels={}, covariates=covariates, regions=regions)


def coarse(*, origin: float = 0.5) -> Mask:
    """A region of 2 × 2 × 2 samples of 2 mm over the same cube; the first along x is inside."""
    matrix = np.diag([2.0, 2.0, 2.0, 1.0])
    matrix[:3, 3] = origin
    inside = np.zeros((2, 2, 2), np.uint8)
    inside[0] = 1
    return held_mask(inside, Grid(shape=(2, 2, 2), affine=as_affine(matrix), world="ras_mm"), ("outside", "inside"))


def test_an_exam_and_an_empty_cell_speak_of_everything():
    assert assessed(case(), WHOLE, GRID) is None
    assert assessed(case(), SLICE, GRID) is None
    assert assessed(case(), REGION, GRID) is None


def test_a_slice_is_counted_from_0_along_the_last_axis():
    where = assessed(case(level=3.0), SLICE, GRID)
    assert where is not None
    assert where[..., 3].all()
    assert where.sum() == 16


@pytest.mark.parametrize("level", [4.0, -1.0, 1.5, "third"])
def test_a_slice_that_is_not_there_is_refused(level):
    with pytest.raises(GeometryError, match="from 0 to 3 in column level of case a"):
        assessed(case(level=level), SLICE, GRID)


def test_a_region_on_a_coarser_grid_comes_over_by_its_place_in_the_world():
    where = assessed(case(lung=coarse()), REGION, GRID)
    assert where is not None
    assert where.all(axis=(1, 2)).tolist() == [True, True, False, False]


def test_a_region_that_covers_a_part_is_not_stretched_over_all():
    where = assessed(case(lung=coarse(origin=2.5)), REGION, GRID)  # 2 to 6 mm: the image ends at 4
    assert where is not None
    assert where[2:, 2:, 2:].all()
    assert where.sum() == 8


def test_a_region_elsewhere_in_the_patient_is_refused():
    with pytest.raises(GeometryError, match="elsewhere in the world"):
        assessed(case(lung=coarse(origin=100.0)), REGION, GRID)


def test_pictures_of_another_size_carry_no_place_to_match_them_by():
    lung = held_mask(np.ones((2, 2), np.uint8), plain_grid((2, 2)), ("outside", "inside"))
    with pytest.raises(GeometryError, match="case a: expected the region lung"):
        assessed(case(lung=lung), REGION, plain_grid((4, 4)))
    same = held_mask(np.eye(4, dtype=np.uint8), plain_grid((4, 4)), ("outside", "inside"))
    assert np.array_equal(assessed(case(lung=same), REGION, plain_grid((4, 4), spacing=(2, 2), world="plane_mm")), np.eye(4) > 0)
