"""The trial."""

import numpy as np
import pytest
import torch
from torch import nn

from isocenter.learning.inference import choose, openvino_backend
from isocenter.learning.inference.choose import choose_network
from isocenter.learning.networks.unet import UNet, UNetConfig

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="with a graphics card there is no trial")


def example() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((1, 16, 16)).astype(np.float32)


def net() -> nn.Module:
    torch.manual_seed(0)
    return UNet(UNetConfig(dimensions=2, widths=(4, 8)))


def test_the_fastest_that_agrees_wins() -> None:
    choice = choose_network(net(), example())
    possible = {t.name: t.seconds for t in choice.trials if not t.note}
    assert choice.network.name == min(possible, key=lambda name: possible[name] or 1e9)
    assert choice.network.name in choice.reason
    assert {"torch float32", "openvino float32"} <= {t.name for t in choice.trials}


def test_an_engine_that_fails_is_named_and_torch_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no such instruction")

    monkeypatch.setattr(openvino_backend, "OpenVinoNetwork", broken)
    choice = choose_network(net(), example(), bfloat16=False)
    assert choice.network.name == "torch float32"
    assert "no such instruction" in choice.trials[1].note


def test_an_engine_that_disagrees_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong:
        name, batch = "openvino float32", 1

        def __init__(self, *args: object, **kwargs: object) -> None: ...

        def __call__(self, windows: np.ndarray) -> list[np.ndarray]:
            return [np.zeros((2, 16, 16), np.float32)] * len(windows)

    monkeypatch.setattr(openvino_backend, "OpenVinoNetwork", Wrong)
    choice = choose_network(net(), example(), bfloat16=False)
    assert choice.network.name == "torch float32"
    assert "left out" in choice.trials[1].note


def test_a_few_seconds_of_work_try_nothing_else() -> None:
    assert len(choose_network(net(), example(), windows=2).trials) == 1
    assert choose.WORTH_S > 0
