"""A network that draws an image again through a narrow code, and says of every sample how sure it is.

In:   images (N, C, *S).
Out:  the image drawn again and the logarithm of the variance expected of the error, each (N, C, *S); the lesson that teaches both.
Not:  no score, no map (methods/anomaly).

Reference: Mao et al., MICCAI 2020, LNCS 12266:529-538 (auto-encoder with predicted uncertainty); Nix & Weigend, ICNN 1994:55-60.
Differs:   convolutional code that keeps its place, so that pictures need not lie alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from isocenter.learning.encoders.convnet import Convnet, ConvnetConfig
from isocenter.learning.pretraining.autoencoder import Decoder

SUREST, LEAST_SURE = -8.0, 3.0
"""Bounds of the logarithm of the variance; intensities lie in [-1, 1]."""


@dataclass(frozen=True, kw_only=True)
class RedrawerConfig:
    """Shape of the network."""

    channels: int = 1
    widths: tuple[int, ...] = (16, 32, 64)
    """Features per level, finest first; each level but the first halves the image."""
    code: int = 4
    """Numbers kept at each place of the coarsest level: fewer hold less of what is rare."""


class Redrawer(nn.Module):
    """image (N, C, *S) -> (drawn again, log variance), each (N, C, *S)."""

    def __init__(self, config: RedrawerConfig) -> None:
        super().__init__()
        self.channels = config.channels
        self.encoder = Convnet(ConvnetConfig(in_channels=config.channels, widths=config.widths))
        self.narrow = nn.Conv2d(self.encoder.features, config.code, 1)
        self.widen = nn.Conv2d(config.code, self.encoder.features, 1)
        self.decoder = Decoder(self.encoder, 2 * config.channels, 2)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return both; see the class."""
        code = self.narrow(self.encoder(image))  # (N, code, *s)
        out = self.decoder(torch.relu(self.widen(code)), image.shape[2:]).float()  # (N, 2C, *S)
        return out[:, : self.channels], out[:, self.channels :].clamp(SUREST, LEAST_SURE)


class Redrawing:
    """Batches of images, some of them mirrored; see Lesson in gradient_learner.py."""

    def __init__(self, images: Tensor, *, batch: int, mirror: bool, seed: int) -> None:
        """Hold images (N, C, X, Y). mirror: whether left and right may be exchanged."""
        self.images, self.batch, self.mirror = images, batch, mirror
        self.random = torch.Generator().manual_seed(seed)

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the negative logarithm of the likelihood of a batch, Gaussian, less a constant."""
        image = place(self.draw())
        again, log_variance = network(image)
        loss: Tensor = ((image - again).square() * torch.exp(-log_variance) + log_variance).mean()
        return loss

    def draw(self) -> Tensor:
        """Return the next images (batch, C, X, Y)."""
        chosen = self.images[torch.randint(len(self.images), (self.batch,), generator=self.random)]
        if not self.mirror:
            return chosen
        turned = torch.rand(len(chosen), generator=self.random) < 0.5
        return torch.where(turned[:, None, None, None], chosen.flip(2), chosen)

    def learned(self, loss: float) -> None:
        """Change nothing."""
        del loss

    def state(self) -> Mapping[str, Any]:
        """Return the generator of draws."""
        return {"random": self.random.get_state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.random.set_state(state["random"])
