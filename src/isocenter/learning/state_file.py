"""Training state on disk: whole or not at all.

Read with torch's restricted unpickler (tensors, numbers, text), since a run folder may come from a stranger.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from isocenter.core.errors import FileError, RunError


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write a state under a temporary name, flush it to disk, rename it. FileError on a full disk: the old state stays."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(temporary, "wb") as file:
            torch.save(dict(state), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:
        temporary.unlink(missing_ok=True)
        raise FileError(
            f"expected to save the training state to {path}, got: {error}. The state before is kept. Free some space, then run the "
            "same command again; it goes on from there."
        ) from error


def read_state(path: Path) -> Mapping[str, Any] | None:
    """Return the state, or None when there is none. RunError when the file is damaged."""
    if not path.exists():
        return None
    try:
        state: Mapping[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise RunError(f"expected a training state in {path}, got: {error}. Delete the file to train from the start.") from error
    return state
