"""Exams as arrays: placed and brought back, scoped, in bags; and the network that answers for them."""

import itertools

import numpy as np
import pytest
import torch

from isocenter.core.amount import Amount
from isocenter.core.case import Case
from isocenter.core.errors import StudyError
from isocenter.core.graph import Graph
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Target
from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.exam.batch import collate
from isocenter.learning.exam.covariates import CovariateTable, fit_covariates
from isocenter.learning.exam.items import FrameConfig, images_of, make_item, scopes_of, units_of
from isocenter.learning.exam.lesson import ExamLesson, LessonConfig, balanced, mean_loss
from isocenter.learning.exam.network import ExamNetwork, ExamNetworkConfig, look
from isocenter.learning.exam.placement import box_around, into_frame, out_of_frame, place_box, whole
from isocenter.learning.heads.linear import Linear

TARGET = Target(name="n", type="count", columns="n", unit="spots")
HEADS = {"n": Linear(unit="spots")}


def case(key="a", shape=(20, 16), *, inputs=("x",), patient=None, label=3.0, region=None):
    grid = plain_grid(shape)
    rng = np.random.default_rng(len(key))
    images = {name: held_image(rng.standard_normal((1, *shape)), grid) for name in inputs}
    regions = {"lung": held_mask(region, grid, ("outside", "inside"))} if region is not None else {}
    labels = {} if label is None else {"n": Amount(value=label, unit="spots")}
    return Case(key=key, patient=patient or key, inputs=images, labels=labels, covariates={}, regions=regions)


def frame(**changes):
    return FrameConfig(**{"inputs": ("x",), "channels": (1,), "size": (16, 16), **changes})


def item(*cases, target=TARGET, **changes):
    return make_item(cases, [target], frame(**changes), heads=HEADS, covariates=CovariateTable())


def network(**changes):
    torch.manual_seed(0)
    plain = {"dimensions": 2, "channels": (1,), "outputs": {"n": 1}, "encoder_settings": {"widths": (4, 8)}, "dropout": 0.0}
    return ExamNetwork(ExamNetworkConfig(**{**plain, **changes})).eval()


# placement


@pytest.mark.parametrize("shape", [(20, 16), (7, 31), (12, 10, 9)])
def test_a_smooth_map_comes_back_where_it_was(shape):
    axes = np.meshgrid(*[np.linspace(0, 1, n) for n in shape], indexing="ij")
    image = np.sum(axes, axis=0)[None].astype(np.float32)
    size = (32,) * len(shape)
    placement = place_box(shape, whole(shape), size, samples=[2.0 * n for n in shape])
    back = out_of_frame(into_frame(image, placement), placement)
    assert np.abs(back - image).max() < 0.05


def test_what_does_not_fit_is_shrunk_and_nothing_is_lost():
    placement = place_box((100, 50), whole((100, 50)), (20, 20), samples=(100.0, 50.0))
    assert placement.scaled == (20, 10)
    assert placement.start == (0, 5)


def test_a_box_holds_its_region_and_a_margin():
    mask = np.zeros((30, 30), bool)
    mask[10:20, 5:9] = True
    assert box_around(mask, margin=0.1) == ((9, 21), (4, 10))
    assert box_around(np.zeros((30, 30), bool), margin=0.1) == ((0, 30), (0, 30))


# items


def test_a_missing_input_is_zeros_and_said_to_be_missing():
    made = item(case(), inputs=("x", "y"), channels=(1, 1))
    assert made.present.tolist() == [[1.0, 0.0]]
    assert (made.views[1] == 0).all()


def test_a_case_without_inputs_is_refused():
    with pytest.raises(StudyError, match=r"case a: expected at least one of the inputs x"):
        item(case(inputs=()))


def test_a_region_is_listened_to_or_cut_out():
    region = np.zeros((20, 16), np.uint8)
    region[:10, :8] = 1
    scoped = TARGET.model_copy(update={"scope": "region:lung"})
    pooled = item(case(region=region), target=scoped)
    assert 0.15 < pooled.where["n"].mean() < 0.3
    cut = item(case(region=region), target=scoped, crop=True, margin=0.0)
    assert cut.frames[0].placement.box == ((0, 11), (0, 9))
    assert cut.where["n"].mean() > 0.5


def test_targets_of_one_region_share_an_item_when_regions_are_cut():
    left, right = (TARGET.model_copy(update={"name": s, "scope": f"region:{s}"}) for s in ("left", "right"))
    assert [len(g) for g in scopes_of([left, right, left], crop=True)] == [2, 1]
    assert [len(g) for g in scopes_of([left, right, left], crop=False)] == [3]


def test_rows_of_a_patient_are_one_bag():
    rows = [case("a", patient="p"), case("b", patient="q"), case("c", patient="p")]
    assert [[c.key for c in unit] for unit in units_of(rows, per_patient=True)] == [["a", "c"], ["b"]]
    bag = item(rows[0], rows[2])
    assert bag.views[0].shape == (2, 1, 16, 16)
    assert bag.keys == ("a", "c")


def test_a_volume_may_be_a_bag_of_slices():
    assert item(case(shape=(20, 16, 5)), size=(16, 16, 5), slices=True).views[0].shape == (5, 1, 16, 16)


def test_a_graph_is_a_picture_of_its_weights():
    graph = Graph(nodes=np.zeros((4, 1)), edges=np.array([[0, 1], [2, 3]]), weight=np.array([0.5, -1.0]))
    (image,) = images_of(graph)
    assert image.unit == "graph"
    assert image.array()[0, 1, 0] == 0.5
    assert image.array()[0, 2, 3] == image.array()[0, 3, 2] == -1.0


def test_covariates_say_what_is_missing():
    table = fit_covariates(("age", "sex"), [{"age": 40.0, "sex": "F"}, {"age": 60.0, "sex": "M"}])
    assert table.size == 5
    assert table.vector({"age": 60.0, "sex": "F"}).tolist() == [1.0, 1.0, 1.0, 0.0, 1.0]
    assert table.vector({}).tolist() == [0.0] * 5  # the mean, and said not to be known
    assert table.vector({"sex": "X"})[-1] == 0.0


# batches and the network


def test_a_bag_filled_up_is_answered_as_if_it_were_alone():
    long, short = item(case("a"), case("bb"), case("ccc")), item(case("dddd"))
    made = network()
    alone = look(made, collate([short], truths={})).raw["n"]
    beside = look(made, collate([long, short], truths={})).raw["n"][1:]
    assert torch.allclose(alone, beside, atol=1e-5)


@pytest.mark.parametrize("fusion", ["stacked", "dualnet", "auxloss"])
def test_what_fills_up_a_bag_moves_no_statistics(fusion):
    short = [item(case(key)) for key in ("a", "bb")]
    long = item(case("ccc"), case("dddd"), case("eeeee"), case("ffffff"))
    mixed, made = collate([*short, long], truths={}), network(fusion=fusion).train()
    look(made, mixed)
    alone = network(fusion=fusion).train()
    alone.fusion([torch.cat([view.flatten(0, 1)[mixed.filled.flatten() > 0] for view in mixed.views])], torch.ones(6, 1))
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(made.fusion.buffers(), alone.fusion.buffers(), strict=True))


@pytest.mark.parametrize(
    "names", [("lobe.left", "lobe.right"), ("a b", "a.b", "a%2Eb"), ("type", "train", "forward"), ("target x", "x")]
)
def test_a_target_may_have_any_name(names):
    made = network(outputs=dict.fromkeys(names, 1))
    said = look(made, collate([item(case())], truths={})).raw
    assert set(said) == set(names)
    assert len({float(value.detach()) for value in said.values()}) == len(names)  # each has weights of its own
    again = network(outputs=dict.fromkeys(names, 1))
    again.load_state_dict(made.state_dict())


def test_a_network_listens_only_where_the_label_speaks():
    region = np.zeros((16, 16), np.uint8)
    region[:, :6] = 1
    scoped = TARGET.model_copy(update={"scope": "region:lung"})
    first = case(shape=(16, 16), region=region)
    grid, samples = plain_grid((16, 16)), first.inputs["x"].array().copy()
    samples[..., 14:] = samples[..., 14:][..., ::-1]  # far from the region: beyond what a place sees
    second = Case(
        key="b", patient="b", inputs={"x": held_image(samples, grid)}, labels=first.labels, covariates={}, regions=first.regions
    )
    made = network(encoder_settings={"widths": (4,)})
    answers = [look(made, collate([item(c, target=scoped)], truths={})).raw["n"].item() for c in (first, second)]
    assert answers[0] == pytest.approx(answers[1], abs=1e-5)
    free = [look(made, collate([item(c)], truths={})).raw["n"].item() for c in (first, second)]
    assert free[0] == pytest.approx(free[1], abs=1e-2)


def test_the_mean_of_a_map_is_the_answer_under_average_pooling():
    output = look(network(), collate([item(case())], truths={}), maps=True)
    assert output.maps["n"].mean().item() == pytest.approx(output.raw["n"].item(), abs=1e-5)


@pytest.mark.parametrize("pooling", ["average", "attention", "noisy_or", "average_probability", "maximum_answer"])
@pytest.mark.parametrize("conditioning", ["none", "early", "late", "film"])
def test_every_pooling_goes_with_every_conditioning(pooling, conditioning):
    made = network(pooling=pooling, conditioning=conditioning, covariates=3)
    plain = item(case())
    batch = collate([plain, plain], truths={})
    batch = batch.map(lambda t: t if t.shape != (2, 0) else torch.randn(2, 3))
    raw = look(made, batch).raw["n"]
    assert raw.shape == (2, 1)
    assert torch.isfinite(raw).all()


@pytest.mark.parametrize("fusion", ["stacked", "hemis", "dualnet", "auxloss"])
def test_any_subset_of_views_is_answered(fusion):
    made = network(fusion=fusion, channels=(1, 1, 1))
    for subset in itertools.product((0, 1), repeat=3):
        names = tuple(n for n, there in zip("xyz", subset, strict=True) if there)
        if names:
            shown = item(case(inputs=names), inputs=("x", "y", "z"), channels=(1, 1, 1))
            assert torch.isfinite(look(made, collate([shown], truths={})).raw["n"]).all()


# lessons


def lesson(items, **changes):
    return ExamLesson(
        items,
        HEADS,
        config=LessonConfig(**{"batch": 4, **changes}),
        augment=Augmenter(AugmentationConfig(rotation_deg=(10.0,)), np.random.default_rng(0)),
        generator=np.random.default_rng(1),
    )


def test_every_item_comes_once_before_any_comes_again():
    made = lesson([item(case("abcdefgh"[: i + 1], label=float(i))) for i in range(8)])
    drawn = torch.cat([made.draw().truths["n"][:, 0] for _ in range(2)])
    assert sorted(drawn.tolist()) == [float(i) for i in range(8)]


def test_a_restored_lesson_draws_the_same_batches():
    items = [item(case("abcdefgh"[: i + 1])) for i in range(6)]
    made, again = lesson(items), lesson(items)
    made.draw()
    again.restore(made.state())
    for _ in range(3):
        assert torch.equal(made.draw().views[0], again.draw().views[0])


def test_a_hidden_view_is_zeros_and_one_always_stays():
    shown = item(case(inputs=("x", "y")), inputs=("x", "y"), channels=(1, 1))
    made = lesson([shown], view_dropout=0.9)
    for _ in range(10):
        batch = made.draw()
        assert (batch.present.amax(dim=1).sum(dim=1) >= 1).all()
        for v in (0, 1):
            hidden = batch.present[:, 0, v] == 0
            assert (batch.views[v][hidden] == 0).all()


def test_classes_are_drawn_equally_often_when_balanced():
    items = [item(case(label=1.0))] * 9 + [item(case(label=2.0))]
    chance = balanced(items, "n")
    assert chance[:9].sum() == pytest.approx(0.5)
    assert chance[9] == pytest.approx(0.5)


def test_a_batch_nobody_was_assessed_in_teaches_nothing():
    assert mean_loss(HEADS["n"], torch.zeros(2, 1), torch.full((2, 2), torch.nan)) is None
    loss = lesson([item(case(label=None))]).loss(network().train(), lambda t: t)
    assert loss.item() == 0.0
    loss.backward()


def test_a_view_that_is_missing_is_not_asked_alone():
    cases = [case("abcd"[: i + 1], inputs=("x", "y")[: 1 + (i == 0)], label=-50.0 if i else 50.0) for i in range(4)]
    items = [item(each, inputs=("x", "y"), channels=(1, 1)) for each in cases]
    made = network(fusion="auxloss", channels=(1, 1)).train()
    one = lesson(items, auxiliary_weight=1.0)
    one.loss(made, lambda t: t).backward()
    _, second = made.auxiliary
    asked = made.auxiliary[0]["n"].bias.grad
    batch = lesson(items).draw()
    raw = look(network(fusion="auxloss", channels=(1, 1)).train(), batch).auxiliary[1]["n"]
    has = batch.present[:, 0, 1] > 0
    by_hand = HEADS["n"].loss(raw[has], batch.truths["n"][has]).mean() / 2  # the others have nothing to answer from
    (expected,) = torch.autograd.grad(by_hand, raw)
    torch.testing.assert_close(second["n"].bias.grad, expected.sum(dim=0))
    assert int(has.sum()) == 1
    assert asked.abs().item() > 0


def test_a_view_alone_is_averaged_over_the_instances_that_have_it():
    bag = item(case("a", inputs=("x", "y"), patient="p"), case("bb", patient="p"), inputs=("x", "y"), channels=(1, 1))
    single = item(case("a", inputs=("x", "y"), patient="p"), inputs=("x", "y"), channels=(1, 1))
    made = network(fusion="auxloss", channels=(1, 1)).train()
    for module in made.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    of_bag = look(made, collate([bag], truths={})).auxiliary[1]["n"]
    torch.testing.assert_close(of_bag, look(made, collate([single], truths={})).auxiliary[1]["n"])


def test_an_instance_of_which_every_view_is_hidden_is_none():
    bag = item(case("a", inputs=("x",), patient="p"), case("bb", inputs=("y",), patient="p"), inputs=("x", "y"), channels=(1, 1))
    made = lesson([bag], view_dropout=0.9)
    left = [made.draw() for _ in range(10)]
    assert all(bool((batch.filled == (batch.present.amax(dim=2) > 0)).all()) for batch in left)
    assert all(bool((batch.filled.sum(dim=1) >= 1).all()) for batch in left)
    assert any(bool((batch.filled == 0).any()) for batch in left)


def test_a_label_whose_region_is_turned_out_of_the_frame_teaches_nothing():
    region = np.zeros((16, 16), np.uint8)
    region[1, 3] = 1  # just inside; some turns take it out
    shown = item(case(shape=(16, 16), region=region), target=TARGET.model_copy(update={"scope": "region:lung"}))
    made = lesson([shown], batch=16)
    made.augment = Augmenter(AugmentationConfig(rotation_probability=1.0, rotation_deg=(45.0,)), np.random.default_rng(0))
    batch = made.draw()
    unseen = batch.where["n"].flatten(1).amax(dim=1) <= 0
    assert 0 < int(unseen.sum()) < 16
    assert torch.equal(batch.truths["n"].isnan().all(dim=1), unseen)


@pytest.mark.parametrize("level", [0, 37, 99])
def test_a_slice_thinner_than_a_sample_of_the_frame_is_listened_to(level):
    first = case(shape=(16, 16, 100))
    scoped = TARGET.model_copy(update={"scope": "slice:level"})
    first = Case(key="a", patient="a", inputs=first.inputs, labels=first.labels, covariates={"level": float(level)})
    where = item(first, target=scoped, size=(16, 16, 20)).where["n"]
    assert where.any(axis=(0, 1, 2, 3)).nonzero()[0].tolist() == [level // 5]


def test_a_spot_smaller_than_a_sample_of_the_frame_is_listened_to():
    region = np.zeros((128, 128), np.uint8)
    region[70:72, 33:35] = 1
    scoped = TARGET.model_copy(update={"scope": "region:lung"})
    where = item(case(shape=(128, 128), region=region), target=scoped).where["n"]
    assert np.argwhere(where[0, 0]).tolist() == [[8, 4]]
    empty = item(case(shape=(128, 128), region=np.zeros((128, 128), np.uint8)), target=scoped).where["n"]
    assert not empty.any()
