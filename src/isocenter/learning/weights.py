"""Weights on disk: safetensors, which holds numbers and nothing that runs."""

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from isocenter.core.errors import FileError

NOT_WRITTEN = (OSError, SafetensorError)
"""What a full disk raises."""


def write_weights(network: nn.Module, path: Path) -> None:
    """Write a network's weights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.detach().contiguous().cpu() for name, tensor in network.state_dict().items()}, str(path))


def read_weights(network: nn.Module, path: Path) -> None:
    """Put weights into a network of the same shape. FileError when the file is missing, damaged or of another network."""
    try:
        network.load_state_dict(load_file(str(path)))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise FileError(
            f"expected weights of this network in {path}, got: {str(error).splitlines()[0]}. Train the run again."
        ) from error
