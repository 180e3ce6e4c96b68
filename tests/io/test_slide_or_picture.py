"""Sections come as slides or as pictures whose sample size is said."""

import numpy as np
import PIL.Image
import pytest

from isocenter.core.errors import FileError
from isocenter.core.slide import HeldSlide, overview
from isocenter.io.slide import FileSlide, NoResolution
from isocenter.io.slide_or_picture import coarse_picture, open_section

from .made_slide import picture, write_slide


def test_a_slide_is_opened_by_tile_and_a_picture_is_held(tmp_path):
    slide = open_section(write_slide(tmp_path / "s.tif"))
    assert isinstance(slide, FileSlide)
    PIL.Image.fromarray(picture().transpose(2, 1, 0)).save(tmp_path / "p.png")
    held = open_section(tmp_path / "p.png#2um")
    assert isinstance(held, HeldSlide)
    assert held.grid.spacing == (2.0, 2.0)
    np.testing.assert_array_equal(held.samples, picture())


def test_a_gray_picture_becomes_color(tmp_path):
    PIL.Image.fromarray(picture()[0].T).save(tmp_path / "g.png")
    assert open_section(tmp_path / "g.png#10x").samples.shape == (3, 600, 500)


def test_what_does_not_say_its_size_is_refused_with_a_remedy(tmp_path):
    PIL.Image.fromarray(picture()[0].T).save(tmp_path / "g.png")
    with pytest.raises(NoResolution, match=r"g.png#2um"):
        open_section(tmp_path / "g.png")
    with pytest.raises(FileError, match="no such file"):
        open_section(tmp_path / "none.png")


def test_a_coarse_picture_is_the_overview_read_by_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("isocenter.io.slide_or_picture._BLOCK", 320)
    slide = open_section(write_slide(tmp_path / "s.tif"))
    found = coarse_picture(slide, 8.0)
    assert found.shape == (3, 38, 31)
    np.testing.assert_allclose(found, overview(slide).array(), atol=1)
