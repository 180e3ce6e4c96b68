"""Pooled norm: what is pooled over a region, or what it is pooled from, at mean 0 and deviation 1 over the exams seen lately.

In:   pooled features (N, F), or answers of places (N, K, P); where they count.
Out:  the same shape; what does not count stays out of the statistics. `affine` is what it does to a number.

Small lesions in a large region move a mean by a hundredth: without this, what tells exams apart lies far below the scale at which
a last layer starts to listen. Where the answers of places are pooled, their scale decides whether the outstanding places make the
answer, or all alike.

Reference: Ioffe & Szegedy, ICML 2015, arXiv:1502.03167.
Differs:   after the pooling, or on what is pooled; for each target by itself; by running statistics in training too, since mean
           and deviation of the four exams of a batch are those of who happens to be there.
"""

import torch
from torch import Tensor, nn

TINY = 1e-8
SLOPE = 2.0
"""Deviations of what places say, in logits: some places stand out from the first step on."""
LATELY = 0.05
"""Share of a batch in the statistics, once there were twenty."""


class PooledNorm(nn.Module):
    """A straight line for each number, that makes those that count have mean 0 and a deviation."""

    mean: Tensor
    variance: Tensor
    batches: Tensor

    def __init__(self, features: int, *, slope: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((features,), slope))
        self.bias = nn.Parameter(torch.zeros(features))
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("variance", torch.ones(features))
        self.register_buffer("batches", torch.zeros((), dtype=torch.long))

    def forward(self, x: Tensor, where: Tensor) -> Tensor:
        """Return x (N, F) or (N, K, P).

        where : (N, 1) or (N, 1, P), above 0 where a number counts
        """
        if self.training:
            self._learn(x.detach().float().movedim(1, -1)[(where > 0)[:, 0]])
        scale, shift = self.affine()
        wide = (1, -1, *[1] * (x.ndim - 2))
        return x * scale.view(wide) + shift.view(wide)

    def affine(self) -> tuple[Tensor, Tensor]:
        """Return scale and shift (F,) that the statistics so far amount to."""
        scale = self.weight * torch.rsqrt(self.variance + TINY)
        return scale, self.bias - self.mean * scale

    @torch.no_grad()
    def _learn(self, rows: Tensor) -> None:
        """Take rows (M, F) into the statistics: of the first batches the plain mean, later those of the last twenty or so."""
        if not len(rows):
            return
        share = max(LATELY, 1.0 / (int(self.batches) + 1))
        self.mean.lerp_(rows.mean(dim=0), share)
        spread = ((rows - self.mean) ** 2).mean(dim=0)
        if len(rows) > 1 or int(self.batches):
            self.variance.lerp_(spread, share)
        self.batches += 1
