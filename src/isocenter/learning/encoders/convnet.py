"""A plain convolutional encoder: two convolutions a level, halved between levels. Small enough to learn on a laptop.

In:   image (N, C_in, *S).
Out:  features (N, widths[-1], *S / (first_stride * 2 ** (levels - 1))).
Not:  no pooling to one vector (poolings/), no answer (heads/).

Reference: Simonyan & Zisserman, ICLR 2015, arXiv:1409.1556; Ioffe & Szegedy, ICML 2015, arXiv:1502.03167.
Differs:   narrower, with batch normalization, and strided convolutions in place of max pooling.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from isocenter.core.errors import PlanError
from isocenter.core.method import Card
from isocenter.learning.encoder import Encoder, Features
from isocenter.learning.stage import CONVOLUTION

NORMALIZATION = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}


@dataclass(frozen=True, kw_only=True)
class ConvnetConfig:
    """Shape of one encoder."""

    dimensions: int = 2
    """2 or 3."""
    in_channels: int = 1
    widths: tuple[int, ...] = (16, 32, 64, 128)
    """Feature channels per level, finest first."""
    first_stride: int = 1
    """2 halves the image in the first convolution already: most of the cost lies at its full size."""

    def __post_init__(self) -> None:
        """PlanError when the numbers make no network."""
        if self.dimensions not in (2, 3) or self.in_channels < 1 or not self.widths or min(self.widths) < 1:
            raise PlanError(
                f"expected dimensions 2 or 3, at least one channel and widths above 0, got {self.dimensions}, {self.in_channels} "
                f"and {self.widths}."
            )
        if self.first_stride not in (1, 2):
            raise PlanError(f"expected first_stride 1 or 2, got {self.first_stride!r}.")


class Convnet(Features):
    """image (N, C_in, *S) -> features (N, widths[-1], *s)."""

    def __init__(self, config: ConvnetConfig) -> None:
        super().__init__()
        c = config
        self.features = c.widths[-1]
        self.stride = c.first_stride * 2 ** (len(c.widths) - 1)
        layers: list[nn.Module] = []
        n_in = c.in_channels
        for level, width in enumerate(c.widths):
            for stride in (c.first_stride if level == 0 else 2, 1):
                layers += [
                    CONVOLUTION[c.dimensions](n_in, width, 3, stride, 1, bias=False),
                    NORMALIZATION[c.dimensions](width),
                    nn.ReLU(inplace=True),
                ]
                n_in = width
        self.layers = nn.Sequential(*layers)

    def forward(self, image: Tensor) -> Tensor:
        """Return features; see the class."""
        features: Tensor = self.layers(image)  # (N, F, *s)
        return features


ENCODER = Encoder(
    card=Card(
        name="convnet",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Simonyan & Zisserman, ICLR 2015, arXiv:1409.1556",
        differs="narrower, batch normalization, strided convolutions",
    ),
    config=ConvnetConfig,
    build=Convnet,
)
