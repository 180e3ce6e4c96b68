"""A grid of other samples over the same extent."""

import numpy as np

from isocenter.core.grid import Grid, as_affine


def test_other_samples_over_the_same_extent_keep_its_borders_and_come_back():
    matrix = np.array([[1.5, -0.4, 0, 7], [0.3, 2.0, 0.1, -3], [0, 0.2, 10, 50], [0, 0, 0, 1]])
    grid = Grid(shape=(12, 10, 8), affine=as_affine(matrix), world="ras_mm")
    finer = grid.sampled((12, 10, 64))
    for border in (-0.5, 1):
        corner, other = ([border if border < 0 else n - 0.5 for n in shape] for shape in (grid.shape, finer.shape))
        np.testing.assert_allclose(grid.to_world([corner]), finer.to_world([other]))
    np.testing.assert_allclose(finer.spacing, (*grid.spacing[:2], grid.spacing[2] / 8))
    assert finer.sampled(grid.shape).same_as(grid)
