"""Where a label speaks and what a map says are one place: that of the spot an encoder sees."""

import numpy as np
import pytest
import torch

from isocenter.core.case import Case
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Target
from isocenter.learning.encoders import ENCODERS
from isocenter.learning.exam.batch import ExamBatch, collate
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.learning.exam.items import FrameConfig, make_item
from isocenter.learning.exam.network import ExamNetwork, ExamNetworkConfig, look
from isocenter.learning.exam.placement import from_places, shares_of_places
from isocenter.methods._exam.maps import in_place

SMALL = {
    "convnet": {"widths": (2, 2, 2)},
    "densenet121": {"growth_rate": 4, "blocks": (1, 1)},
    "resnet18": {"widths": (2, 2, 2, 2)},
    "unet_features": {"widths": (2, 2, 2), "out_features": 2},
}
TARGET = Target(name="n", type="count", columns="n")


@pytest.mark.parametrize(("samples", "places", "stride", "center"), [(64, 8, 8, 0.0), (30, 4, 8, 0.0), (64, 2, 32, 14.0)])
def test_places_share_out_all_samples_around_their_centers(samples, places, stride, center):
    shares = shares_of_places(samples, places, stride=stride, center=center)
    assert shares.sum(axis=1) == pytest.approx(1.0, abs=1e-6)
    assert ((shares > 0).sum(axis=0) >= 1).all()  # nothing marked is ever lost
    middle = shares[1:-1] @ np.arange(samples)
    assert middle == pytest.approx(center + stride * np.arange(1, places - 1), abs=1e-4)


def test_a_place_between_no_samples_speaks_of_the_nearest():
    shares = shares_of_places(2, 3, stride=2, center=0.0)  # centers 0, 2, 4; sample 1 is as near to 0 as to 2
    assert shares == pytest.approx(np.array([[2 / 3, 1 / 3], [0, 1], [0, 1]]), abs=1e-6)


def test_one_place_of_everything_speaks_of_everything():
    assert shares_of_places(5, 1, stride=5, center=2.0).tolist() == [[pytest.approx(0.2)] * 5]


def test_what_is_spread_from_places_falls_back_on_them():
    places = np.random.default_rng(0).random((1, 6)).astype(np.float32)
    spread = from_places(places, (48,), stride=8, center=0.0)
    assert np.corrcoef(shares_of_places(48, 6, stride=8, center=0.0) @ spread[0], places[0])[0, 1] > 0.98


def network(encoder, dimensions, targets):
    """Every convolution sums what is around it, and the heads sum the features: brighter means more, wherever it is."""
    config = ExamNetworkConfig(
        dimensions=dimensions, channels=(1,), outputs=dict.fromkeys(targets, 1), encoder=encoder,
        encoder_settings=SMALL[encoder], dropout=0.0,
    )  # fmt: skip
    made = ExamNetwork(config).eval()
    with torch.no_grad():
        for name, parameter in made.named_parameters():
            many = parameter[0].numel() if parameter.ndim > 1 else 1
            parameter.fill_(0.0 if name.endswith("bias") else 1.0 / many)
    return made


def spotted(place, size):
    """An exam of one bright sample in the dark."""
    samples = np.zeros((1, *size), np.float32)
    samples[(0, *place)] = 1000.0
    case = Case(key="a", patient="a", inputs={"x": held_image(samples, plain_grid(size))}, labels={}, covariates={})
    frame = FrameConfig(inputs=("x",), channels=(1,), size=size, schemes=("none",))
    return make_item([case], [TARGET], frame, heads={}, covariates=CovariateTable())


def windows(size, wide, others):
    """Regions `wide` samples wide along the first axis, around `others` along the rest, by their middle."""
    found = {}
    for start in range(0, size[0] - wide + 1, max(1, wide // 8)):
        where = torch.zeros(1, 1, 1, *size)
        where[0, 0, 0, start : start + wide, *[slice(max(0, n - wide), n + wide + 1) for n in others]] = 1.0
        found[start + (wide - 1) / 2] = where
    return found


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize(("encoder", "stride"), [("convnet", 4), ("densenet121", 8), ("resnet18", 32), ("unet_features", 1)])
def test_a_bright_spot_is_heard_and_shown_where_it_is(encoder, stride, dimensions):
    across = 2 if stride == 32 else 3  # places, as few as show it
    size = (6 * stride, *[across * stride] * (dimensions - 1)) if stride > 1 else (16,) * dimensions
    center = int(ENCODERS.get(encoder).build(ENCODERS.get(encoder).config(**SMALL[encoder])).center)
    others = ((stride + center) if stride > 1 else 8,) * (dimensions - 1)
    regions = windows(size, stride, others)
    made = network(encoder, dimensions, ["n", *map(str, regions)])
    heard, shown = [], []
    first = 2 * stride + center if stride > 1 else 6
    for spot in range(first, first + max(stride, 4), max(1, stride // 4)):
        batch = collate([item := spotted((spot, *others), size)], truths={})
        scoped = ExamBatch(
            views=batch.views, present=batch.present, filled=batch.filled, where={str(m): w for m, w in regions.items()},
            covariates=batch.covariates, truths={},
        )  # fmt: skip
        with torch.inference_mode():
            output = look(made, scoped, maps=True)
        answers = np.array([output.raw[str(middle)].item() for middle in regions])
        heard.append(np.mean([m for m, said in zip(regions, answers, strict=True) if said >= answers.max() * (1 - 1e-4)]) - spot)
        places = output.maps["n"][0].numpy().swapaxes(0, 1)
        image = in_place(places, item, slices=False, stride=stride, center=made.fusion.center)
        peak = np.unravel_index(int(image.array()[0].argmax()), size)
        shown.append(peak[0] - spot)
        assert all(abs(p - n) <= stride / 2 for p, n in zip(peak[1:], others, strict=True))
    assert made.fusion.stride == stride
    assert np.abs(shown).max() <= stride / 2
    assert np.abs(heard).max() <= stride / 2 + 1  # regions end between samples
    assert abs(np.mean(shown)) <= stride / 8  # on the whole to neither side
    assert abs(np.mean(heard)) <= stride / 8 + 0.5  # half a place would be four times that
