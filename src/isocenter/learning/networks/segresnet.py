"""SegResNet: a residual encoder-decoder with group normalization, MONAI's.

In:   image (N, C_in, *S); S divisible by 2 per level below the first.
Out:  logits (N, C_out, *S).
Not:  no variational branch.

Reference: Myronenko, arXiv:1810.11654; MONAI, arXiv:2211.02701.
Differs:   none from MONAI's; it has no coarser heads, so deep_supervision changes nothing but the type returned in training.
"""

from dataclasses import dataclass

from monai.networks.nets.segresnet import SegResNet as MonaiSegResNet
from torch import Tensor, nn

from isocenter.core.errors import PlanError
from isocenter.core.method import Card
from isocenter.learning.levels import check_channels
from isocenter.learning.network import Network


@dataclass(frozen=True, kw_only=True)
class SegResNetConfig:
    """Shape of one SegResNet."""

    dimensions: int = 3
    """2 or 3."""
    in_channels: int = 1
    out_channels: int = 2
    """Number of classes, background included."""
    width: int = 16
    """Feature channels at the finest level, a multiple of 8; doubled at each further one."""
    blocks_down: tuple[int, ...] = (1, 2, 2, 4)
    """Residual blocks per encoder level, finest first."""
    deep_supervision: bool = False
    """In training, return a tuple of one, as every supervised network does."""

    def __post_init__(self) -> None:
        """PlanError when the numbers make no network."""
        check_channels(
            dimensions=self.dimensions, in_channels=self.in_channels, out_channels=self.out_channels, widths=self.blocks_down
        )
        if self.width < 8 or self.width % 8:
            raise PlanError(f"width must be a multiple of 8 (group normalization has 8 groups), got {self.width}.")


class SegResNet(nn.Module):
    """image (N, C_in, *S) -> logits (N, C_out, *S), or in supervised training a tuple of one."""

    def __init__(self, config: SegResNetConfig) -> None:
        super().__init__()
        self.deep_supervision = config.deep_supervision
        self.network = MonaiSegResNet(
            spatial_dims=config.dimensions,
            init_filters=config.width,
            in_channels=config.in_channels,
            out_channels=config.out_channels,
            blocks_down=config.blocks_down,
            blocks_up=(1,) * (len(config.blocks_down) - 1),
        )

    def forward(self, image: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return logits; see the class."""
        logits: Tensor = self.network(image)  # (N, C_out, *S)
        return (logits,) if self.training and self.deep_supervision else logits


NETWORK = Network(
    card=Card(
        name="segresnet",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=True,
        cite="Myronenko, arXiv:1810.11654; Cardoso et al., MONAI, arXiv:2211.02701",
        differs="no coarser heads",
    ),
    config=SegResNetConfig,
    build=SegResNet,
    divisor=lambda config: (2 ** (len(config.blocks_down) - 1),) * config.dimensions,
)
