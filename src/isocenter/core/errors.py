"""Every error the product raises on purpose, in one tree.

    IsocenterError                 status 3: failed
    ├── StudyError                 status 2: the study file or a setting is written wrongly
    ├── UnknownName                status 2: a name that is not there, with "did you mean"
    ├── FileError                  a file cannot be read or written
    ├── GeometryError              two things that should share a grid do not, or a grid makes no sense
    ├── UnitError                  a quantity came in another unit than the method is defined for
    ├── PlanError                  a plan cannot be carried out
    │   └── SettingError           status 2: a setting is misspelled, or its value is none it can have
    ├── RunError                   a run folder is missing something, or is in use
    │   └── Diverged               a training's loss is no longer a number
    └── MissingExtra               an optional package is needed; the message is the command that installs it

A message says what was expected, what came, and what to do. Messages that travel name case keys, never patients.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class IsocenterError(Exception):
    """Anything the product refuses to do, with the reason and the remedy."""

    status: ClassVar[int] = 3
    """Exit status of the command: 2 used wrongly, 3 failed. (1 is a finding, not an error.)"""


class StudyError(IsocenterError, ValueError):
    """A study file, a table or a setting is written wrongly."""

    status: ClassVar[int] = 2


class UnknownName(IsocenterError, LookupError):
    """A name that is not there."""

    status: ClassVar[int] = 2

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        super().__init__(unknown(what, name, known))


class FileError(IsocenterError, OSError):
    """A file cannot be read or written."""

    def __str__(self) -> str:
        """Return the message alone, without the error number OSError may add."""
        return str(self.args[0]) if self.args else ""


class GeometryError(IsocenterError, ValueError):
    """Two arrays that should share a grid do not, or a grid makes no sense."""


class UnitError(IsocenterError, ValueError):
    """A quantity came in another unit than the method is defined for."""


class PlanError(IsocenterError, ValueError):
    """A plan cannot be carried out."""


class SettingError(PlanError):
    """A setting of a method is misspelled, or its value is none it can have."""

    status: ClassVar[int] = 2


class RunError(IsocenterError, RuntimeError):
    """A run folder lacks something, or another process writes to it."""


class Diverged(RunError):
    """A training's loss is no longer a number: its settings are at fault, not the folder or the data."""


class MissingExtra(IsocenterError, ImportError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"expected the package {package}, which is not installed. Install it with: pip install 'isocenter[{extra}]'"
        )


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return the sentence for a name that is not among those known, with the nearest ones.

    what : the kind of thing, singular ("column", "method")
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return f"unknown {what} {name!r}.{hint} Known: {shown or 'none'}."
