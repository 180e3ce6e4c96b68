"""Weights come back as they were; a file of another network is named."""

import pytest
import torch
from torch import nn

from isocenter.core.errors import FileError
from isocenter.learning.weights import read_weights, write_weights


def test_weights_come_back_bit_for_bit(tmp_path):
    first, second = nn.Conv2d(2, 3, 3), nn.Conv2d(2, 3, 3)
    write_weights(first, tmp_path / "w.safetensors")
    read_weights(second, tmp_path / "w.safetensors")
    assert torch.equal(first.weight, second.weight)


def test_weights_of_another_network_are_refused(tmp_path):
    write_weights(nn.Conv2d(2, 3, 3), tmp_path / "w.safetensors")
    with pytest.raises(FileError, match="Train the run again"):
        read_weights(nn.Conv2d(2, 4, 3), tmp_path / "w.safetensors")


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / "w.safetensors").write_bytes(b"not weights")
    with pytest.raises(FileError, match="Train the run again"):
        read_weights(nn.Conv2d(2, 4, 3), tmp_path / "w.safetensors")
