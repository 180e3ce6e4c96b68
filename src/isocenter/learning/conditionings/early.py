"""Early fusion: covariates become constant channels beside the image's.

Reference: Huang et al., NPJ Digit Med 2020; 3:136 (a review of the three ways).
"""

from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.conditioning import Conditioner, Conditioning

CHANNELS = 4


class Early(Conditioner):
    """covariates (N, K) -> (N, CHANNELS)."""

    channels = CHANNELS

    def __init__(self, covariates: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(covariates, 16), nn.ReLU(), nn.Linear(16, CHANNELS))

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the channels' values."""
        channels: Tensor = self.layers(inputs[0])
        return channels


CONDITIONING = Conditioning(
    card=Card(name="early", task="", answers=frozenset(), learned=True, cite="Huang et al., NPJ Digit Med 2020; 3:136", differs=""),
    place="image",
    build=lambda covariates, _features: Early(covariates),
)
