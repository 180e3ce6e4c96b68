"""What is written as a pyramid reads back, level by level."""

import numpy as np
import pytest
import tifffile

from isocenter.core.errors import FileError
from isocenter.io.pyramid import write_pyramid
from isocenter.io.slide import open_slide
from tests.io.made_slide import RGB, picture, write_slide


def test_a_picture_reads_back_equal_and_the_same_call_writes_the_same_bytes(tmp_path):
    first, second = write_slide(tmp_path / "a.ome.tif"), write_slide(tmp_path / "b.ome.tif")
    with tifffile.TiffFile(first) as file:
        assert file.is_ome
        assert [level.shape for level in file.series[0].levels] == [(500, 600, 3), (250, 300, 3), (125, 150, 3)]
    assert (open_slide(first).read((0.0, 0.0), (600, 500), 0.5).array() == picture()).all()
    assert first.read_bytes() == second.read_bytes()


def test_a_map_keeps_what_is_not_told(tmp_path):
    heat = np.random.default_rng(0).random((1, 300, 270)).astype(np.float32)
    heat[0, :100] = np.nan
    with tifffile.TiffFile(write_pyramid(heat, tmp_path / "map.ome.tif", um_per_px=64.0, channels=("carcinoma",))) as file:
        assert np.array_equal(file.series[0].asarray().T.reshape(300, 270), heat[0], equal_nan=True)
        assert 'PhysicalSizeX="64.0"' in file.ome_metadata
        assert 'Name="carcinoma"' in file.ome_metadata
        coarse = file.series[0].levels[1].asarray().T.reshape(150, 135)
    assert np.isnan(coarse[:50]).all()
    assert coarse[60, 60] == pytest.approx(heat[0, 120:122, 120:122].mean())


def test_what_a_pyramid_cannot_hold_is_refused(tmp_path):
    with pytest.raises(FileError, match="8-bit color or float32"):
        write_pyramid(np.zeros((3, 8, 8), np.uint16), tmp_path / "x.tif", um_per_px=1.0, channels=RGB)
