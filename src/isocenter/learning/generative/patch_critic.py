"""A critic that looks at neighborhoods, not at the whole: is this piece of image real?

In:   images (N, C, *S), 2-D or 3-D.
Out:  scores (N, 1, *s), higher = more like a real one.
Not:  no loss (adversaries/).

Reference: Isola et al., CVPR 2017, arXiv:1611.07004 (PatchGAN).
Differs:   an axis is halved only while 16 samples of it remain, so that thick slices are not used up.
"""

from collections.abc import Sequence

from torch import Tensor, nn

from isocenter.learning.stage import CONVOLUTION, NORMALIZATION

HALVED_FROM = 16
"""Samples an axis must have to be halved."""


class PatchCritic(nn.Module):
    """See the module."""

    def __init__(self, patch: Sequence[int], channels: int, *, width: int = 32, levels: int = 2) -> None:
        """Build it.

        patch    : samples per axis of what it looks at, 2 or 3 axes
        channels : of the image, and of what it is judged beside
        levels   : how often the image is halved
        """
        super().__init__()
        axes, size = len(patch), list(patch)
        layers: list[nn.Module] = []
        n_in = channels
        for level in range(levels):
            halved = [n >= HALVED_FROM for n in size]
            size = [n // 2 if h else n for n, h in zip(size, halved, strict=True)]
            kernel, stride = tuple(4 if h else 3 for h in halved), tuple(2 if h else 1 for h in halved)
            n_out = min(width << level, 256)
            layers.append(CONVOLUTION[axes](n_in, n_out, kernel, stride, 1))
            if level:
                layers.append(NORMALIZATION["instance"][axes](n_out, affine=True))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
            n_in = n_out
        n_out = min(width << levels, 256)
        layers += [
            CONVOLUTION[axes](n_in, n_out, 3, 1, 1),
            NORMALIZATION["instance"][axes](n_out, affine=True),
            nn.LeakyReLU(0.2, inplace=True),
            CONVOLUTION[axes](n_out, 1, 3, 1, 1),
        ]
        self.layers = nn.Sequential(*layers)

    def forward(self, images: Tensor) -> Tensor:
        """Return scores; see the module."""
        scores: Tensor = self.layers(images)
        return scores
