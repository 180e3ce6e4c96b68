"""Learning without labels: the image is drawn again better, layers below the one that learns stay, a kill changes nothing."""

import pytest
import torch
from torch.nn.functional import conv_transpose2d

from isocenter.core.errors import SettingError
from isocenter.learning.encoders.convnet import Convnet, ConvnetConfig
from isocenter.learning.encoders.resnet18 import ResNet18, ResNet18Config
from isocenter.learning.encoders.unet_features import UNetFeatures, UNetFeaturesConfig
from isocenter.learning.phases import Phases
from isocenter.learning.pretrainer import PretrainConfig
from isocenter.learning.pretraining import PRETRAINERS
from isocenter.learning.pretraining.autoencoder import Decoder
from isocenter.learning.pretraining.rbm import Machine


class Stripes:
    """Images of stripes, of one or two encoders."""

    def __init__(self, channels=(1,), dimensions=2):
        self.channels, self.dimensions = channels, dimensions
        self.generator = torch.Generator().manual_seed(0)

    def draw(self):
        return [self._images(count) for count in self.channels]

    def _images(self, count):
        phase = torch.rand(8, count, *[1] * self.dimensions, generator=self.generator) * 6.28
        along = torch.arange(16.0).view(-1, *[1] * (self.dimensions - 1))
        wave = torch.sin(along * 1.5 + phase).sign()
        return wave.expand(8, count, *[16] * self.dimensions).contiguous()

    def state(self):
        return {"generator": self.generator.get_state()}

    def restore(self, state):
        self.generator.set_state(state["generator"])


def convnet(dimensions=2):
    torch.manual_seed(0)
    return Convnet(ConvnetConfig(dimensions=dimensions, widths=(4, 8)))


def trained(name, encoders, images, steps):
    """Errors of reconstruction while learning."""
    phases = PRETRAINERS.get(name).build(
        encoders, images, PretrainConfig(dimensions=images.dimensions, steps=steps, learning_rate=0.01)
    )
    assert sum(phase.steps for phase in phases) == steps
    made = Phases(phases, convnet)
    return [made.step(i)["pretrain_loss"] for i in range(steps)]


@pytest.mark.parametrize("dimensions", [2, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", PRETRAINERS.names())
def test_images_are_drawn_again_better_and_the_encoder_changes(name, dimensions):
    encoder, fresh = convnet(dimensions), convnet(dimensions)
    steps = 48 if name == "rbm" else 24
    losses = trained(name, [encoder], Stripes(dimensions=dimensions), steps)
    first = losses[: steps // 4] if name == "rbm" else losses  # the lowest machine's share
    assert first[-1] < 0.8 * first[0]
    convolutions = [i for i, layer in enumerate(encoder.layers) if hasattr(layer, "kernel_size")]
    assert all(not torch.equal(encoder.layers[i].weight, fresh.layers[i].weight) for i in convolutions)


def test_a_training_taken_up_in_any_layer_ends_in_the_same_weights():
    def made(encoder):
        phases = PRETRAINERS.get("rbm").build([encoder], Stripes(), PretrainConfig(steps=8))
        return Phases(phases, convnet)

    whole, stopped = convnet(), convnet()
    straight, broken = made(whole), made(stopped)
    for i in range(8):
        straight.step(i)
    for i in range(5):  # in the third of four layers
        broken.step(i)
    state = broken.state()
    again = convnet()
    for parameter in again.parameters():  # nothing of the first layers is left but what the state holds
        torch.nn.init.zeros_(parameter)
    taken_up = made(again)
    taken_up.restore(state)
    for i in range(5, 8):
        taken_up.step(i)
    assert all(torch.equal(a, b) for a, b in zip(whole.state_dict().values(), again.state_dict().values(), strict=True))


def test_the_machines_gradient_is_that_of_contrastive_divergence():
    """Against sums of products of visible and hidden units, written out (Hinton 2002, eq. 10; Lee et al. 2009, sec. 3.1)."""
    torch.manual_seed(0)
    machine = Machine(convnet(), 3)
    image = torch.randn(2, 1, 6, 6)
    v = machine.below(image)
    torch.manual_seed(1)
    machine(image).backward()
    torch.manual_seed(1)
    with torch.no_grad():
        chance = machine.up(v).sigmoid()
        sampled = (torch.rand_like(chance) < chance).float()
        dream = conv_transpose2d(sampled, machine.weight, machine.visible, 1, 1)
        again = machine.up(dream).sigmoid()

    def correlation(visible, hidden):
        """Sum over images and places of hidden times the visible patch, (K, C, 3, 3)."""
        patches = torch.nn.functional.unfold(visible, 3, padding=1)  # (N, C * 9, places)
        return torch.einsum("nkp,ncp->kc", hidden.flatten(2), patches).view_as(machine.weight)

    expected = -(correlation(v, chance) - correlation(dream, again)) / v.numel()
    assert torch.allclose(machine.weight.grad, expected, atol=1e-5)
    assert torch.allclose(machine.visible.grad, -(v - dream).sum(dim=(0, 2, 3)) / v.numel(), atol=1e-5)


def test_machines_are_refused_for_what_is_no_stack_of_convolutions():
    with pytest.raises(SettingError, match="Set encoder: convnet"):
        PRETRAINERS.get("rbm").build([ResNet18(ResNet18Config(widths=(4, 4, 4, 4)))], Stripes(), PretrainConfig())


def test_a_decoder_draws_any_size_from_any_stride():
    for encoder, size in (
        (ResNet18(ResNet18Config(widths=(4, 4, 8, 8))), (48, 33)),
        (UNetFeatures(UNetFeaturesConfig(widths=(4, 8))), (16, 8)),
    ):
        features = encoder.eval()(torch.randn(2, 1, *size))
        assert Decoder(encoder, 3, 2).eval()(features, size).shape == (2, 3, *size)


def test_an_encoder_without_images_in_a_batch_is_left_out():
    class Half(Stripes):
        def draw(self):
            return [super().draw()[0], None]

    for name in PRETRAINERS.names():
        kept = convnet()
        losses = trained(name, [convnet(), kept], Half((1, 1)), 4)
        assert all(loss == loss for loss in losses)
        assert torch.equal(kept.layers[0].weight, convnet().layers[0].weight)
