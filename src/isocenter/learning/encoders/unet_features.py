"""A U-Net without its head: features at the image's own resolution, for maps learned from weak labels.

In:   image (N, C_in, *S); S divisible by 2 ** (levels - 1).
Out:  features (N, features, *S).
Not:  no logits of classes (networks/unet.py is the segmentation network).

Reference: Ronneberger, Fischer & Brox, MICCAI 2015, arXiv:1505.04597; Dubost et al., GP-Unet, MICCAI 2017, arXiv:1705.07999.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.encoder import Encoder, Features
from isocenter.learning.networks.unet import UNet, UNetConfig


@dataclass(frozen=True, kw_only=True)
class UNetFeaturesConfig:
    """Shape of one encoder."""

    dimensions: int = 2
    """2 or 3."""
    in_channels: int = 1
    widths: tuple[int, ...] = (16, 32, 64)
    """Feature channels per level, finest first."""
    out_features: int = 16
    """Feature channels that leave."""


class UNetFeatures(Features):
    """image (N, C_in, *S) -> features (N, out_features, *S), not below 0."""

    def __init__(self, config: UNetFeaturesConfig) -> None:
        super().__init__()
        self.network = UNet(
            UNetConfig(
                dimensions=config.dimensions,
                in_channels=config.in_channels,
                out_channels=config.out_features,
                widths=config.widths,
            )
        )
        self.features = config.out_features
        self.stride = 1
        _with_batch_statistics(self.network, config.dimensions)

    def forward(self, image: Tensor) -> Tensor:
        """Return features; see the class."""
        features: Tensor = self.network(image).relu()  # (N, F, *S)
        return features


def _with_batch_statistics(module: nn.Module, dimensions: int) -> None:
    """Put batch in the place of instance normalization: a label of the whole image may be its brightness."""
    kind = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}[dimensions]
    for name, child in module.named_children():
        if isinstance(child, nn.InstanceNorm2d | nn.InstanceNorm3d):
            setattr(module, name, kind(child.num_features))
        else:
            _with_batch_statistics(child, dimensions)


ENCODER = Encoder(
    card=Card(
        name="unet_features",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Ronneberger et al., MICCAI 2015, arXiv:1505.04597; Dubost et al., MICCAI 2017, arXiv:1705.07999",
        differs="batch normalization",
    ),
    config=UNetFeaturesConfig,
    build=UNetFeatures,
)
