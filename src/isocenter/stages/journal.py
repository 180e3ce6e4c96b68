"""The run folder as a training's journal: log.csv, state.pt, good.pt, looks/, and the two reasons to stop.

In:   a run folder, minutes it may take (None = no clock: the steps were asked for, by the user or by a plan repeated).
Out:  a core Journal. Ctrl-C asks for an end after the step in hand; the safety clock ends one far over its time, and says so.
"""

import csv
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.learning.state_file import read_state, write_state
from isocenter.stages.looks import LOOKS, write_look
from isocenter.stages.progress import Progress
from isocenter.stages.run_folder import RunFolder

PATIENCE = 1.25
"""How far over its minutes a training may run before the clock ends it."""
SAY_EVERY_S = 10.0
STATE, GOOD = "state.pt", "good.pt"
"""What a training is taken up from; what it goes back to where it diverges."""


class RunJournal:
    """Journal of one training."""

    def __init__(self, run: RunFolder, *, steps: int, minutes: float | None, progress: Progress) -> None:
        self.scratch: Path = run.path / "scratch"
        self.interrupted = False
        self.clock_ended = False
        self.steps = steps
        self._run = run
        self._minutes = minutes
        self._progress = progress
        self._last_said = 0.0
        self._log = run.path / "log.csv"
        self._columns: list[str] = _columns(self._log)
        self._minutes_done = 0.0
        self._step = 0

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Append a line to log.csv and say, now and then, how far it is."""
        self._step = step
        self._minutes_done = float(values.get("minutes", self._minutes_done))
        self._write(step, values)
        now = time.monotonic()
        if now - self._last_said >= SAY_EVERY_S or step >= self.steps:
            self._last_said = now
            left = self._minutes_done / max(step, 1) * max(self.steps - step, 0)
            shown = "  ".join(f"{n} {v:.3g}" for n, v in values.items() if n not in ("minutes", "learning_rate"))
            self._progress.say(f"  step {step} of {self.steps}  {shown}  about {left:.1f} min left")

    def show(self, step: int, images: NDArray[np.floating]) -> None:
        """Write looks/step_<step>.png: the images in a row, shrunk where they are large."""
        write_look(self._run.path, step, images)

    def save_state(self, state: Mapping[str, Any]) -> None:
        """Write state.pt."""
        write_state(self._run.path / STATE, state)

    def last_state(self) -> Mapping[str, Any] | None:
        """Return state.pt, or None; log.csv is cut back to the step it stands at."""
        state = read_state(self._run.path / STATE)
        if state is None:
            forget(self._run)
            self._columns = []
        else:
            _cut_back(self._log, int(state["step"]))
        return state

    def save_good(self, state: Mapping[str, Any]) -> None:
        """Write good.pt."""
        write_state(self._run.path / GOOD, state)

    def last_good(self) -> Mapping[str, Any] | None:
        """Return good.pt, or None."""
        return read_state(self._run.path / GOOD)

    def stop_now(self) -> bool:
        """Tell whether the user interrupted, or the time is well over."""
        over = self._minutes is not None and self._minutes_done > self._minutes * PATIENCE
        if over and self._step < self.steps and not self.clock_ended:
            self.clock_ended = True
            self._progress.say(
                f"  ended by the clock at step {self._step} of {self.steps}, after {self._minutes_done:.1f} minutes. The model is "
                "usable, but its learning rate was not brought down to the end. With --set steps=… there is no clock"
            )
        return self.interrupted or self.clock_ended

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Turn the first Ctrl-C (or a terminate) into a clean end; a second one ends at once."""

        def ask(number: int, frame: object) -> None:
            del number, frame
            if self.interrupted:
                raise KeyboardInterrupt
            self.interrupted = True
            self._progress.say("  stopping after this step; press Ctrl-C again to stop at once")

        try:
            before = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
        except ValueError:  # not the main thread (a notebook's worker, a server): signals are not ours to take
            before = {}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _write(self, step: int, values: Mapping[str, float]) -> None:
        row = {"step": step, **{n: round(float(v), 6) for n, v in values.items()}}
        new = [n for n in row if n not in self._columns]
        if new and self._columns:
            self._columns += new
            _widen(self._log, self._columns)
        elif new:
            self._columns = list(row)
            with open(self._log, "w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerow(self._columns)
        with open(self._log, "a", newline="", encoding="utf-8") as file:
            csv.DictWriter(file, self._columns, restval="").writerow(row)


def forget(run: RunFolder) -> None:
    """Remove what a training left that is not gone on with: its log, its states, its looks."""
    for name in ("log.csv", STATE, GOOD):
        (run.path / name).unlink(missing_ok=True)
    shutil.rmtree(run.path / LOOKS, ignore_errors=True)


def _columns(path: Path) -> list[str]:
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return next(csv.reader(file), [])


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if (row.get("step") or "").isdigit()]


def _rewrite(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _widen(path: Path, columns: list[str]) -> None:
    _rewrite(path, columns, _rows(path))


def _cut_back(path: Path, step: int) -> None:
    """Drop the lines a killed training wrote after its last saved state: they will be done again."""
    columns = _columns(path)
    if columns:
        _rewrite(path, columns, [row for row in _rows(path) if int(row["step"]) <= step])
