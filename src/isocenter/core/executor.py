"""Executor: here, in processes, or on Ray. The caller alone writes to the run folder."""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Executor(Protocol):
    """Each key once, as completed, a failure as a value."""

    def map(
        self, work: Callable[[T], R], items: Mapping[str, T], *, cpus: float = 1, gpus: float = 0
    ) -> Iterator[tuple[str, R | Exception]]:
        """Yield (key, result or exception) as they complete."""
        ...


class Here:
    """One after the other, in this process: always works, on every system."""

    def map(
        self, work: Callable[[T], R], items: Mapping[str, T], *, cpus: float = 1, gpus: float = 0
    ) -> Iterator[tuple[str, R | Exception]]:
        """Yield (key, result or exception) in order. `cpus` and `gpus` are asked of executors that have several."""
        del cpus, gpus
        for key, item in items.items():
            try:
                yield key, work(item)
            except Exception as error:  # a failure is a value: the caller decides what it means
                yield key, error
