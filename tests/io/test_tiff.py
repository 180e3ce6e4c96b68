"""TIFF: pages, axes, palette, white-is-zero."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import tifffile

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.io.tiff import open_tiff, write_tiff
from tests.io.phantoms import color_picture


@pytest.mark.parametrize("apart", [True, False], ids=["page by page", "at once"])
def test_pages_are_slices(tmp_path: Path, apart: bool) -> None:
    pages = np.arange(4 * 5 * 7, dtype=np.uint16).reshape(4, 5, 7)
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for page in pages if apart else [pages]:
            file.write(page, photometric="minisblack", contiguous=False, metadata=None)
    image = open_tiff(tmp_path / "a.tif")
    assert image.shape == (1, 7, 5, 4)
    np.testing.assert_array_equal(image.array()[0], pages.transpose(2, 1, 0))


def test_pages_of_different_size_are_refused(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(np.zeros((40, 30), np.uint8))
        file.write(np.zeros((20, 15), np.uint8))
    with pytest.raises(FileError, match="several images"):
        open_tiff(tmp_path / "a.tif")


def test_fractions_and_their_grid_read_back(tmp_path: Path, rng: np.random.Generator) -> None:
    samples = rng.normal(size=(2, 7, 5)).astype(np.float32)
    grid = Grid(shape=(7, 5), affine=as_affine(np.diag([0.2, 0.3, 1])), world="plane_mm")
    write_tiff(samples, grid, tmp_path / "a.tif", unit="mm", channels=("dx", "dy"))
    back = open_tiff(tmp_path / "a.tif")
    assert (back.unit, back.channels, back.grid.world) == ("mm", ("dx", "dy"), "plane_mm")
    assert back.grid.affine == grid.affine
    np.testing.assert_array_equal(back.array(), samples)


def test_a_volume_reads_back(tmp_path: Path) -> None:
    samples = np.arange(2 * 7 * 5 * 3, dtype=np.int16).reshape(2, 7, 5, 3)
    write_tiff(samples, plain_grid((7, 5, 3)), tmp_path / "a.tif", unit="1", channels=("0", "1"))
    np.testing.assert_array_equal(open_tiff(tmp_path / "a.tif").array(), samples)


def test_a_palette_is_applied_or_kept(tmp_path: Path) -> None:
    picture = PIL.Image.fromarray((np.arange(35, dtype=np.uint8) % 3).reshape(5, 7))
    picture.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
    picture.save(tmp_path / "a.tif")
    assert open_tiff(tmp_path / "a.tif").array()[:, 1, 0].tolist() == [255, 0, 0]
    assert open_tiff(tmp_path / "a.tif", indices=True).array()[0, :3, 0].tolist() == [0, 1, 2]


def test_white_is_zero_is_turned(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.array([[0, 55], [200, 255]], np.uint8), photometric="miniswhite")
    assert open_tiff(tmp_path / "a.tif").array()[0].T.tolist() == [[255, 200], [55, 0]]


def test_alpha_is_dropped(tmp_path: Path) -> None:
    rows = np.concatenate([color_picture().transpose(2, 1, 0), np.full((5, 7, 1), 9, np.uint8)], axis=2)
    tifffile.imwrite(tmp_path / "a.tif", rows, photometric="rgb", extrasamples=["unassalpha"])
    np.testing.assert_array_equal(open_tiff(tmp_path / "a.tif").array(), color_picture())


def test_a_tiff_cut_short_says_so_by_name(tmp_path: Path, rng: np.random.Generator) -> None:
    tifffile.imwrite(tmp_path / "a.tif", rng.integers(0, 255, (99, 99)).astype(np.uint8), compression="zlib")
    (tmp_path / "a.tif").write_bytes((tmp_path / "a.tif").read_bytes()[:700])
    with pytest.raises(FileError, match=r"a\.tif"):
        open_tiff(tmp_path / "a.tif").array()
