"""Damage of any kind is a FileError that names the file; nothing is printed."""

import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from isocenter.core.errors import FileError, IsocenterError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.damage import names_damage
from isocenter.io.images import open_image
from isocenter.io.masks import open_mask
from isocenter.io.write import write_image
from tests.io.phantoms import color_picture, ramp_volume
from tests.io.synthetic_dicom import CT, dataset, save


@names_damage
def _read(path: Path, error: Exception) -> None:
    del path
    raise error


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), AttributeError("x"), OSError(5, "I/O error")])
def test_any_error_names_the_file_and_its_cause(error: Exception) -> None:
    with pytest.raises(FileError, match=r"^a\.dcm: expected .*(x|I/O error)"):
        _read(Path("a.dcm"), error)


def test_lack_of_memory_and_errors_of_ours_pass() -> None:
    for error in (MemoryError("x"), IsocenterError("x")):
        with pytest.raises(type(error)):
            _read(Path("a.dcm"), error)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "a.png", "a.tif", "a.mha", "a.nrrd", "a.dcm"])
def test_random_bytes_in_a_file_never_crash_a_reader(
    tmp_path: Path, rng: np.random.Generator, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    if name == "a.dcm":
        save(dataset(np.ones((9, 8), np.uint16), sop_class=CT, modality="CT", RescaleSlope=1, RescaleIntercept=0), tmp_path / name)
    elif name in ("a.png", "a.tif"):
        write_image(held_image(color_picture(), plain_grid((7, 5))), tmp_path / name)
    else:
        write_image(held_image(ramp_volume()[None], plain_grid((13, 11, 6))), tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(150):
            broken = bytearray(whole[: rng.integers(1, len(whole))] if rng.random() < 0.3 else whole)
            for place in rng.integers(0, min(len(broken), 700), rng.integers(1, 12)):
                broken[place] = rng.integers(256)
            (tmp_path / name).write_bytes(bytes(broken))
            for read in (open_image, lambda path: open_mask(path, ("background", "a")).labels):
                with suppress(IsocenterError):
                    read(tmp_path / name).array()
    if name != "a.mha":  # ITK's own parser of this format writes to the terminal whatever one asks of it
        assert capfd.readouterr() == ("", "")
