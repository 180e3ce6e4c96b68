"""DenseNet-121, MONAI's: every layer sees all earlier ones of its block. The network of CheXNet.

In:   image (N, C_in, *S), each side at least 32.
Out:  features (N, 1024, *S / 32).
Not:  no classifier (poolings/, heads/).

Reference: Huang et al., CVPR 2017, arXiv:1608.06993; Rajpurkar et al., CheXNet, arXiv:1711.05225.
Differs:   none from MONAI's; weights of torchvision's densenet121 fit it (learning/foreign_weights.py).
"""

from dataclasses import dataclass

from monai.networks.nets.densenet import DenseNet
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.encoder import Encoder, Features


@dataclass(frozen=True, kw_only=True)
class DenseNet121Config:
    """Shape of one encoder."""

    dimensions: int = 2
    """2 or 3."""
    in_channels: int = 1
    growth_rate: int = 32
    """Feature channels a layer adds."""
    blocks: tuple[int, ...] = (6, 12, 24, 16)
    """Layers per dense block."""


class DenseNet121(Features):
    """image (N, C_in, *S) -> features (N, 1024, *S / 32)."""

    def __init__(self, config: DenseNet121Config) -> None:
        super().__init__()
        made = DenseNet(
            spatial_dims=config.dimensions,
            in_channels=config.in_channels,
            out_channels=2,
            init_features=2 * config.growth_rate,
            growth_rate=config.growth_rate,
            block_config=config.blocks,
        )
        self.layers: nn.Module = made.features
        last = made.class_layers.out
        if not isinstance(last, nn.Linear):
            raise TypeError(f"expected MONAI's DenseNet to end in a linear layer, got {type(last).__name__}")
        self.features = last.in_features
        self.stride = 2 ** (len(config.blocks) + 1)
        self.center = 2.0 ** len(config.blocks) - 2.0  # each transition averages pairs of places

    def forward(self, image: Tensor) -> Tensor:
        """Return features; see the class."""
        features: Tensor = self.layers(image).relu()  # (N, F, *s)
        return features


ENCODER = Encoder(
    card=Card(
        name="densenet121",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Huang et al., CVPR 2017, arXiv:1608.06993; Rajpurkar et al., arXiv:1711.05225",
        differs="",
    ),
    config=DenseNet121Config,
    build=DenseNet121,
)
