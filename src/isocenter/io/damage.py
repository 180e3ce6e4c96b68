"""Damaged files become FileError, whatever the library that met the damage raised.

In:   a function that reads the file its first argument names.
Out:  the same function; numbers a damaged header makes overflow are kept off the terminal.
Not:  errors of ours pass unchanged, and so does lack of memory.
"""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, cast

import numpy as np

from isocenter.core.errors import FileError, IsocenterError

P = ParamSpec("P")
R = TypeVar("R")


def names_damage(read: Callable[Concatenate[Path, P], R]) -> Callable[Concatenate[Path, P], R]:
    """Return `read`, raising FileError with the file's name and the cause where a library raises anything else."""

    @wraps(read)
    def guarded(path: Path, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with np.errstate(all="ignore"):
                return read(path, *args, **kwargs)
        except (IsocenterError, MemoryError):
            raise
        except OSError as error:
            cause = error.strerror or str(error)
            raise FileError(f"{path}: expected a readable file, got: {cause}. Check its permissions and the disk.") from error
        except Exception as error:  # a header says what cannot be; libraries fail on it in every way there is
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise FileError(f"{path}: expected a whole file, got damage: {lines[0][:200]}. Copy or export it again.") from error

    return cast(Callable[Concatenate[Path, P], R], guarded)  # wraps() hides that path may be given by position
