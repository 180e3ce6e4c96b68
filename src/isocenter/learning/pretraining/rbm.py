"""Convolutional restricted Boltzmann machines, one upon the other: each layer learns to bring forth what the layers below pass on.

In:   images of each encoder; encoders of the kind convnet.
Out:  encoders whose convolutions are the machines' weights.
Not:  no deep belief network is kept: biases are thrown away, since a batch normalization follows every convolution.

The energy of visible units v and hidden units h in {0, 1} is  E = |v - c|² / 2 - Σ h (W * v + b),  so the free energy is
F(v) = |v - c|² / 2 - Σ softplus(W * v + b). Contrastive divergence with one step of Gibbs sampling goes down the gradient of
F(data) - F(v'), v' being the machine's own image of the data: as a loss, v' held fixed, that is what is computed here.

Reference: Lee, Grosse, Ranganath & Ng, ICML 2009, doi:10.1145/1553374.1553453; Hinton, Neural Comput 2002; 14:1771-1800.
Differs:   strided convolutions in place of probabilistic max pooling; every layer's visible units are Gaussian, and see what the
           encoder below passes on, normalized and rectified; AdamW.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, conv3d, conv_transpose2d, conv_transpose3d, softplus

from isocenter.core.errors import SettingError
from isocenter.core.method import Card
from isocenter.learning.encoder import Features
from isocenter.learning.encoders.convnet import Convnet
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner
from isocenter.learning.phases import Phase
from isocenter.learning.pretrainer import Images, PretrainConfig, Pretrainer

ACTIVE = 0.1
"""Share of the samples at which a hidden unit should be on."""
UP: Mapping[int, Callable[..., Tensor]] = {4: conv2d, 5: conv3d}
DOWN: Mapping[int, Callable[..., Tensor]] = {4: conv_transpose2d, 5: conv_transpose3d}


class Machine(nn.Module):
    """One layer of an encoder as a machine: the encoder below it, its convolution's weights, and biases of its own."""

    def __init__(self, encoder: Convnet, layer: int) -> None:
        """Take the convolution at a place of the encoder's layers."""
        super().__init__()
        convolution = encoder.layers[layer]
        self.encoder = encoder
        self.layer = layer
        self.stride: int = convolution.stride[0]  # type: ignore[index,assignment]
        weight = convolution.get_parameter("weight")
        self.hidden = nn.Parameter(torch.zeros(weight.shape[0]))
        self.visible = nn.Parameter(torch.zeros(weight.shape[1]))

    @property
    def weight(self) -> nn.Parameter:
        """(K, C, *k): the encoder's own."""
        return self.encoder.layers[self.layer].get_parameter("weight")

    def learning(self) -> list[nn.Parameter]:
        """Return what this machine learns."""
        return [self.weight, self.hidden, self.visible]

    def below(self, image: Tensor) -> Tensor:
        """Return what the layers below pass on, (N, C, *s)."""
        with torch.no_grad():
            passed: Tensor = self.encoder.layers[: self.layer](image) if self.layer else image
        return passed

    def up(self, v: Tensor, *, weight: Tensor | None = None) -> Tensor:
        """Return the input of the hidden units, (N, K, *t)."""
        return UP[v.ndim](v, self.weight if weight is None else weight, self.hidden, self.stride, 1)

    def down(self, h: Tensor, size: Sequence[int]) -> Tensor:
        """Return the mean of the visible units, (N, C, *size)."""
        spare = tuple(n - ((t - 1) * self.stride + 1) for n, t in zip(size, h.shape[2:], strict=True))  # kernel 3, padding 1
        return DOWN[h.ndim](h, self.weight, self.visible, self.stride, 1, spare)

    def free_energy(self, v: Tensor) -> Tensor:
        """Return F(v) per visible unit, ()."""
        middle = self.visible.view(1, -1, *[1] * (v.ndim - 2))
        return (0.5 * (v - middle).square().sum() - softplus(self.up(v)).sum()) / v.numel()

    def forward(self, image: Tensor) -> Tensor:
        """Return the loss, (): its value is the error of reconstruction, its gradient that of contrastive divergence.

        A pull of the hidden biases towards few active units is added to the gradient.
        """
        data = self.below(image)
        with torch.no_grad():
            chance = self.up(data).sigmoid()
            sampled = (torch.rand_like(chance) < chance).to(data.dtype)
            dream = self.down(sampled, data.shape[2:])
        divergence = self.free_energy(data) - self.free_energy(dream)
        active = self.up(data, weight=self.weight.detach()).sigmoid().transpose(0, 1).flatten(1).mean(dim=1)  # (K,)
        pulled = divergence + (active - ACTIVE).square().sum()
        return (data - dream).square().mean() + pulled - pulled.detach()


class Machines(nn.Module):
    """The same layer of every encoder."""

    def __init__(self, encoders: Sequence[Convnet], layer: int) -> None:
        super().__init__()
        self.machines = nn.ModuleList(Machine(encoder, layer) for encoder in encoders)

    def forward(self, images: list[Tensor | None]) -> Tensor:
        """Return the mean loss over the encoders that have images."""
        losses = [machine(image) for machine, image in zip(self.machines, images, strict=True) if image is not None]
        return torch.stack(losses).mean()


class Dreaming:
    """See Lesson in gradient_learner.py."""

    def __init__(self, images: Images) -> None:
        self.images = images

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the machines' loss."""
        loss: Tensor = network([None if image is None else place(image) for image in self.images.draw()])
        return loss

    def learned(self, loss: float) -> None:
        """Change nothing: images are drawn whatever the loss."""
        del loss

    def state(self) -> Mapping[str, Any]:
        """Return the images' generators; the sampling is torch's, which the learner keeps."""
        return self.images.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.images.restore(state)


def build(encoders: Sequence[Features], images: Images, config: PretrainConfig) -> Sequence[Phase]:
    """Return one phase a layer, lowest first, of about equal lengths. SettingError for another encoder than convnet."""
    nets = [encoder for encoder in encoders if isinstance(encoder, Convnet)]
    if len(nets) != len(encoders):
        raise SettingError(
            "expected the encoder convnet for pretrain: rbm, whose machines are its plain convolutions, got another. "
            "Set encoder: convnet."
        )
    places = [i for i, layer in enumerate(nets[0].layers) if isinstance(layer, nn.Conv2d | nn.Conv3d)]
    ends = [round(config.steps * (i + 1) / len(places)) for i in range(len(places))]
    lengths = [end - begin for begin, end in zip((0, *ends[:-1]), ends, strict=True)]
    return [
        Phase(name="pretrain", steps=length, build=partial(_learner, nets, place, images, config, length))
        for place, length in zip(places, lengths, strict=True)
    ]


def _learner(encoders: Sequence[Convnet], layer: int, images: Images, config: PretrainConfig, steps: int) -> GradientLearner:
    def groups(network: nn.Module, rate: float) -> list[dict[str, Any]]:
        machines = [m for m in network.modules() if isinstance(m, Machine)]
        return [{"params": [p for m in machines for p in m.learning()], "lr": rate}]

    gradients = GradientConfig(
        dimensions=config.dimensions,
        steps=steps,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        seed=config.seed + layer,  # float32 always: a difference of energies is small beside them
    )
    return GradientLearner(Machines(encoders, layer), Dreaming(images), gradients, groups=groups)


PRETRAINER = Pretrainer(
    card=Card(
        name="rbm",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Lee, Grosse, Ranganath & Ng, ICML 2009, doi:10.1145/1553374.1553453",
        differs="strided convolutions in place of probabilistic max pooling; Gaussian visible units in every layer",
    ),
    encoders=frozenset({"convnet"}),
    build=build,
)
