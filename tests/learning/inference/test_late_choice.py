"""When the trial is held."""

import numpy as np
import pytest
import torch

from isocenter.learning.inference import late_choice
from isocenter.learning.inference.choose import Choice
from isocenter.learning.inference.late_choice import LateChoice
from isocenter.learning.inference.torch_backend import TorchNetwork
from isocenter.learning.networks.unet import UNet, UNetConfig

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="with a graphics card there is no trial")


def net() -> UNet:
    torch.manual_seed(0)
    return UNet(UNetConfig(dimensions=2, widths=(4, 8)))


def window(rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((1, 1, 16, 16)).astype(np.float32)


def test_the_first_answers_are_torchs_and_no_trial_is_held(rng: np.random.Generator) -> None:
    late, windows = LateChoice(net()), window(rng)
    assert np.allclose(late(windows)[0], TorchNetwork(net())(windows)[0])
    assert late.choice is None
    assert late.name == "torch float32"


def test_after_its_seconds_it_changes_to_the_winner(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    winner = TorchNetwork(net(), precision="bfloat16", batch=3)
    monkeypatch.setattr(late_choice, "choose_network", lambda *a, **k: Choice(network=winner, trials=()))
    late = LateChoice(net(), after_s=0.0)
    late(np.zeros((1, 1, 16, 16), np.float32))
    assert late.choice is None  # a constant window is no trial
    late(window(rng))
    assert (late.name, late.batch) == ("torch bfloat16", 3)
    assert late.choice is not None
