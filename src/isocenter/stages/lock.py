"""One writer per run folder.

In:   a run folder. Out: a context in which nobody else writes. A lock left by a killed process is taken over.
A folder made for the lock goes with it if nothing was written there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from isocenter.core.errors import FileError, RunError


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. RunError when a living process holds it, FileError when the folder cannot be made or written."""
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"expected to make the folder {folder}, got {error.strerror}. Choose another --out.") from error
    path = folder / "lock"
    while True:
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            break
        except FileExistsError:
            owner = _owner(path)
            if owner is not None and owner != os.getpid() and _alive(owner):
                raise RunError(
                    f"expected to be alone in {folder}, but process {owner} writes there. Wait for it, or choose another --out."
                ) from None
            if owner == os.getpid():
                yield  # an outer stage of this process holds it
                return
            with suppress(FileNotFoundError):
                path.unlink()
        except OSError as error:
            raise FileError(f"expected to write {path}, got {error.strerror}. Free some space, or choose another --out.") from error
    try:
        with os.fdopen(handle, "w") as file:
            file.write(str(os.getpid()))
        yield
    finally:
        with suppress(FileNotFoundError):
            path.unlink()
        if new:
            with suppress(OSError):
                folder.rmdir()  # only an empty one goes


def _owner(path: Path) -> int | None:
    try:
        return int(path.read_text() or 0) or None
    except (FileNotFoundError, ValueError):
        return None


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
