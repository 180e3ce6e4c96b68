"""Writing a file wholly or not at all.

In:   a path, and a function that writes to the path it is given.
Out:  the file, complete; on a full disk or a kill the old one, or none.
Not:  no format is known here.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from isocenter.core.errors import FileError


def write_whole(path: Path, write: Callable[[Path], Any]) -> Path:
    """Write beside, then rename. Makes the folder. FileError with the cause; no half file is left. Returns the path."""
    beside = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(beside)
        beside.replace(path)
    except OSError as error:
        _remove(beside)
        if isinstance(error, FileError):
            raise
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise FileError(f"{path}: expected to write this file, got: {reason}. Free space, or choose another folder.") from error
    except BaseException:
        _remove(beside)
        raise
    return path


def _remove(path: Path) -> None:
    """Remove a file that may not be there."""
    with suppress(OSError):
        path.unlink()
