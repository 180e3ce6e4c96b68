"""A classifier of single voxels: a patch in, the class of its middle voxel out.

In:   kernels, pools and widths, block by block.
Out:  a plain sequence of layers, so that it can be turned into a fully convolutional network (fully_convolutional.py) and its
      cost be counted (cost.py).
Not:  no training, no choice of sizes.

Reference: Ciresan et al., NeurIPS 2012 (a patch around every pixel, max-pooling, a fully connected layer).
Differs:   batch normalization and leaky rectifiers; nothing is padded, so that a patch shows the network no border of its own.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from isocenter.core.errors import SettingError
from isocenter.learning.fully_convolutional import BATCH_NORM, CONVOLUTION, MAX_POOL

Axes = tuple[int, ...]
SLOPE = 0.01


@dataclass(frozen=True, kw_only=True)
class VoxelNetworkConfig:
    """Shape of one classifier; every block is convolution, normalization, rectifier and, where it is above 1, a max-pool."""

    dimensions: int = 2
    in_channels: int = 1
    out_channels: int = 2
    """Classes."""
    widths: tuple[int, ...] = (16, 32, 32)
    """Features of each block."""
    kernels: tuple[Axes, ...] = ((4, 4), (4, 4), (4, 4))
    """Of each block, per axis."""
    pools: tuple[Axes, ...] = ((2, 2), (2, 2), (1, 1))
    """Of each block, per axis; 1 = none."""
    rest: Axes = (3, 3)
    """Samples left per axis when the fully connected layer looks."""
    hidden: int = 64
    """Features of the fully connected layer."""

    def __post_init__(self) -> None:
        """Refuse what does not fit together. SettingError."""
        if not len(self.widths) == len(self.kernels) == len(self.pools) > 0:
            raise SettingError(
                f"expected widths, kernels and pools of as many blocks, got {len(self.widths)}, {len(self.kernels)} and "
                f"{len(self.pools)}."
            )
        for axes in (*self.kernels, *self.pools, self.rest):
            if len(axes) != self.dimensions or min(axes) < 1:
                raise SettingError(f"expected {self.dimensions} numbers from 1 on per block, got {list(axes)}.")

    @property
    def patch(self) -> Axes:
        """Samples per axis of the patch it looks at: its receptive field."""
        size = list(self.rest)
        for kernel, pool in zip(reversed(self.kernels), reversed(self.pools), strict=True):
            size = [n * p + k - 1 for n, k, p in zip(size, kernel, pool, strict=True)]
        return tuple(size)


def build_voxel_network(config: VoxelNetworkConfig) -> nn.Sequential:
    """Return it with random weights: patch (N, C_in, *patch) -> logits (N, C_out)."""
    layers: list[nn.Module] = []
    features = config.in_channels
    for width, kernel, pool in zip(config.widths, config.kernels, config.pools, strict=True):
        layers += [
            CONVOLUTION[config.dimensions](features, width, kernel, bias=False),
            BATCH_NORM[config.dimensions](width),
            nn.LeakyReLU(SLOPE),
        ]
        if max(pool) > 1:
            layers.append(MAX_POOL[config.dimensions](pool))
        features = width
    samples = 1
    for n in config.rest:
        samples *= n
    layers += [nn.Flatten(), nn.Linear(features * samples, config.hidden), nn.LeakyReLU(SLOPE)]
    layers.append(nn.Linear(config.hidden, config.out_channels))
    network = nn.Sequential(*layers)
    for layer in network:
        if isinstance(layer, nn.Linear | nn.Conv1d | nn.Conv2d | nn.Conv3d):
            nn.init.kaiming_normal_(layer.weight, a=SLOPE)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return network


class MiddleNetwork(nn.Module):
    """patch (N, C, *patch) -> logits (N, K, 1, …): a classifier as losses of whole patches want its answer."""

    def __init__(self, classifier: nn.Sequential, axes: int) -> None:
        super().__init__()
        self.classifier, self.axes = classifier, axes

    def forward(self, patch: Tensor) -> Tensor:
        """Judge the middle of each patch."""
        logits: Tensor = self.classifier(patch)  # (N, K)
        return logits.reshape(*logits.shape, *(1,) * self.axes)
