"""Driving a learner of an anomaly method to its end, or back to its last good state where it diverges.

In:   a learner, a journal, steps.
Out:  why it ended early; "" = it did not. A trained network as it is when loaded.
"""

from typing import Any

import torch
from torch import nn

from isocenter.core.errors import Diverged
from isocenter.core.journal import Journal
from isocenter.learning.loop import Learner, run_loop


def driven(learner: Learner, journal: Journal, *, steps: int) -> str:
    """Run the loop. Diverged when there is no good state to go back to."""
    try:
        run_loop(learner, journal, steps=steps)
    except Diverged as error:
        good = journal.last_state()
        if good is None:
            raise
        learner.restore(good["learner"])
        return f"step {good['step']} of {steps}: {error}"
    return ""


def settled(network: nn.Module) -> Any:
    """Return a network on the processor, laid out as it is when loaded, so that both answer alike to the last bit."""
    return network.cpu().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
