"""NumPy arrays by name."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from isocenter.core.errors import FileError
from isocenter.io import arrays
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


def test_a_member_of_a_stack_is_a_picture_whose_x_is_the_column(tmp_path: Path) -> None:
    stack = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)  # two pictures of 3 rows and 4 columns
    np.savez_compressed(tmp_path / "set.npz", images=stack, labels=np.zeros((2, 1), np.uint8))
    image = open_image(tmp_path / "set.npz#images[1]")
    assert image.shape == (1, 4, 3)
    assert image.array()[0, 3, 0] == stack[1, 0, 3]


def test_a_stack_of_colors_and_one_of_volumes(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", color=np.zeros((2, 5, 4, 3), np.uint8), volume=np.zeros((2, 5, 4, 6), np.float32))
    color = open_image(tmp_path / "set.npz#color[0]")
    assert color.channels == ("red", "green", "blue")
    assert color.array().shape == (3, 4, 5)
    assert open_image(tmp_path / "set.npz#volume[0]").array().shape == (1, 5, 4, 6)


def test_a_stack_without_a_name(tmp_path: Path) -> None:
    np.save(tmp_path / "set.npy", np.arange(12.0).reshape(3, 2, 2))
    assert open_image(tmp_path / "set.npy#[2]").array().max() == 11


def test_a_number_the_stack_does_not_have_and_an_array_that_is_no_stack_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", images=np.zeros((2, 3, 4)), one=np.zeros((3, 4)))
    with pytest.raises(FileError, match=r"\[0\] to \[1\], got \[2\]"):
        open_image(tmp_path / "set.npz#images[2]")
    with pytest.raises(FileError, match="expected a stack"):
        open_image(tmp_path / "set.npz#one[0]")


def test_a_stack_is_read_once_for_all_its_members_and_again_when_the_file_changes(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "set.npz"
    np.savez(path, images=np.zeros((3, 2, 2), np.uint8))
    reads = []
    whole = arrays._samples
    monkeypatch.setattr(arrays, "_samples", lambda *a, **k: reads.append(1) or whole(*a, **k))
    for index in range(3):
        assert open_image(tmp_path / f"set.npz#images[{index}]").array().max() == 0
    assert len(reads) == 1
    np.savez(path, images=np.ones((4, 2, 2), np.uint8))
    assert open_image(tmp_path / "set.npz#images[0]").array().max() == 1


def test_what_is_read_of_a_stack_may_be_changed_without_changing_the_stack(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", images=np.zeros((2, 2, 2), np.uint8))
    image = open_image(tmp_path / "set.npz#images[0]")
    samples = image.array()
    samples[:] = 7
    assert image.array().max() == 0


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("compressed", [False, True])
def test_samples_are_numpys_own_and_may_be_changed(tmp_path: Path, order: str, compressed: bool) -> None:
    vol = np.asarray(np.random.default_rng(0).normal(size=(5, 4, 3)), order=order)
    (np.savez_compressed if compressed else np.savez)(tmp_path / "a.npz", vol=vol)
    samples = open_array(tmp_path / "a.npz").array()
    np.testing.assert_array_equal(samples[0], vol)
    samples += 1


def test_a_file_that_ends_early_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((40, 30)))
    (tmp_path / "a.npy").write_bytes((tmp_path / "a.npy").read_bytes()[:-8])
    with pytest.raises(FileError, match="bytes where the header promises"):
        open_array(tmp_path / "a.npy").array()


def test_many_threads_read_headers_at_once(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", vol=np.zeros((3, 3)))
    with ThreadPoolExecutor(8) as pool:
        shapes = list(pool.map(lambda _: open_array(tmp_path / "a.npz").shape, range(400)))
    assert set(shapes) == {(1, 3, 3)}
