"""A map lies where the network saw it: in pictures and volumes of any size, slice by slice, in bags and cut-out regions."""

import numpy as np
import pytest
from torch import nn

from isocenter.core.amount import Amount
from isocenter.core.case import Case
from isocenter.core.grid import Grid, as_affine
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Target
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.learning.heads.linear import Linear
from isocenter.learning.heads.share import Share
from isocenter.methods._exam.build import new_network
from isocenter.methods._exam.model import ExamModel
from isocenter.methods._exam.settings import ExamSettings

TARGET = Target(name="n", type="count", columns="n")


def grid(shape, spacing):
    matrix = np.diag([*spacing, 1.0])
    matrix[: len(shape), -1] = 7.0
    return Grid(shape=shape, affine=as_affine(matrix), world="ras_mm" if len(shape) == 3 else "px")


def spot(shape, at, *, wide=2.0):
    """A blurred spot (1, *S) in an image that is the same along no axis, mirrored or not."""
    apart = sum(
        ((np.arange(n) - a) ** 2).reshape([-1 if i == j else 1 for j in range(len(shape))])
        for i, (n, a) in enumerate(zip(shape, at, strict=True))
    )
    return np.exp(-apart / (2 * wide**2))[None].astype(np.float32)


def brightness(size, *, slices=False, target=TARGET, widths=(1, 1, 1), **changes):
    """A model whose map is the image itself, blurred by as many strided convolutions as it has levels."""
    settings = ExamSettings(
        size=size, slices=slices, schemes=("none",), encoder_settings={"widths": widths}, keep_map=True, dropout=0.0, **changes
    )
    heads = {target.name: Linear()}
    network = new_network(settings, heads, covariates=0, seed=0)
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Conv3d):
            nn.init.constant_(module.weight, 1 / module.weight[0].numel())
    head = network.heads.get_submodule(target.name) if hasattr(network.heads, target.name) else next(iter(network.heads.values()))
    nn.init.ones_(head.weight)
    nn.init.zeros_(head.bias)
    return ExamModel(network, heads, inputs=("x",), targets=(target,), settings=settings, covariates=CovariateTable())


def said(model, *images, regions=None):
    case = Case(
        key="a",
        patient="a",
        inputs={"x": images if len(images) > 1 else images[0]},
        labels={},
        covariates={},
        regions=regions or {},
    )
    return model.answer([case])[1]["n:map"]


def middle(array):
    """The center of what stands out of a map, in samples."""
    rest = np.clip(array - np.percentile(array, 80), 0, None) ** 2
    return np.array(
        [
            (np.arange(n) * rest.sum(axis=tuple(a for a in range(rest.ndim) if a != i))).sum() / rest.sum()
            for i, n in enumerate(rest.shape)
        ]
    )


@pytest.mark.parametrize(
    ("shape", "at", "spacing", "size"),
    [
        ((32, 48), (20, 14), (1.0, 1.0), (32, 48)),
        ((30, 50), (8, 33), (1.0, 1.0), (32, 32)),
        ((64, 48), (40, 12), (1.0, 1.0), (32, 32)),
        ((32, 24, 16), (21, 8, 10), (1.0, 1.0, 3.0), (32, 24, 16)),
        ((24, 40, 20), (8, 24, 9), (2.0, 1.0, 1.0), (24, 32, 24)),
    ],
)
def test_a_map_lands_on_what_was_seen(shape, at, spacing, size):
    image = held_image(spot(shape, at), grid(shape, spacing))
    found = said(brightness(size), image)
    assert found.grid.same_as(image.grid)
    assert np.abs(middle(found.array()[0]) - at).max() < 0.6


def test_slices_keep_their_order():
    image = held_image(spot((32, 24, 6), (20, 8, 4), wide=1.5), grid((32, 24, 6), (1.0, 1.0, 5.0)))
    found = said(brightness((32, 24, 6), slices=True), image)
    assert np.abs(middle(found.array()[0]) - (20, 8, 4)).max() < 0.6


def test_the_map_of_a_bag_is_that_of_its_first_image():
    first, second = (held_image(spot((32, 24), at), grid((32, 24), (1.0, 1.0))) for at in ((20, 8), (8, 16)))
    assert np.abs(middle(said(brightness((32, 24)), first, second).array()[0]) - (20, 8)).max() < 0.6


def test_a_region_cut_out_goes_back_to_its_place():
    target = TARGET.model_copy(update={"scope": "region:lung"})
    place = grid((48, 40), (1.0, 1.0))
    region = np.zeros((48, 40), np.uint8)
    region[24:44, 4:22] = 1
    image = held_image(spot((48, 40), (36, 10)), place)
    found = said(
        brightness((32, 32), target=target, region="crop"), image, regions={"lung": held_mask(region, place, ("out", "in"))}
    )
    assert np.abs(middle(found.array()[0]) - (36, 10)).max() < 0.6


@pytest.mark.parametrize(
    ("kind", "unit", "head", "low", "high"),
    [
        ("count", "1", Linear(lowest=0.0), 0.0, np.inf),
        ("proportion", "%", Share(unit="%", whole=100.0), 0.0, 100.0),
        ("proportion", "1", Share(), 0.0, 1.0),
        ("value", "mm", Linear(), -np.inf, np.inf),
    ],
)
def test_an_interval_holds_nothing_impossible(kind, unit, head, low, high):
    target = Target(name="n", type=kind, columns="n", unit=unit)
    plain = brightness((16, 16), target=target)
    wide = ExamModel(
        plain.network,
        {"n": head},
        inputs=("x",),
        targets=(target,),
        settings=plain.settings,
        covariates=CovariateTable(),
        widths={"n": 500.0},
    )
    case = Case(
        key="a", patient="a", inputs={"x": held_image(spot((16, 16), (4, 9)), grid((16, 16), (1.0, 1.0)))}, labels={}, covariates={}
    )
    answer = wide.answer([case])[0]["n"]
    assert isinstance(answer, Amount)
    assert answer.low == pytest.approx(max(low, answer.value - 500))
    assert answer.high == pytest.approx(min(high, answer.value + 500))
