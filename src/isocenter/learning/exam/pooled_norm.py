"""Pooled norm: what is pooled over a region, or what it is pooled from, brought to mean 0 and deviation 1 over a batch.

In:   pooled features (N, F), or answers of places (N, K, P); where they count.
Out:  the same shape; what does not count stays out of the statistics. `affine` is what it does to a number once it is trained.

Small lesions in a large region move a mean by a hundredth: without this, what tells exams apart lies far below the scale at which
a last layer starts to listen. Where the answers of places are pooled, their scale decides whether the outstanding places make the
answer, or all alike.

Reference: Ioffe & Szegedy, ICML 2015, arXiv:1502.03167.
Differs:   after the pooling, or on what is pooled; for each target by itself.
"""

import torch
from torch import Tensor, nn

TINY = 1e-8
SLOPE = 2.0
"""Deviations of what places say, in logits: some places stand out from the first step on."""


class PooledNorm(nn.Module):
    """Batch normalization of the numbers that count."""

    def __init__(self, features: int, *, slope: float = 1.0) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(features, eps=TINY)
        nn.init.constant_(self.norm.weight, slope)

    def forward(self, x: Tensor, where: Tensor) -> Tensor:
        """Return x (N, F) or (N, K, P); with fewer than two numbers that count the statistics so far are used.

        where : (N, 1) or (N, 1, P), above 0 where a number counts
        """
        counts = (where > 0)[:, 0]  # (N,) or (N, P)
        if not self.training or int(counts.sum()) < 2:
            scale, shift = self.affine()
            wide = (1, -1, *[1] * (x.ndim - 2))
            return x * scale.view(wide) + shift.view(wide)
        last = x.float().movedim(1, -1)  # (N, F) or (N, P, K)
        normalized = torch.zeros_like(last)
        normalized[counts] = self.norm(last[counts])
        return normalized.movedim(-1, 1)

    def affine(self) -> tuple[Tensor, Tensor]:
        """Return scale and shift (F,) that the statistics so far amount to."""
        mean, variance = self.norm.get_buffer("running_mean"), self.norm.get_buffer("running_var")
        scale = self.norm.weight * torch.rsqrt(variance + TINY)
        return scale, self.norm.bias - mean * scale
