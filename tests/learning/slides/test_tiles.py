"""Tiles of a slide whose tissue and regions are known."""

import numpy as np
import pytest

from isocenter.core.mask import held_mask
from isocenter.core.slide import HeldSlide, map_grid
from isocenter.learning.slides.tiles import RUN, find_tiles, read_run, runs_of, shares_of


def slide(width=320, height=256):
    """Tissue from 64 to 192 um along x and from 96 to 256 um along y."""
    samples = np.full((3, width, height), 245, np.uint8)
    rng = np.random.default_rng(0)
    samples[:, 64:192, 96:256] = rng.integers(90, 160, (3, 128, 160)).astype(np.uint8)[:, :, : height - 96]
    return HeldSlide(samples=samples, finest_um=1.0, um_per_px=1.0)


def test_tiles_lie_where_tissue_is():
    tiles = find_tiles(slide(), 32.0, least_tissue=0.5)
    assert tiles.shape == (10, 8)
    assert set(zip(tiles.columns.tolist(), tiles.rows.tolist(), strict=True)) == {(x, y) for x in (2, 3, 4, 5) for y in range(3, 8)}
    assert sorted(tiles.rows.tolist()) == tiles.rows.tolist()  # row by row
    assert tiles.grid.to_world([[0, 0]]).tolist() == [[16.0, 16.0]]


def test_an_empty_slide_has_no_tiles():
    blank = HeldSlide(samples=np.full((3, 300, 200), 245, np.uint8), finest_um=1.0, um_per_px=1.0)
    assert len(find_tiles(blank, 32.0, least_tissue=0.0)) == 0


def test_a_slide_that_is_no_whole_number_of_tiles_wide_keeps_its_border():
    tiles = find_tiles(slide(300, 250), 32.0, least_tissue=0.25)
    assert tiles.shape == (10, 8)
    assert tiles.rows.max() == 7


def test_runs_join_neighbors_and_are_read_at_once():
    tiles = find_tiles(slide(), 32.0, least_tissue=0.5)
    (run,) = runs_of(tiles, 4)
    assert tiles.columns[run].tolist() == [2, 3, 4, 5]
    read = read_run(slide(), tiles, run, 32)
    assert read.shape == (4, 3, 32, 32)
    assert np.array_equal(read[1], slide().samples[:, 96:128, 128:160])
    assert list(runs_of(tiles, 0)) == []


def test_runs_are_not_longer_than_memory_allows():
    wide = HeldSlide(samples=np.full((3, 40 * 32, 32), 120, np.uint8), finest_um=1.0, um_per_px=1.0)
    tiles = find_tiles(wide, 32.0, least_tissue=0.5)
    assert [len(run) for run in runs_of(tiles, 0)] == [RUN, RUN, 40 - 2 * RUN]


def test_shares_of_regions():
    tiles = find_tiles(slide(), 32.0, least_tissue=0.5)
    grid = map_grid(slide())  # samples of 8 um
    labels = np.zeros(grid.shape, np.uint8)
    labels[8:12, 12:14] = 1  # x 64 to 96, y 96 to 112: half of tile (2, 3)
    share = shares_of(held_mask(labels, grid, ("other", "ill")), tiles)
    where = int(np.flatnonzero((tiles.columns == 2) & (tiles.rows == 3))[0])
    assert share[1, where] == pytest.approx(0.5)
    assert share[1].sum() == pytest.approx(0.5)
    assessed = np.ones(grid.shape, bool)
    assessed[8:12, 12:15] = False  # three quarters of that tile
    told = shares_of(held_mask(labels, grid, ("other", "ill")), tiles, where=assessed)
    assert np.isnan(told[:, where]).all()
    assert np.isnan(told).sum() == 2


def test_a_map_has_glass_apart():
    tiles = find_tiles(slide(), 32.0, least_tissue=0.5)
    made = tiles.map(np.arange(len(tiles), dtype=float))
    assert np.isnan(made[0, 0])
    assert made[2, 3] == 0.0
