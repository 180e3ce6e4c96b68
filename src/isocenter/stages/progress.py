"""Progress: a bar with time left on standard error, for anything longer than two seconds.

Out:  `Progress` (rich, when a person is watching) and `Quiet`.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """What a long stage tells the one who waits."""

    def track(self, items: Iterable[T], *, total: int | None = None, label: str = "") -> Iterator[T]:
        """Yield the items, showing how far it is."""
        ...

    def say(self, text: str) -> None:
        """Show one line."""
        ...


class Quiet:
    """Shows nothing."""

    def track(self, items: Iterable[T], *, total: int | None = None, label: str = "") -> Iterator[T]:
        """Yield the items."""
        del total, label
        yield from items

    def say(self, text: str) -> None:
        """Show nothing."""
        del text


class Terminal:
    """Bars and lines on standard error; bars only where it is a terminal."""

    def track(self, items: Iterable[T], *, total: int | None = None, label: str = "") -> Iterator[T]:
        """Yield the items under a bar with the time left."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        console = Console(stderr=True)
        with Bar(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
            yield from bar.track(items, total=total, description=label)

    def say(self, text: str) -> None:
        """Print one line on standard error."""
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
