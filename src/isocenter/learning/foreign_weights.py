"""Weights made elsewhere, or by another run, put into an encoder: names are translated, and only what fits is taken.

In:   a run folder, a .safetensors file, or a .pt/.pth file that holds a state dict; encoders.
Out:  Taken: which of the encoder's tensors came from there, which not; the encoders, changed.
Not:  nothing is fetched; nothing pickled is executed (torch's restricted unpickler: tensors, numbers, text).

Known are the names of torchvision, timm and torchxrayvision for DenseNet-121 and ResNet-18, MONAI's, and our own. A first
convolution for another number of channels is rewritten so that a gray image, shown in every channel, gives the same response: the
weights of its channels are added up and divided by the new number of channels.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from isocenter.core.errors import FileError
from isocenter.core.record import Record
from isocenter.learning.encoder import Features

WRAPPERS = frozenset(
    {"module", "model", "backbone", "encoder", "features", "fusion", "network", "net", "trunk", "layers", "densenet121", "resnet18"}
)
"""What others put before the names of an encoder."""
DICTS = ("state_dict", "model_state_dict", "model", "network", "weights")
"""Keys under which a checkpoint keeps its state dict."""
KINDS = {"densenet121": re.compile(r"^denseblock4\.denselayer16\."), "resnet18": re.compile(r"^layer4\.1\.conv2\.")}
"""A name only that encoder has."""
SHOWN = 4


class Taken(Record):
    """What became of weights."""

    source: str
    taken: tuple[str, ...]
    """Tensors of the encoders that came from the file."""
    adapted: tuple[str, ...]
    """Those among them whose input channels were changed."""
    missing: tuple[str, ...]
    """Tensors of the encoders that stayed as they were: not in the file, or of another shape there."""
    left: tuple[str, ...]
    """Tensors of the file nothing was made of."""
    statistics: bool
    """The means and variances of every normalization came along."""

    def sentence(self) -> str:
        """Say how much was taken."""
        total = len(self.taken) + len(self.missing)
        said = f"{len(self.taken)} of the encoder's {total} tensors come from there"
        if self.adapted:
            said += f"; {', '.join(self.adapted)} was fitted to the number of channels"
        return said + (f"; not {_few(self.missing)}" if self.missing else "")


def read_foreign(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a file, or of a run folder's model, by name. FileError when there are none to be read."""
    file = path
    if path.is_dir():
        file = next((f for f in (path / "model" / "weights.safetensors", path / "weights.safetensors") if f.is_file()), path)
    if not file.is_file():
        found = "a folder without model/weights.safetensors" if path.is_dir() else "nothing there"
        raise FileError(
            f"expected a run folder with a trained network, or a file of weights, in {path}, got {found}. Give the path of a run "
            "that has been trained, or of a .safetensors or .pt file; relative paths start where the command is run."
        )
    try:
        held: Any = (
            load_file(str(file)) if file.suffix == ".safetensors" else torch.load(file, map_location="cpu", weights_only=True)
        )
    except UnpicklingError as error:
        raise FileError(
            f"expected a state dict of tensors in {path}, got a file that wants to run code: nothing of it was run. In the program "
            "it was made with, save the numbers alone: torch.save(model.state_dict(), 'weights.pt')"
        ) from error
    except (OSError, SafetensorError, RuntimeError, EOFError, ValueError) as error:
        raise FileError(
            f"expected weights in {path}, got: {str(error).splitlines()[0]}. Give a .safetensors file, or a .pt file of a "
            "state dict."
        ) from error
    tensors = _tensors(held)
    if not tensors:
        raise FileError(
            f"expected a state dict of tensors in {path}, got {type(held).__name__} without any. Save model.state_dict()."
        )
    return tensors


def _tensors(held: Any) -> dict[str, Tensor]:
    """Return the state dict in what a file holds: itself, or under a usual key."""
    if not isinstance(held, Mapping):
        return {}
    found = {str(name): value for name, value in held.items() if isinstance(value, Tensor)}
    return found or next((inner for key in DICTS if (inner := _tensors(held.get(key)))), {})


def plain_name(name: str) -> str:
    """Return a tensor's name as all sources have it in common."""
    parts = name.split(".")
    while len(parts) > 1 and (parts[0] in WRAPPERS or (parts[0] == "encoders" and parts[1].isdigit())):
        parts = parts[2:] if parts[0] == "encoders" else parts[1:]
    plain = ".".join(parts)
    plain = re.sub(r"(denselayer\d+)\.layers\.", r"\1.", plain)  # MONAI's
    return re.sub(r"(denselayer\d+\.(?:norm|conv))\.(\d)\.", r"\1\2.", plain)  # torchvision's first release


def encoder_kind(names: Iterable[str]) -> str:
    """Return the encoder whose tensors these are, "" when the names tell none."""
    plain = [plain_name(name) for name in names]
    return next((kind for kind, pattern in KINDS.items() if any(pattern.match(name) for name in plain)), "")


def take_weights(encoders: Mapping[str, Features], tensors: Mapping[str, Tensor], *, source: str) -> Taken:
    """Put into the encoders (by their name in the network) what fits. FileError when fewer than half of their weights do."""
    taken: list[str] = []
    adapted: list[str] = []
    missing: list[str] = []
    used: set[str] = set()
    weights, statistics = 0, True
    for place, encoder in encoders.items():
        given = {plain_name(name): name for name in _of_encoder(tensors, place)}
        state = encoder.state_dict()
        learned = {name for name, _ in encoder.named_parameters()}
        first = next((name for name, tensor in state.items() if tensor.ndim >= 4), "")
        for name, mine in state.items():
            theirs = tensors.get(given.get(plain_name(name), ""))
            fitted = None if theirs is None else _fitted(theirs, mine, first=name == first)
            if fitted is None:
                if name.rpartition(".")[2] != "num_batches_tracked":
                    missing.append(f"{place}.{name}")
                    statistics &= name in learned
                continue
            state[name] = fitted
            used.add(given[plain_name(name)])
            taken.append(f"{place}.{name}")
            weights += name in learned
            if theirs is not None and theirs.shape != mine.shape:
                adapted.append(f"{place}.{name}")
        encoder.load_state_dict(state)
    total = sum(1 for encoder in encoders.values() for _ in encoder.parameters())
    if 2 * weights < total:
        raise FileError(
            f"expected weights of this encoder in {source}, got a file of which {weights} of {total} fit by name and shape "
            f"(not {_few(missing)}). Leave `encoder` and `encoder_settings` to the plan, set those the weights were made with, or "
            "start from another file."
        )
    return Taken(
        source=source,
        taken=tuple(taken),
        adapted=tuple(adapted),
        missing=tuple(missing),
        left=tuple(name for name in tensors if name not in used),
        statistics=statistics,
    )


def _of_encoder(tensors: Mapping[str, Tensor], place: str) -> list[str]:
    """Return the names that belong to one encoder: that of the same place in a network of ours, else its first, else all."""
    for start in (f"{place}.", "fusion.encoder.", "fusion.encoders.0."):
        names = [name for name in tensors if name.startswith(start)]
        if names:
            return names
    return list(tensors)


def _fitted(theirs: Tensor, mine: Tensor, *, first: bool) -> Tensor | None:
    """Return their tensor as ours must be; None when it cannot."""
    if theirs.shape == mine.shape:
        return theirs.to(mine.dtype)
    same_but_channels = theirs.ndim == mine.ndim and theirs.shape[0] == mine.shape[0] and theirs.shape[2:] == mine.shape[2:]
    if not (first and same_but_channels):
        return None
    gray = theirs.to(mine.dtype).sum(dim=1, keepdim=True)  # (F, 1, *k): the response to the same image in every channel
    return (gray / mine.shape[1]).expand_as(mine).clone()


def _few(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:SHOWN]) + (f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else "")
