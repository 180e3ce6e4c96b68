"""The one training loop: draws, steps, saves, resumes, ends.

In:   a Learner (one network or several) and a Journal.
Out:  the learner, fitted; the journal's log and state.
Not:  no network, no loss, no data: those are the learner's. Feedback samplers, growing networks and adversaries are learners too.
      No way back to a state that was good (last_good.py).

State is saved by the clock, so that a kill costs at most a minute; a clock also ends a training that runs away, and says so.
"""

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from torch import Tensor

from isocenter.core.errors import Diverged
from isocenter.core.journal import Journal

SAVE_EVERY_S = 30.0
"""Seconds between saved states: half of what a kill may cost."""

Good = Callable[[int, Mapping[str, float]], bool]
"""Steps done and the numbers of a look that raised nothing -> whether the state they were found in is one to go back to."""


class Learner(Protocol):
    """What the loop drives."""

    def step(self, step: int) -> Mapping[str, float]:
        """Draw a batch, learn from it, return the losses."""
        ...

    def validate(self, step: int) -> Mapping[str, float]:
        """Return the tuning cases' numbers; {} when there are none. Diverged when they show that the training is lost."""
        ...

    def state(self) -> Mapping[str, Any]:
        """Return networks, optimizers, sampler, EMA, generators: all."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        ...


def run_loop(
    learner: Learner,
    journal: Journal,
    *,
    steps: int,
    validations: int = 8,
    save_every_s: float = SAVE_EVERY_S,
    good: Good | None = None,
) -> int:
    """Drive a learner to its last step, from where the journal's state stands. Returns the steps done.

    good : says of each look whether its state is kept to go back to; None = no look's is

    Diverged, which begins with the step, when a loss is no longer a number or a look finds the training lost; with `good` also
    when weights are no longer numbers.
    """
    start, seconds_before = _resume(learner, journal)
    checkpoints = {round(steps * (i + 1) / validations) for i in range(validations)}
    began = time.monotonic()
    saved = began
    step = start

    def record() -> dict[str, Any]:
        return {"step": step, "seconds": seconds_before + time.monotonic() - began, "learner": dict(learner.state())}

    while step < steps:
        losses = dict(learner.step(step))
        step += 1
        now = time.monotonic()
        values = {"minutes": (seconds_before + now - began) / 60, **losses}
        if not all(math.isfinite(v) for v in losses.values()):
            journal.log(step, values)  # so that the log shows it too
            raise Diverged(f"step {step} of {steps}: the loss is no longer a number.")
        if step in checkpoints:
            seen = _looked(learner, step, steps)
            values.update(seen)
            if good is not None:
                _keep(record(), journal, steps, good=good(step, seen))
        journal.log(step, values)
        stopping = journal.stop_now()
        if now - saved >= save_every_s or stopping or step == steps:
            journal.save_state(record())
            saved = time.monotonic()
        if stopping:
            break
    return step


def _looked(learner: Learner, step: int, steps: int) -> dict[str, float]:
    try:
        return dict(learner.validate(step))
    except Diverged as error:
        raise Diverged(f"step {step} of {steps}: {error}") from error


def _keep(state: Mapping[str, Any], journal: Journal, steps: int, *, good: bool) -> None:
    """Keep a look's state if it is good.

    It is kept before the state to resume from moves past it, so that a training killed in between makes it again.
    """
    if not _finite(state):  # the last step can spoil the weights without showing it in its loss
        raise Diverged(f"step {state['step']} of {steps}: the weights are no longer numbers.")
    if good:
        journal.save_good(state)


def _finite(value: Any) -> bool:
    """Tell whether all tensors of a state hold numbers."""
    if isinstance(value, Tensor):
        return not value.is_floating_point() or bool(value.isfinite().all())
    if isinstance(value, Mapping):
        return all(_finite(inner) for inner in value.values())
    return not isinstance(value, list | tuple) or all(_finite(inner) for inner in value)


def _resume(learner: Learner, journal: Journal) -> tuple[int, float]:
    state = journal.last_state()
    if state is None:
        return 0, 0.0
    learner.restore(state["learner"])
    return int(state["step"]), float(state["seconds"])
