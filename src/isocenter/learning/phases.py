"""Several trainings after each other as one: one loop, one log, one state that says which it is in.

In:   phases: a name, a number of steps, and what makes the phase's learner when its turn comes.
Out:  step, validate, state and restore, for the loop.
Not:  no network, no loss.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from isocenter.core.record import Record
from isocenter.learning.loop import Learner

L = TypeVar("L", bound=Learner)


class Phase(Record):
    """One part of a training."""

    name: str
    """What its losses are called in the log: "<name>_loss"."""
    steps: int
    build: Callable[[], Learner]
    """Make the learner, from what the phase before has left in the network. A learner's state holds all of that network it changes
    or builds on, since a training taken up in this phase has never been in those before."""


class Phases(Generic[L]):
    """See Learner in loop.py."""

    def __init__(self, before: Sequence[Phase], build: Callable[[], L]) -> None:
        """Put phases before the training that `build` makes; that one goes on for as long as the loop does."""
        self._before = tuple(phase for phase in before if phase.steps > 0)
        self._build = build
        self._at = -1
        self._learner: Learner | None = None
        self._last: L | None = None

    @property
    def last(self) -> L:
        """The learner of the last phase; made now, if it was never reached."""
        self._entered(len(self._before))
        if self._last is None:
            raise TypeError("expected the last phase to have been entered")
        return self._last

    def in_last(self, step: int, seen: Mapping[str, float]) -> bool:
        """Tell whether a look was in the last phase: what was learned before it answers nothing yet. See Good in loop.py."""
        del seen
        return self._phase(step - 1)[0] == len(self._before)

    def step(self, step: int) -> Mapping[str, float]:
        """Do a step of the phase it belongs to. Losses of the earlier phases carry their names."""
        at, first = self._phase(step)
        losses = self._entered(at).step(step - first)
        if at == len(self._before):
            return losses
        name = self._before[at].name
        return {loss if loss == "learning_rate" else f"{name}_{loss}": value for loss, value in losses.items()}

    def validate(self, step: int) -> Mapping[str, float]:
        """Return the tuning cases' numbers of the phase in hand."""
        return {} if self._learner is None else self._learner.validate(step)

    def state(self) -> Mapping[str, Any]:
        """Return which phase it is, and its learner's state."""
        at = max(self._at, 0)
        return {"phase": at, "learner": dict(self._entered(at).state())}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self._entered(int(state["phase"])).restore(state["learner"])

    def _phase(self, step: int) -> tuple[int, int]:
        """Return the phase of a step, and the phase's first step."""
        first = 0
        for at, phase in enumerate(self._before):
            if step < first + phase.steps:
                return at, first
            first += phase.steps
        return len(self._before), first

    def _entered(self, at: int) -> Learner:
        if self._at != at or self._learner is None:
            if at == len(self._before):
                self._last = self._build()
                self._learner = self._last
            else:
                self._learner = self._before[at].build()
            self._at = at
        return self._learner
