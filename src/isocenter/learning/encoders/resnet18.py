"""ResNet-18, MONAI's: convolutions that learn what to add to their input.

In:   image (N, C_in, *S), each side at least 32.
Out:  features (N, 512, *S / 32).
Not:  no classifier (poolings/, heads/).

Reference: He et al., CVPR 2016, arXiv:1512.03385.
Differs:   none from MONAI's; weights of torchvision's resnet18 fit it (learning/foreign_weights.py).
"""

from dataclasses import dataclass

from monai.networks.nets.resnet import ResNet
from torch import Tensor

from isocenter.core.method import Card
from isocenter.learning.encoder import Encoder, Features


@dataclass(frozen=True, kw_only=True)
class ResNet18Config:
    """Shape of one encoder."""

    dimensions: int = 2
    """2 or 3."""
    in_channels: int = 1
    widths: tuple[int, ...] = (64, 128, 256, 512)
    """Feature channels per level, finest first."""


class ResNet18(Features):
    """image (N, C_in, *S) -> features (N, widths[-1], *S / 32)."""

    def __init__(self, config: ResNet18Config) -> None:
        super().__init__()
        self.layers = ResNet(
            block="basic",
            layers=[2] * len(config.widths),
            block_inplanes=list(config.widths),
            spatial_dims=config.dimensions,
            n_input_channels=config.in_channels,
            conv1_t_stride=2,
            shortcut_type="B",
            bias_downsample=False,
            feed_forward=False,
        )
        self.features = config.widths[-1]
        self.stride = 2 ** (len(config.widths) + 1)

    def forward(self, image: Tensor) -> Tensor:
        """Return features; see the class."""
        r = self.layers
        x = r.maxpool(r.act(r.bn1(r.conv1(image))))
        features: Tensor = r.layer4(r.layer3(r.layer2(r.layer1(x))))  # (N, F, *s)
        return features


ENCODER = Encoder(
    card=Card(
        name="resnet18",
        task="",
        answers=frozenset(),
        learned=True,
        cite="He et al., CVPR 2016, arXiv:1512.03385",
        differs="",
    ),
    config=ResNet18Config,
    build=ResNet18,
)
