"""Convolutional recurrent units that walk from slice to slice, there and back.

In:   features (N, F, *S) of a run of slices, and the axis along which the slices are stacked.
Out:  features of the same form; each slice knows of those before and behind it.
Not:  no network (networks/recurrent_unet.py).

Reference: Ballas et al., ICLR 2016, arXiv:1511.06432 (ConvGRU); Cho et al., EMNLP 2014, arXiv:1406.1078 (gated recurrent unit).
"""

import torch
from torch import Tensor, nn

KERNEL = 3


class ConvGRU(nn.Module):
    """Slices (N, F, A, B), one after the other -> states (N, H, A, B), one a slice; before the first slice the state is 0."""

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.gates = nn.Conv2d(features + hidden, 2 * hidden, KERNEL, padding=KERNEL // 2)
        self.candidate = nn.Conv2d(features + hidden, hidden, KERNEL, padding=KERNEL // 2)

    def forward(self, slices: list[Tensor]) -> list[Tensor]:
        """Walk; see the class."""
        states: list[Tensor] = []
        state = torch.zeros_like(slices[0][:, :1]).expand(-1, self.hidden, -1, -1)
        for x in slices:
            update, reset = self.gates(torch.cat([x, state], dim=1)).sigmoid().chunk(2, dim=1)  # (N, H, A, B) each
            fresh = self.candidate(torch.cat([x, reset * state], dim=1)).tanh()
            state = (1 - update) * state + update * fresh
            states.append(state)
        return states


class SliceRecurrence(nn.Module):
    """features (N, F, *S) -> the same and what two walks remember added, (N, F, *S).

    axis : of space, along which slices are stacked; None = a picture, which is a run of one slice
    """

    def __init__(self, features: int, axis: int | None) -> None:
        super().__init__()
        self.axis = axis
        self.there = ConvGRU(features, features // 2)
        self.back = ConvGRU(features, features - features // 2)

    def forward(self, x: Tensor) -> Tensor:
        """Walk both ways; see the class."""
        if self.axis is None:
            return x + torch.cat([self.there([x])[0], self.back([x])[0]], dim=1)
        slices = list(x.unbind(self.axis + 2))  # of (N, F, A, B)
        there, back = self.there(slices), self.back(slices[::-1])[::-1]
        walked = [torch.cat(pair, dim=1) for pair in zip(there, back, strict=True)]
        return x + torch.stack(walked, dim=self.axis + 2)
