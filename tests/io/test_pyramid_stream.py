"""A streamed pyramid reads back as the slide it was made of, level by level, and is never whole in memory."""

import numpy as np
import pytest

from isocenter.core.image import held_image
from isocenter.core.slide import HeldSlide, corner_grid
from isocenter.io.pyramid_stream import TILE, levels_of, write_slide
from isocenter.io.slide import open_slide


class Waves:
    """A slide computed where it is read; notes the largest tile."""

    def __init__(self, shape, um):
        self.grid, self.um_per_px, self.largest = corner_grid(shape, um), um, 0

    def read(self, origin_um, shape_px, um_per_px):
        self.largest = max(self.largest, *shape_px)
        x, y = np.meshgrid(*(o + um_per_px * (np.arange(n) + 0.5) for o, n in zip(origin_um, shape_px, strict=True)), indexing="ij")
        samples = np.stack([128 + 90 * np.sin(x / 150), 128 + 90 * np.cos(y / 180), np.full(x.shape, 90.0)])
        return held_image(samples.astype(np.uint8), corner_grid(shape_px, um_per_px, origin_um=origin_um))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    slide = Waves((1300, 700), 0.5)
    shown = []

    def track(places, count):
        shown.append(count)
        yield from places

    path = write_slide(slide, tmp_path_factory.mktemp("s") / "s.ome.tif", um_per_px=0.5, name="waves", quality=95, track=track)
    return slide, open_slide(path), shown, path


def test_it_reads_back_at_every_level(written):
    slide, found, _, _ = written
    assert found.grid.shape == (1300, 700)
    assert found.um_per_px == pytest.approx(0.5)
    assert found.downsamples == (1.0, 2.0, 4.0, 8.0)
    for um in (0.5, 1.0, 4.0):
        truth = slide.read((40.0, 24.0), (64, 48), um).array().astype(int)
        assert np.abs(found.read((40.0, 24.0), (64, 48), um).array().astype(int) - truth).mean() < 2.5


def test_tiles_pass_one_by_one(written):
    slide, _, shown, _ = written
    assert slide.largest <= TILE
    assert shown == [3 * 2 + 2 + 1 + 1]


def test_the_same_slide_gives_the_same_bytes(written, tmp_path):
    again = write_slide(Waves((1300, 700), 0.5), tmp_path / "s.ome.tif", um_per_px=0.5, name="waves", quality=95)
    assert again.read_bytes() == written[3].read_bytes()


def test_levels_end_where_they_fit_a_square():
    slide = HeldSlide(samples=np.zeros((3, 1001, 300), np.uint8), finest_um=1.0, um_per_px=1.0)
    assert levels_of(slide, 1.0) == [(1001, 300), (501, 150), (251, 75)]
    assert levels_of(slide, 10.0) == [(100, 30)]
