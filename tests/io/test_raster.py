"""PNG, JPEG, GIF: depth, palette, alpha, rotation."""

from pathlib import Path

import imagecodecs
import numpy as np
import PIL.Image
import pytest

from isocenter.core.errors import FileError
from isocenter.io.raster import GRAY, RGB, load_raster, mask_palette, open_raster, write_index_png, write_png
from tests.io.phantoms import color_picture


def test_sixteen_bits_are_kept(tmp_path: Path) -> None:
    samples = (np.arange(35).reshape(1, 7, 5) * 1800).astype(np.uint16)
    write_png(samples, tmp_path / "a.png")
    image = open_raster(tmp_path / "a.png")
    assert image.array().dtype == np.uint16
    np.testing.assert_array_equal(image.array(), samples)


def test_sixteen_bits_of_color_are_kept_and_alpha_dropped(tmp_path: Path) -> None:
    rows = (np.arange(5 * 7 * 4).reshape(5, 7, 4) * 400).astype(np.uint16)
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(rows))
    image = open_raster(tmp_path / "a.png")
    assert image.channels == RGB
    np.testing.assert_array_equal(image.array(), rows[..., :3].transpose(2, 1, 0))


@pytest.mark.parametrize(("mode", "channels"), [("1", GRAY), ("L", GRAY), ("LA", GRAY), ("RGB", RGB), ("RGBA", RGB)])
def test_every_mode_gives_one_or_three_channels(tmp_path: Path, mode: str, channels: tuple[str, ...]) -> None:
    PIL.Image.new(mode, (7, 5)).save(tmp_path / "a.png")
    image = open_raster(tmp_path / "a.png")
    assert image.channels == channels
    assert image.array().shape == (len(channels), 7, 5)


def test_one_bit_pictures_are_zero_and_one(tmp_path: Path) -> None:
    PIL.Image.fromarray(np.eye(5, 7) > 0).save(tmp_path / "a.png")
    assert set(np.unique(load_raster(tmp_path / "a.png"))) == {0, 1}


def test_a_palette_is_applied_to_an_image_and_kept_as_indices_for_a_mask(tmp_path: Path) -> None:
    labels = np.arange(35, dtype=np.uint8).reshape(7, 5) % 4
    write_index_png(labels, tmp_path / "a.png")
    assert open_raster(tmp_path / "a.png").channels == RGB
    np.testing.assert_array_equal(open_raster(tmp_path / "a.png", indices=True).array()[0], labels)


def test_the_mask_palette_shows_every_class_and_none_gray() -> None:
    colors = np.array(mask_palette()).reshape(-1, 3)
    assert colors.shape == (256, 3)
    assert colors.min() >= 0
    assert colors.max() <= 255
    assert (np.ptp(colors[1:], axis=1) > 0).all()


def test_rotation_by_exif_is_applied_as_a_viewer_shows_it(tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # turn by a quarter
    PIL.Image.fromarray(color_picture().transpose(2, 1, 0)).save(tmp_path / "a.jpg", exif=exif)
    assert open_raster(tmp_path / "a.jpg").array().shape == (3, 5, 7)


def test_a_moving_gif_is_refused(tmp_path: Path) -> None:
    frames = [PIL.Image.new("L", (4, 4), v) for v in (0, 100, 200)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    with pytest.raises(FileError, match="3 frames"):
        open_raster(tmp_path / "a.gif")


def test_a_picture_cut_short_says_so_by_name(tmp_path: Path, rng: np.random.Generator) -> None:
    write_png(rng.integers(0, 255, (1, 99, 99)).astype(np.uint8), tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:900])
    with pytest.raises(FileError, match=r"a\.png: expected a whole picture"):
        open_raster(tmp_path / "a.png").array()


def test_fractions_do_not_fit_a_png(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="float32"):
        write_png(np.zeros((1, 3, 3), np.float32), tmp_path / "a.png")
