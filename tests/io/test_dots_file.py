"""Bright spots of a picture are dots; what would be misread is refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from isocenter.core.errors import FileError
from isocenter.io.dots_file import FaintDots, LightGround
from isocenter.io.points_file import read_points

SIDE, DOTS = 40, 9


def drawn(folder: Path, dot, ground: int = 0, *, width: int = 2, shape: tuple[int, ...] = (SIDE, SIDE, 3)) -> Path:
    """Write nine square dots on a ground."""
    samples = np.full(shape, ground, np.uint8)
    for y in range(5, SIDE, 12):
        for x in range(5, SIDE, 12):
            samples[y : y + width, x : x + width] = dot
    Image.fromarray(samples).save(folder / "dots.png")
    return folder / "dots.png"


@pytest.mark.parametrize("dot", [(255, 255, 255), (255, 0, 0), (0, 0, 200), (140, 140, 0)])
def test_dots_of_any_bright_color_on_black_are_read(dot, tmp_path):
    assert len(read_points(drawn(tmp_path, dot), ())) == DOTS


def test_a_1_bit_map_is_read(tmp_path):
    assert len(read_points(drawn(tmp_path, 1, shape=(SIDE, SIDE)), ())) == DOTS


def test_single_samples_that_touch_count_each(tmp_path):
    path = drawn(tmp_path, 255, width=1, shape=(SIDE, SIDE))
    samples = np.array(Image.open(path))
    samples[5, 6] = 255
    Image.fromarray(samples).save(path)
    assert len(read_points(path, ())) == DOTS + 1


@pytest.mark.parametrize("dot", [(255, 0, 0), (0, 0, 0), (255, 255, 0)])
@pytest.mark.parametrize("ground", [255, 200])
def test_dots_on_a_light_ground_are_refused_with_the_remedy(dot, ground, tmp_path):
    with pytest.raises(
        LightGround, match=r"dots\.png, got one bright spot of \d+% of the picture: a light ground\. Invert it"
    ) as refused:
        read_points(drawn(tmp_path, dot, ground), ())
    assert isinstance(refused.value, FileError)


@pytest.mark.parametrize("dot", [100, 127, 2])
def test_dots_too_faint_to_be_any_are_refused_with_the_remedy(dot, tmp_path):
    with pytest.raises(
        FaintDots, match=rf"half of the range \(127.5\) in dots.png, got nothing above {dot}\. Export them in white"
    ):
        read_points(drawn(tmp_path, dot, shape=(SIDE, SIDE)), ())


def test_a_black_picture_holds_none(tmp_path):
    assert len(read_points(drawn(tmp_path, 0), ())) == 0
