"""What a file is comes from its content."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from isocenter.core.errors import FileError
from isocenter.io.file_kind import file_kind, split_fragment
from isocenter.io.raster import write_png


def test_a_wrong_suffix_does_not_mislead(tmp_path: Path) -> None:
    write_png(np.zeros((1, 3, 2), np.uint8), tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.nii.gz")
    assert file_kind(tmp_path / "a.nii.gz") == "picture"


def test_a_name_with_a_hash_of_its_own_wins(tmp_path: Path) -> None:
    (tmp_path / "a#b.png").write_bytes(b"x")
    assert split_fragment(tmp_path / "a#b.png") == (tmp_path / "a#b.png", None)
    assert split_fragment(tmp_path / "a.png#b") == (tmp_path / "a.png", "b")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty file"),
        (b"%PDF-1.7", "PDF"),
        (b"hello, table\n", "none of these formats"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
        (gzip.compress(b"x" * 99999, mtime=0)[:12], "a.bin: expected a readable file"),
    ],
)
def test_what_is_no_image_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(FileError, match=said):
        file_kind(tmp_path / "a.bin")


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="Correct the path"):
        file_kind(tmp_path / "none.png")
