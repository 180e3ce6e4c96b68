"""NumPy arrays by name."""

from pathlib import Path

import numpy as np
import pytest

from isocenter.core.errors import FileError
from isocenter.io.arrays import open_array
from isocenter.io.images import open_image


def test_an_array_is_chosen_by_name(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", vol=np.ones((4, 3, 2), np.float32), seg=np.zeros((4, 3, 2), np.uint8))
    image = open_image(tmp_path / "a.npz#vol")
    assert image.shape == (1, 4, 3, 2)
    assert image.grid.world == "px"
    assert image.array().sum() == 24


def test_several_arrays_without_a_name_are_listed(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", vol=np.ones((4, 3)), seg=np.ones((4, 3)))
    with pytest.raises(FileError, match="vol, seg"):
        open_array(tmp_path / "a.npz")


def test_a_wrong_name_gets_a_hint(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", volume=np.ones((4, 3)))
    with pytest.raises(FileError, match="Did you mean volume"):
        open_array(tmp_path / "a.npz", name="volum")


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[{"a": 1}]], object), allow_pickle=True)
    with pytest.raises(FileError, match="expected numbers"):
        open_array(tmp_path / "a.npy")
