"""FiLM: covariates scale and shift every feature.

Reference: Perez et al., FiLM, AAAI 2018, arXiv:1709.07871.
"""

from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.conditioning import Conditioner, Conditioning


class FiLM(Conditioner):
    """(features (N, F, *s), covariates (N, K)) -> (N, F, *s)."""

    def __init__(self, covariates: int, features: int) -> None:
        super().__init__()
        last = nn.Linear(32, 2 * features)
        self.layers = nn.Sequential(nn.Linear(covariates, 32), nn.ReLU(), last)
        nn.init.zeros_(last.weight)  # begins as if there were no covariates
        nn.init.zeros_(last.bias)

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return (1 + scale) * features + shift."""
        features, covariates = inputs
        scale, shift = self.layers(covariates).chunk(2, dim=1)  # (N, F) each
        wide = (..., *[None] * (features.ndim - 2))
        moved: Tensor = (1 + scale[wide]) * features + shift[wide]
        return moved


CONDITIONING = Conditioning(
    card=Card(
        name="film",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Perez et al., AAAI 2018, arXiv:1709.07871",
        differs="begins as the identity",
    ),
    place="features",
    build=FiLM,
)
