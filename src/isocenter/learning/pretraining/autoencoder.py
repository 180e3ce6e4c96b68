"""Denoising auto-encoder: the encoder's features must suffice to draw the image again, without the noise it was shown with.

In:   images of each encoder.
Out:  encoders that have learned to describe images.
Not:  the decoder is thrown away.

Reference: Masci et al., ICANN 2011, LNCS 6791:52-59 (convolutional auto-encoders); Vincent et al., JMLR 2010; 11:3371-3408
           (denoising).
Differs:   all layers are learned at once, not one upon the other.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, mse_loss

from isocenter.core.method import Card
from isocenter.learning.encoder import Features
from isocenter.learning.encoders.convnet import NORMALIZATION
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner
from isocenter.learning.phases import Phase
from isocenter.learning.pretrainer import Images, PretrainConfig, Pretrainer
from isocenter.learning.stage import CONVOLUTION, TRANSPOSED

NOISE = 0.3
"""Standard deviation of the noise, in units of the normalized image."""
WIDEST, NARROWEST = 64, 8
LINEAR = {2: "bilinear", 3: "trilinear"}


class Decoder(nn.Module):
    """features (N, F, *s), size S -> image (N, C, *S), by transposed convolutions that double each side."""

    def __init__(self, encoder: Features, channels: int, dimensions: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        n_in = encoder.features
        for _ in range(math.ceil(math.log2(max(encoder.stride, 1)))):
            n_out = max(NARROWEST, min(WIDEST, n_in // 2))
            layers += [TRANSPOSED[dimensions](n_in, n_out, 2, 2), NORMALIZATION[dimensions](n_out), nn.ReLU(inplace=True)]
            n_in = n_out
        self.layers = nn.Sequential(*layers, CONVOLUTION[dimensions](n_in, channels, 3, 1, 1))
        self.mode = LINEAR[dimensions]

    def forward(self, features: Tensor, size: Sequence[int]) -> Tensor:
        """Return the image; see the class."""
        image: Tensor = self.layers(features)  # (N, C, about S)
        if tuple(image.shape[2:]) != tuple(size):
            image = interpolate(image, size=tuple(size), mode=self.mode, align_corners=False)
        return image


class AutoEncoder(nn.Module):
    """Images of each encoder, None where it has none -> the same images, drawn again."""

    def __init__(self, encoders: Sequence[Features], channels: Sequence[int], dimensions: int) -> None:
        super().__init__()
        self.encoders = nn.ModuleList(encoders)
        self.decoders = nn.ModuleList(Decoder(e, c, dimensions) for e, c in zip(encoders, channels, strict=True))

    def forward(self, images: list[Tensor | None]) -> list[Tensor | None]:
        """Return what is drawn."""
        return [
            None if image is None else decoder(encoder(image), image.shape[2:])
            for encoder, decoder, image in zip(self.encoders, self.decoders, images, strict=True)
        ]


class Denoising:
    """See Lesson in gradient_learner.py."""

    def __init__(self, images: Images) -> None:
        self.images = images

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the mean squared difference between what is drawn and the image without noise."""
        drawn = self.images.draw()
        clean = [None if image is None else place(image) for image in drawn]
        noisy = [None if image is None else place(image + NOISE * torch.randn_like(image)) for image in drawn]
        again = network(noisy)
        losses = [mse_loss(a.float(), c) for a, c in zip(again, clean, strict=True) if a is not None and c is not None]
        return torch.stack(losses).mean()

    def learned(self, loss: float) -> None:
        """Change nothing: images are drawn whatever the loss."""
        del loss

    def state(self) -> Mapping[str, Any]:
        """Return the images' generators; the noise is torch's, which the learner keeps."""
        return self.images.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.images.restore(state)


def build(encoders: Sequence[Features], images: Images, config: PretrainConfig) -> Sequence[Phase]:
    """Return one phase."""

    def learner() -> GradientLearner:
        torch.manual_seed(config.seed)
        network = AutoEncoder(encoders, images.channels, config.dimensions)
        gradients = GradientConfig(
            dimensions=config.dimensions,
            steps=config.steps,
            learning_rate=config.learning_rate,
            weight_decay=config.weight_decay,
            precision=config.precision,
            seed=config.seed,
        )
        return GradientLearner(network, Denoising(images), gradients)

    return [Phase(name="pretrain", steps=config.steps, build=learner)]


PRETRAINER = Pretrainer(
    card=Card(
        name="autoencoder",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Masci et al., ICANN 2011, LNCS 6791:52-59; Vincent et al., JMLR 2010; 11:3371-3408",
        differs="all layers are learned at once",
    ),
    build=build,
)
