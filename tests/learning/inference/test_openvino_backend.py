"""Windows on OpenVINO."""

import numpy as np
import pytest

from isocenter.learning.inference.openvino_backend import OpenVinoNetwork
from isocenter.learning.inference.torch_backend import TorchNetwork
from isocenter.learning.networks import NETWORKS


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("name", NETWORKS.names())
def test_every_network_converts_and_gives_torchs_logits(name: str, dimensions: int) -> None:
    kind = NETWORKS.get(name)
    config = kind.config(dimensions=dimensions, in_channels=2, out_channels=3)
    net, divisor = kind.build(config), kind.divisor(config)
    window = tuple(3 * d for d in divisor)  # not the size it is traced with
    converted = OpenVinoNetwork(net, channels=2, window=window, divisor=divisor)
    windows = np.random.default_rng(0).standard_normal((converted.batch, 2, *window)).astype(np.float32)
    truth = TorchNetwork(net)(windows)
    assert np.abs(np.stack(converted(windows)) - np.stack(truth)).max() < 1e-3
    assert np.abs(converted(windows[:1])[0] - truth[0]).max() < 1e-3
