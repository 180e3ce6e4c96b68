"""Pooled norm: features pooled over a region, brought to mean 0 and deviation 1 over the exams of a batch.

In:   pooled features (N, F), and which rows speak of the target (N,).
Out:  (N, F); rows that do not speak stay out of the statistics. `affine` is what it does to features once it is trained.

Small lesions in a large region move a mean by a hundredth: without this, what tells exams apart lies far below the scale at which
a last layer starts to listen.

Reference: Ioffe & Szegedy, ICML 2015, arXiv:1502.03167.
Differs:   after the pooling, and for each target by itself.
"""

import torch
from torch import Tensor, nn


class PooledNorm(nn.Module):
    """Batch normalization of the rows that count."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(features, eps=1e-8)

    def forward(self, x: Tensor, speaks: Tensor) -> Tensor:
        """Return (N, F); with a single row that speaks the statistics so far are used."""
        if not self.training or int(speaks.sum()) < 2:
            scale, shift = self.affine()
            return x * scale + shift
        normalized = torch.zeros_like(x, dtype=torch.float32)
        normalized[speaks] = self.norm(x[speaks].float())
        return normalized

    def affine(self) -> tuple[Tensor, Tensor]:
        """Return scale and shift (F,) that the statistics so far amount to."""
        mean, variance = self.norm.get_buffer("running_mean"), self.norm.get_buffer("running_var")
        scale = self.norm.weight * torch.rsqrt(variance + self.norm.eps)
        return scale, self.norm.bias - mean * scale
