"""Slides are read by place and resolution, from the level that is fine enough."""

import builtins
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tifffile

from isocenter.core.errors import FileError, GeometryError, MissingExtra
from isocenter.core.slide import Slide, overview
from isocenter.io.slide import NoResolution, open_slide
from tests.io.made_slide import picture, write_slide


@pytest.fixture
def path(tmp_path):
    return write_slide(tmp_path / "slide.tif")


def test_a_tile_is_what_lies_there(path):
    slide = open_slide(path)
    assert isinstance(slide, Slide)
    assert (slide.grid.shape, slide.grid.spacing, slide.um_per_px) == ((600, 500), (0.5, 0.5), 0.5)
    assert (slide.read((100.0, 50.0), (64, 32), 0.5).array() == picture()[:, 200:264, 100:132]).all()


@pytest.mark.parametrize("um", [1.0, 2.0, 1.3])
def test_a_coarser_tile_is_close_to_the_mean(path, um):
    slide = open_slide(path, at=f"{um} um")
    tile = slide.read((60.0, 60.0), (80, 60), slide.um_per_px).array().astype(float)
    fine = picture()[:, 120 : 120 + int(160 * um), 120 : 120 + int(120 * um)].astype(float)
    assert tile.shape == (3, 80, 60)
    assert np.abs(tile.mean(axis=(1, 2)) - fine.mean(axis=(1, 2))).max() < 1.5


def test_beside_the_slide_there_is_glass(path):
    tile = open_slide(path).read((-10.0, 240.0), (40, 40), 0.5).array()
    assert (tile[:, :20] == 255).all()
    assert (tile[:, :, 20:] == 255).all()
    assert (tile[:, 20:, :20] == picture()[:, :20, 480:]).all()


def test_an_overview_of_an_odd_pyramid_stays_in_place(tmp_path):
    samples = picture(1501, 1003)
    shown = overview(open_slide(write_slide(tmp_path / "odd.tif", samples)))
    coarse = samples[:, : 93 * 16, : 62 * 16].reshape(3, 93, 16, 62, 16).mean(axis=(2, 4))
    assert np.abs(shown.array()[:, :93, :62] - coarse).mean() < 1.0


def test_a_slide_travels_and_is_read_by_threads(path):
    slide = pickle.loads(pickle.dumps(open_slide(path)))
    with ThreadPoolExecutor(3) as pool:
        tiles = list(pool.map(lambda n: slide.read((20.0 * n, 100.0), (32, 32), 0.5).array(), range(9)))
    assert all((tile == picture()[:, 40 * n : 40 * n + 32, 200:232]).all() for n, tile in enumerate(tiles))


def test_a_slide_without_resolution_says_where_to_write_it(tmp_path):
    path = tmp_path / "plain.tif"
    tifffile.imwrite(path, np.ascontiguousarray(picture().transpose(2, 1, 0)), tile=(256, 256), photometric="rgb")
    with pytest.raises(NoResolution, match=r"got none.*plain\.tif#0\.25um"):
        open_slide(path)
    stated = open_slide(path.with_name("plain.tif#0.25um"), at="20x")
    assert (stated.grid.spacing[0], stated.um_per_px) == (0.25, 0.5)


def test_dots_per_inch_are_no_resolution_of_a_scan(tmp_path):
    path = write_slide(tmp_path / "dpi.tif", um=25400 / 72)
    with pytest.raises(NoResolution, match=r"352\.8"):
        open_slide(path)


def test_a_slide_is_not_read_finer_than_it_was_scanned(path):
    with pytest.raises(GeometryError, match=r"scanned at 40x or finer, got samples of 0\.5 um \(20x\)"):
        open_slide(path, at="40x")


def test_what_is_no_slide_is_named(tmp_path):
    (tmp_path / "notes.tif").write_bytes(b"II*\0" + bytes(40))
    with pytest.raises(FileError, match="expected a slide"):
        open_slide(tmp_path / "notes.tif")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG" + bytes(40))
    with pytest.raises(FileError, match="another kind"):
        open_slide(tmp_path / "photo.png")


def test_without_the_extra_its_command_is_printed(path, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "tiffslide":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r"pip install 'isocenter\[slides\]'"):
        open_slide(path)
