"""A stage of an encoder-decoder: convolutions with normalization and rectifier, and the heads that read a decoder.

In:   widths, kernels and strides of one level.
Out:  modules the networks are put together from (networks/).
Not:  no network, no choice of sizes.

Reference: Isensee et al., Nat Methods 2021; 18:203-211 (nnU-Net's plain stage); He et al., ICCV 2015, arXiv:1502.01852 (weights).
"""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

Axes = tuple[int, ...]
CONVOLUTION: dict[int, Callable[..., nn.Module]] = {2: nn.Conv2d, 3: nn.Conv3d}
TRANSPOSED: dict[int, Callable[..., nn.Module]] = {2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
NORMALIZATION: dict[str, dict[int, Callable[..., nn.Module]]] = {
    "instance": {2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d},
    "batch": {2: nn.BatchNorm2d, 3: nn.BatchNorm3d},
}
SLOPE = 0.01
"""Of the leaky rectifier, below zero."""


def stage(
    n_in: int, n_out: int, *, kernel: Axes, stride: Axes | None = None, convolutions: int = 2, normalization: str = "instance"
) -> nn.Sequential:
    """Return convolution, normalization and rectifier so many times, the first one strided.

    No bias, since the normalization would subtract it again.
    """
    axes = len(kernel)
    layers: list[nn.Module] = []
    for i in range(convolutions):
        layers += [
            CONVOLUTION[axes](
                n_in if i == 0 else n_out,
                n_out,
                kernel,
                stride if i == 0 and stride is not None else 1,
                tuple(k // 2 for k in kernel),
                bias=False,
            ),
            NORMALIZATION[normalization][axes](n_out, eps=1e-5, affine=True),
            nn.LeakyReLU(SLOPE, inplace=True),
        ]
    return nn.Sequential(*layers)


def he_weights(module: nn.Module) -> None:
    """Draw the weights of a convolution anew, as the leaky rectifier wants them; for `nn.Module.apply`."""
    if isinstance(module, nn.Conv2d | nn.Conv3d | nn.ConvTranspose2d | nn.ConvTranspose3d):
        nn.init.kaiming_normal_(module.weight, a=SLOPE)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


class Heads(nn.ModuleList):
    """Decoder features, coarsest first -> logits (N, C_out, *S) of the finest, or in supervised training a tuple, finest first."""

    def __init__(self, heads: Sequence[nn.Module], *, deep_supervision: bool) -> None:
        """Hold a head for each of the finest levels, finest first."""
        super().__init__(heads)
        self.deep_supervision = deep_supervision

    def forward(self, decoded: Sequence[Tensor]) -> Tensor | tuple[Tensor, ...]:
        """Return logits; see the class."""
        if not (self.training and self.deep_supervision):
            finest: Tensor = self[0](decoded[-1])
            return finest
        finest_first = list(decoded)[::-1][: len(self)]
        return tuple(head(features) for head, features in zip(self, finest_first, strict=True))


def linear_heads(widths: Sequence[int], n_out: int, *, dimensions: int, deep_supervision: bool) -> Heads:
    """Return heads of one convolution of size 1 each; `widths` are those of the levels that have one, finest first."""
    return Heads([CONVOLUTION[dimensions](w, n_out, 1) for w in widths], deep_supervision=deep_supervision)
