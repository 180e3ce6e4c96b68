"""Driving a learner to its end, or back to the last state a look found good where it diverges.

In:   a learner, a journal, steps; which looks are good.
Out:  why it ended early; "" = it did not.
Not:  no advice on what to try: that depends on the method's settings (stages/fitted.py).

The state to resume from is saved by the clock and may be one that is already lost; the state to go back to is a look's.
A training killed after it was lost, and taken up, comes to the same look and goes back to the same state.
"""

from collections.abc import Mapping

from isocenter.core.errors import Diverged
from isocenter.core.journal import Journal
from isocenter.learning.loop import SAVE_EVERY_S, Good, Learner, run_loop


def every_look(step: int, seen: Mapping[str, float]) -> bool:
    """Find every look good that raised nothing."""
    del step, seen
    return True


def driven(
    learner: Learner,
    journal: Journal,
    *,
    steps: int,
    validations: int = 8,
    save_every_s: float = SAVE_EVERY_S,
    good: Good = every_look,
) -> str:
    """Run the loop; where it diverges restore the last good state and say so. Diverged when no look was good yet."""
    try:
        run_loop(learner, journal, steps=steps, validations=validations, save_every_s=save_every_s, good=good)
    except Diverged as error:
        kept = journal.last_good()
        if kept is None:
            raise Diverged(f"{error} No look before it was good, so there is no model.") from error
        learner.restore(kept["learner"])
        return f"{error} The model is that of step {kept['step']}, at the last look that was good."
    return ""
