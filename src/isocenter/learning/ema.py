"""Exponential moving average of a network's weights: the copy that predicts.

Reference: Polyak & Juditsky, SIAM J Control Optim 1992; 30:838-855; Tarvainen & Valpola, NeurIPS 2017, arXiv:1703.01780.
Differs:   the average warms up, so that early weights are forgotten quickly.
"""

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn


class EMA:
    """A slow copy of a network, updated after every step."""

    def __init__(self, network: nn.Module, *, decay: float) -> None:
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.decay = decay
        self.steps = 0

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Move the copy towards the network's weights."""
        self.steps += 1
        weight = 1.0 - min(self.decay, self.steps / (self.steps + 10))
        mine = list(self.network.parameters())
        theirs = [p.detach() for p in network.parameters()]
        torch._foreach_lerp_([p.data for p in mine], theirs, weight)
        for a, b in zip(self.network.buffers(), network.buffers(), strict=True):
            a.copy_(b)

    def state(self) -> Mapping[str, object]:
        """Return all it needs to go on."""
        return {"weights": dict(self.network.state_dict()), "steps": self.steps}

    def restore(self, state: Mapping[str, object]) -> None:
        """Take up a state that `state` returned."""
        weights = state["weights"]
        steps = state["steps"]
        if not isinstance(weights, dict) or not isinstance(steps, int):
            raise TypeError("expected the state of an EMA")
        self.network.load_state_dict({k: v for k, v in weights.items() if isinstance(v, Tensor)})
        self.steps = steps
