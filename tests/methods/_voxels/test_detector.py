"""A detector's map equals the sliding window's, takes what the plan says, and finds what is there."""

import numpy as np
import pytest
import torch

from isocenter.core.grid import plain_grid
from isocenter.core.points import Points
from isocenter.core.study import Target
from isocenter.learning.context_network import ContextNetwork
from isocenter.learning.cost import counting
from isocenter.learning.inference.valid_windows import padded
from isocenter.learning.preparation import Prepared
from isocenter.learning.voxel_network import build_voxel_network
from isocenter.methods._voxels.costs import costs_of, multiplications_of, tile_of
from isocenter.methods._voxels.detector import Detector
from isocenter.methods._voxels.judge import judgment_of
from isocenter.methods._voxels.settings import VoxelSettings

TARGET = Target(name="spots", type="boxes", columns=("spots",), classes=("spot",))


def settings(**changes) -> VoxelSettings:
    plain = {
        "patch": (11, 11),
        "kernels": ((4, 4), (3, 3)),
        "pools": ((2, 2), (1, 1)),
        "rest": (2, 2),
        "widths": (4, 5),
        "hidden": 6,
    }
    return VoxelSettings(**{**plain, "tile": (10, 8), "view": (8, 8), **changes})


def volume_settings() -> VoxelSettings:
    return settings(patch=(11, 1, 11), tile=(10, 1, 8), view=(8, 1, 8))


def detector(made: VoxelSettings, *, second: bool = True) -> Detector:
    torch.manual_seed(0)
    network = build_voxel_network(made.network(outputs=2))
    judge = ContextNetwork(made.second()) if second else None
    return Detector(network, judge, inputs=("image",), target=TARGET, settings=made)


def test_every_sample_is_judged_as_a_patch_around_it_is() -> None:
    model = detector(settings())
    image = np.random.default_rng(0).standard_normal((1, 17, 13)).astype(np.float32)
    found = model.probability(image)
    wide = padded(image, (11, 11))
    for i, j in [(0, 0), (3, 9), (16, 12), (8, 4)]:
        with torch.no_grad():
            expected = model.network(torch.from_numpy(wide[None, :, i : i + 11, j : j + 11])).softmax(dim=1)[0].numpy()
        assert np.allclose(found[:, i, j], expected, atol=1e-5)


def test_a_volume_of_few_slices_is_judged_slice_by_slice() -> None:
    image = np.random.default_rng(0).standard_normal((1, 17, 3, 13)).astype(np.float32)
    whole = detector(volume_settings()).probability(image)
    flat = detector(settings()).probability(image[:, :, 1])
    assert np.allclose(whole[:, :, 1], flat, atol=1e-5)


@pytest.mark.parametrize("made", [settings(), volume_settings()], ids=["2-D", "slices"])
def test_multiplications_of_a_case_are_those_the_plan_says(made: VoxelSettings) -> None:
    size = (23, 13) if len(made.patch) == 2 else (23, 3, 13)
    model = detector(made, second=False)
    with counting() as counts:
        model.probability(np.zeros((1, *size), np.float32))
    assert counts.multiplications == multiplications_of(made, size, outputs=2)
    costs = {c.name: c for c in costs_of(made, size, outputs=2)}
    assert costs["multiplications, fully convolutional"].value == counts.multiplications
    assert costs["memory of prediction"].value * 1e9 == counts.most_bytes


def test_multiplications_of_the_sliding_window_and_memory_of_a_step_are_those_the_plan_says() -> None:
    made = settings()
    costs = {c.name: c for c in costs_of(made, (23, 13), outputs=2)}
    network = build_voxel_network(made.network(outputs=2))
    with counting() as counts:
        network(torch.zeros(made.batch, 1, 11, 11))
    assert costs["memory of a training step"].value * 1e9 == counts.kept_bytes
    assert costs["multiplications, sliding window"].value == 23 * 13 * counts.multiplications / made.batch
    assert costs["receptive field"].value == 121


def test_a_tile_is_cut_until_it_fits() -> None:
    whole = tile_of(settings(), (400, 300), outputs=2, gigabytes=8.0)
    assert whole == (400, 300)
    cut = tile_of(settings(), (400, 300), outputs=2, gigabytes=0.002)
    assert max(cut) < 300
    costs = {c.name: c.value for c in costs_of(settings(tile=cut), (400, 300), outputs=2)}
    assert costs["memory of prediction"] <= 0.25 * 0.002


def bright(places: list[tuple[int, int]]) -> Prepared:
    """An image of bright squares, and a network that sees the brightness of the middle."""
    image = np.full((1, 40, 40), -3.0, np.float32)
    for i, j in places:
        image[0, i - 2 : i + 3, j - 2 : j + 3] = 3.0
    return Prepared(key="a", image=image, grid=plain_grid((40, 40)), target=None)


def seeing_detector() -> Detector:
    """One whose probability is the brightness of the middle sample, exactly."""
    made = settings(kernels=((2, 2),), pools=((1, 1),), widths=(1,), rest=(2, 2), hidden=1, patch=(3, 3))
    model = detector(made, second=False)
    with torch.no_grad():
        for p in model.network.parameters():
            p.zero_()
        layers = list(model.network)
        layers[0].weight[0, 0, 1, 1] = 1.0  # the window's last sample
        layers[1].weight[0] = 1.0
        layers[4].weight[0, 0] = 1.0  # the first of two by two: the middle of the patch
        layers[6].weight[1, 0] = 1.0
        for layer in (layers[2], layers[5]):
            layer.negative_slope = 1.0
    return Detector(model.network, None, inputs=("image",), target=TARGET, settings=made)


def test_bright_squares_are_found_with_their_boxes() -> None:
    model = seeing_detector()
    points = model.points(model.look(bright([(10, 12), (30, 25)])))
    best = np.argsort(-points.score)[:2]
    assert np.allclose(sorted(points.world[best].tolist()), [[10, 12], [30, 25]], atol=3)
    assert points.extent[best].tolist() == [[5, 5], [5, 5]]


def test_nothing_is_found_where_the_label_does_not_speak() -> None:
    model = seeing_detector()
    where = np.zeros((40, 40), bool)
    where[:20] = True
    points = model.points(model.look(bright([(10, 12), (30, 25)]), where))
    assert (points.world[:, 0] < 20).all()
    assert len(points) > 0


def test_tuning_cases_choose_the_score_that_is_an_answer_and_the_size_of_boxes() -> None:
    model = seeing_detector()
    cases = [bright([(10, 12), (30, 25)]), bright([(20, 20), (8, 30)]), bright([(12, 9)])]
    truths = []
    for places in ([(10, 12), (30, 25)], [(20, 20), (8, 30)], [(12, 9)]):
        world = np.array(places, float)
        n = len(world)
        truth = Points(
            world=world, kind=np.zeros(n, np.intp), score=np.full(n, np.nan), names=("spot",), extent=np.full((n, 2), 10.0)
        )
        truths.append(truth)
    looked = [model.look(case) for case in cases]
    model.judgment = judgment_of(model, looked, truths)
    assert model.judgment.size == pytest.approx(2.0)
    given = [model.points(one) for one in looked]
    assert [int((p.score >= 0.5).sum()) for p in given] == [2, 2, 1]


def test_few_lesions_choose_nothing() -> None:
    model = seeing_detector()
    truth = Points(world=np.zeros((1, 2)), kind=np.zeros(1, np.intp), score=np.full(1, np.nan), names=("spot",))
    assert "fewer than" in judgment_of(model, [model.look(bright([]))], [truth]).how["how"]
