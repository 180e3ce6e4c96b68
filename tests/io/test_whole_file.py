"""A file is there wholly or not at all."""

import errno
from pathlib import Path

import pytest

from isocenter.core.errors import FileError
from isocenter.io.whole_file import write_whole


def test_a_full_disk_keeps_the_old_file_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"old")

    def fill(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FileError, match=r"a\.bin: expected to write this file, got: No space left on device"):
        write_whole(tmp_path / "a.bin", fill)
    assert (tmp_path / "a.bin").read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    def stop(path: Path) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a.bin", stop)
    assert list(tmp_path.iterdir()) == []


def test_folders_are_made(tmp_path: Path) -> None:
    write_whole(tmp_path / "x" / "y" / "a.bin", lambda path: path.write_bytes(b"new"))
    assert (tmp_path / "x" / "y" / "a.bin").read_bytes() == b"new"


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a file")
    with pytest.raises(FileError, match="expected to write this file"):
        write_whole(tmp_path / "x" / "a.bin", lambda path: path.write_bytes(b"new"))
