"""Sliding prediction against MONAI's, and its own promises."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from monai.inferers import sliding_window_inference
from numpy.typing import NDArray

from isocenter.core.errors import PlanError
from isocenter.learning.inference.sliding_window import Slab, predict_scores, predict_volume, streaming_axis
from isocenter.learning.inference.torch_backend import TorchNetwork
from isocenter.learning.networks.unet import UNet, UNetConfig


class Counting:
    """Logits: (image, -image); counts its windows."""

    name = "counting"

    def __init__(self, batch: int = 2) -> None:
        self.batch = batch
        self.calls: list[int] = []

    def __call__(self, windows: NDArray[np.float32]) -> Sequence[NDArray[Any]]:
        self.calls.append(len(windows))
        return [np.concatenate([w[:1], -w[:1]]) for w in windows]


def network(dimensions: int) -> UNet:
    torch.manual_seed(0)
    return UNet(UNetConfig(dimensions=dimensions, in_channels=2, out_channels=3, widths=(4, 8, 8))).eval()


@pytest.mark.parametrize("gaussian", [True, False])
@pytest.mark.parametrize("step", [0.5, 0.75])
@pytest.mark.parametrize(
    ("size", "window"),
    [
        ((32, 32), (16, 16)),
        ((37, 61), (16, 24)),
        ((9, 40), (16, 16)),
        ((16, 16, 16), (16, 16, 16)),
        ((21, 16, 35), (8, 12, 16)),
        ((35, 21, 9), (16, 8, 12)),
        ((5, 7, 6), (8, 8, 8)),
    ],
)
def test_scores_are_monais(size: tuple[int, ...], window: tuple[int, ...], step: float, gaussian: bool) -> None:
    net = network(len(size))
    image = torch.randn(2, *size, generator=torch.manual_seed(1))
    with torch.inference_mode():
        theirs = sliding_window_inference(
            image[None], window, 2, net, overlap=1 - step, mode="gaussian" if gaussian else "constant", sigma_scale=0.125
        )[0]
    ours = predict_scores(TorchNetwork(net, batch=3), image.numpy(), window, classes=3, step=step, gaussian=gaussian)
    assert np.abs(ours - theirs.numpy()).max() < 1e-4


@pytest.mark.parametrize("size", [(30, 11), (11, 30), (9, 26, 13)])
def test_rows_come_once_and_in_order(size: tuple[int, ...], rng: np.random.Generator) -> None:
    image = rng.standard_normal((1, *size)).astype(np.float32)
    rows: list[int] = []

    def receive(slab: Slab) -> None:
        assert slab.axis == streaming_axis(size, (8,) * len(size))
        rows.extend(range(slab.first, slab.first + slab.rows))
        assert np.allclose(slab.scores[0].numpy(), image[0][slab.where], atol=1e-5)

    predict_volume(Counting(), image, (8,) * len(size), receive, classes=2)
    assert rows == list(range(max(size)))


def test_mirroring_averages_over_every_flip() -> None:
    net, image = network(2), torch.randn(2, 16, 16)
    with torch.inference_mode():
        flips: list[tuple[int, ...]] = [(), (2,), (3,), (2, 3)]
        theirs = sum(net(image[None].flip(f)).flip(f) for f in flips)[0] / 4
    ours = predict_scores(TorchNetwork(net), image.numpy(), (16, 16), classes=3, mirror_axes=(0, 1))
    assert np.allclose(ours, theirs.numpy(), atol=1e-5)


def test_constant_windows_are_predicted_once_and_change_nothing(rng: np.random.Generator) -> None:
    image = np.full((1, 64, 64), -3.0, np.float32)
    image[0, :20, :20] = rng.standard_normal((20, 20))
    one, all_of_them = Counting(), Counting()
    skipped = predict_scores(one, image, (8, 8), classes=2)
    assert np.allclose(skipped, predict_scores(all_of_them, image, (8, 8), classes=2, skip_empty=False), atol=1e-5)
    assert sum(all_of_them.calls) == 15 * 15
    assert sum(one.calls) == 5 * 5 + 1


def test_windows_come_in_batches_no_larger_than_the_network_likes(rng: np.random.Generator) -> None:
    net = Counting(batch=4)
    predict_scores(net, rng.standard_normal((1, 20, 20)).astype(np.float32), (8, 8), classes=2)
    assert max(net.calls) == 4
    assert sum(net.calls) == 16


def test_a_memory_map_is_as_good_as_an_array(tmp_path: Any, rng: np.random.Generator) -> None:
    np.save(tmp_path / "image.npy", rng.standard_normal((1, 20, 30)).astype(np.float16))
    mapped = np.load(tmp_path / "image.npy", mmap_mode="r")
    scores = predict_scores(Counting(), mapped, (8, 8), classes=2)
    assert np.allclose(scores[0], mapped[0], atol=1e-3)


def test_the_axis_that_needs_the_least_memory_is_streamed() -> None:
    assert streaming_axis((512, 512, 600), (96, 96, 96)) == 2
    assert streaming_axis((512, 512, 100), (128, 128, 128)) == 0
    assert streaming_axis((300, 300, 40), (256, 256, 1)) == 2


def test_a_window_of_other_axes_is_refused() -> None:
    with pytest.raises(PlanError, match="axes of space"):
        predict_volume(Counting(), np.zeros((1, 8, 8)), (8, 8, 8), lambda slab: None, classes=2)
