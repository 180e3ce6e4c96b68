"""Skips: what happens to a case that cannot be read. It ends the stage, or is left out if the user said so — and is always named.

In:   a case's key and the work on it. Out: the result, or None for a case left out; skipped.json.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from isocenter.core.errors import FileError, IsocenterError
from isocenter.stages.run_folder import RunFolder

T = TypeVar("T")


class Skips:
    """The cases of one run that are left out, and why."""

    def __init__(self, run: RunFolder, *, allowed: bool = False) -> None:
        self._run = run
        self._allowed = allowed
        self.reasons: dict[str, str] = run.read_json("skipped.json", stage="run") if run.exists("skipped.json") else {}

    def start_anew(self) -> None:
        """Forget who was left out before: they may have been mended."""
        self.reasons = {}
        (self._run.path / "skipped.json").unlink(missing_ok=True)

    def leave_out(self, keys: Sequence[str], reason: str) -> None:
        """Leave some cases out, and note why."""
        self.reasons.update(dict.fromkeys(keys, reason))
        if keys:
            self._run.write_json("skipped.json", self.reasons)

    def without(self, keys: Sequence[str]) -> list[str]:
        """Return the keys that are not left out."""
        return [k for k in keys if k not in self.reasons]

    def guard(self, key: str, work: Callable[[], T]) -> T | None:
        """Do the work on a case; a case that fails ends it by its key, or is noted and left out."""
        try:
            return work()
        except (IsocenterError, OSError, ValueError, EOFError) as error:
            message = f"case {key}: {error}"
            if not self._allowed:
                raise FileError(message + " Mend the case, or leave such cases out with --skip-bad.") from error
            self.leave_out([key], str(error))
            return None
