"""Late fusion: covariates join the pooled features, before the head.

Reference: Huang et al., NPJ Digit Med 2020; 3:136; Heo et al., Int J Environ Res Public Health 2019; 16:250.
"""

from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.conditioning import Conditioner, Conditioning

CHANNELS = 16


class Late(Conditioner):
    """covariates (N, K) -> (N, CHANNELS)."""

    channels = CHANNELS

    def __init__(self, covariates: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(covariates, 32), nn.ReLU(), nn.Linear(32, CHANNELS))

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return what joins the pooled features."""
        joined: Tensor = self.layers(inputs[0])
        return joined


CONDITIONING = Conditioning(
    card=Card(name="late", task="", answers=frozenset(), learned=True, cite="Huang et al., NPJ Digit Med 2020; 3:136", differs=""),
    place="pooled",
    build=lambda covariates, _features: Late(covariates),
)
