"""The one training loop: draws, steps, saves, resumes, ends.

In:   a Learner (one network or several) and a Journal.
Out:  the learner, fitted; the journal's log and state.
Not:  no network, no loss, no data: those are the learner's. Feedback samplers, growing networks and adversaries are learners too.

State is saved by the clock, so that a kill costs at most a minute; a clock also ends a training that runs away, and says so.
"""

import time
from collections.abc import Mapping
from typing import Any, Protocol

from isocenter.core.errors import Diverged
from isocenter.core.journal import Journal

SAVE_EVERY_S = 30.0
"""Seconds between saved states: half of what a kill may cost."""


class Learner(Protocol):
    """What the loop drives."""

    def step(self, step: int) -> Mapping[str, float]:
        """Draw a batch, learn from it, return the losses."""
        ...

    def validate(self, step: int) -> Mapping[str, float]:
        """Return the tuning cases' numbers; {} when there are none."""
        ...

    def state(self) -> Mapping[str, Any]:
        """Return networks, optimizers, sampler, EMA, generators: all."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        ...


def run_loop(learner: Learner, journal: Journal, *, steps: int, validations: int = 8, save_every_s: float = SAVE_EVERY_S) -> int:
    """Drive a learner to its last step, from where the journal's state stands. Returns the steps done.

    Diverged when a loss is no longer a number: the state on disk is then the last good one.
    """
    start, seconds_before = _resume(learner, journal)
    checkpoints = {round(steps * (i + 1) / validations) for i in range(validations)}
    began = time.monotonic()
    saved = began
    step = start
    while step < steps:
        losses = dict(learner.step(step))
        step += 1
        if any(v != v for v in losses.values()):
            raise Diverged(
                f"the loss is no longer a number at step {step}. The last good state is kept; try a lower learning rate: "
                "--set learning_rate=…, or float32: --set precision=float32"
            )
        now = time.monotonic()
        values = {"minutes": (seconds_before + now - began) / 60, **losses}
        if step in checkpoints:
            values.update(learner.validate(step))
        journal.log(step, values)
        stopping = journal.stop_now()
        if now - saved >= save_every_s or stopping or step == steps:
            journal.save_state(
                {"step": step, "seconds": seconds_before + time.monotonic() - began, "learner": dict(learner.state())}
            )
            saved = time.monotonic()
        if stopping:
            break
    return step


def _resume(learner: Learner, journal: Journal) -> tuple[int, float]:
    state = journal.last_state()
    if state is None:
        return 0, 0.0
    learner.restore(state["learner"])
    return int(state["step"]), float(state["seconds"])
