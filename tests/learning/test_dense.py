"""Masks among the labels of exams: into the frame and back, turned with their image, and no burden to cases without one."""

import numpy as np
import pytest
import torch

from isocenter.core.amount import Amount
from isocenter.core.case import Case
from isocenter.core.errors import GeometryError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Target
from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.exam.batch import collate
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.learning.exam.dense import Dense, dense_heads, mask_in_frame
from isocenter.learning.exam.items import FrameConfig, make_item
from isocenter.learning.exam.lesson import ExamLesson, LessonConfig, mean_loss, truth_counts
from isocenter.learning.exam.network import ExamNetwork, ExamNetworkConfig, look
from isocenter.learning.exam.placement import place_box, whole
from isocenter.learning.heads.linear import Linear

LESION = Target(name="lesion", type="mask", columns="lesion", classes=("nothing", "lesion", "core"))
CELLS = Target(name="cells", type="count", columns="cells")
HEADS = {"cells": Linear(), "lesion": Dense(names=LESION.classes)}


def drawn(shape):
    """An L of class 1 with a block of class 2 in one corner: no mirror image of itself along any axis."""
    mask = np.zeros(shape, np.uint8)
    a, b = (n // 3 for n in shape[:2])
    mask[a // 2 : 2 * a, 2 : b + 2] = 1
    mask[2 * a - 4 : 2 * a, 2 : 2 * b] = 1
    mask[a // 2 : a, 2:b] = 2
    if len(shape) == 3:
        mask[..., : shape[2] // 3] = 0
    return mask


def case(key="a", mask=None, *, count=3.0, shape=(30, 22), region=None):
    grid = plain_grid(shape)
    labels = {} if count is None else {"cells": Amount(value=count, unit="1")}
    if mask is not None:
        labels["lesion"] = held_mask(mask, grid, LESION.classes)
    shown = np.random.default_rng(0).random(shape) if mask is None else mask
    regions = {} if region is None else {"lung": held_mask(region, grid, ("outside", "inside"))}
    images = {"x": held_image(np.asarray(shown, np.float32)[None], grid)}
    return Case(key=key, patient=key, inputs=images, labels=labels, covariates={}, regions=regions)


def item(made, *, size=(32, 32), **changes):
    frame = FrameConfig(inputs=("x",), channels=(1,), size=size, schemes=("none",), **changes)
    heads = {"cells": HEADS["cells"]}
    return make_item([made], [CELLS, LESION], frame, heads=heads, covariates=CovariateTable(), dense=dense_heads([LESION]))


def lesson(items, *, augmentation=None, **config):
    augment = Augmenter(augmentation or AugmentationConfig(order=()), np.random.default_rng(1))
    return ExamLesson(items, HEADS, config=LessonConfig(**config), augment=augment, generator=np.random.default_rng(0))


def network(encoder="unet_features", settings=None):
    torch.manual_seed(0)
    outputs = {name: head.outputs for name, head in HEADS.items()}
    config = ExamNetworkConfig(
        dimensions=2, channels=(1,), outputs=outputs, dense=("lesion",), encoder=encoder,
        encoder_settings=settings or {"widths": (4, 8), "out_features": 4},
    )  # fmt: skip
    return ExamNetwork(config)


def certain(labels):
    """Raw scores (K, *S) of an answer without doubt."""
    return np.stack([np.where(labels == k, 20.0, 0.0) for k in range(3)])


@pytest.mark.parametrize(("shape", "size"), [((30, 22), (64, 64)), ((30, 22), (60, 40)), ((30, 22, 12), (60, 48, 30))])
def test_a_mask_comes_back_where_it_was(shape, size):
    mask = drawn(shape)
    made = case(mask=mask, shape=shape)
    placement = place_box(shape, whole(shape), size, samples=[2.0 * n for n in shape])
    framed = mask_in_frame(made, LESION, made.inputs["x"].grid, placement)[0]
    assert np.isnan(framed).any() == (placement.scaled != placement.size)
    back = Dense(names=LESION.classes).answer(certain(framed)[None], made.inputs["x"].grid, placement, slices=False)
    assert back.names == LESION.classes
    assert back.grid is made.inputs["x"].grid
    assert (back.labels.array()[0] != mask).mean() < 0.02


def test_slices_come_back_as_one_volume():
    mask = drawn((30, 22, 6))
    made = item(case(mask=mask, shape=(30, 22, 6)), size=(30, 22, 6), slices=True)
    assert made.masks["lesion"].shape == (6, 30, 22)
    scores = np.moveaxis(certain(made.masks["lesion"]), 0, 1)
    back = HEADS["lesion"].answer(scores, made.frames[0].grid, made.frames[0].placement, slices=True)
    assert np.array_equal(back.labels.array()[0], mask)


def test_what_lies_outside_the_scope_or_the_image_is_not_assessed():
    region = np.zeros((30, 22), np.uint8)
    region[:, :11] = 1
    made = case(mask=drawn((30, 22)), region=region)
    scoped = LESION.model_copy(update={"scope": "region:lung"})
    placement = place_box((30, 22), whole((30, 22)), (30, 30), samples=(30.0, 22.0))
    framed = mask_in_frame(made, scoped, made.inputs["x"].grid, placement)[0]
    assert np.isnan(framed[:, 15:]).all()
    assert np.isnan(framed[:, :4]).all()
    assert not np.isnan(framed[:, 4:15]).any()


def test_a_mask_on_another_grid_or_of_a_bag_is_refused():
    made = case(mask=drawn((30, 22)))
    with pytest.raises(GeometryError, match=r"case a: expected a mask on the image's grid"):
        mask_in_frame(made, LESION, plain_grid((20, 22)), place_box((20, 22), whole((20, 22)), (32, 32), samples=(20.0, 22.0)))
    image = made.inputs["x"]
    bag = Case(key="b", patient="b", inputs={"x": (image, image)}, labels=made.labels, covariates={}, regions={})
    with pytest.raises(StudyError, match=r"case b: expected one image that the mask of target lesion lies on, got a bag"):
        item(bag)


@pytest.mark.parametrize("changes", [{"overlapping": True}, {"per": "patient"}])
def test_masks_a_sample_of_which_has_no_single_class_are_refused(changes):
    with pytest.raises(StudyError, match="expected one class a sample and a mask a case"):
        dense_heads([LESION.model_copy(update=changes)])


def test_the_loss_is_one_number_a_case_and_asks_nothing_where_nobody_looked():
    truth = torch.zeros(2, 1, 8, 8)
    truth[:, :, :4] = 1.0
    right = torch.from_numpy(certain(truth[0, 0].numpy()))[None, None].float()
    raw = torch.cat([right, -right])
    losses = HEADS["lesion"].loss(raw, truth)
    assert losses.shape == (2,)
    assert losses[0] < 0.6 < losses[1]  # class 2, absent from both, keeps a little
    truth[1] = torch.nan
    assert HEADS["lesion"].loss(raw, truth)[1] == pytest.approx(0.0, abs=1e-4)
    unseen = truth[:1].clone()
    unseen[..., 6:] = torch.nan
    spoiled = right.clone()
    spoiled[..., 6:] = -spoiled[..., 6:]
    assert HEADS["lesion"].loss(spoiled, unseen) == pytest.approx(HEADS["lesion"].loss(right, unseen))


def test_masks_are_turned_and_mirrored_with_their_image():
    turned = AugmentationConfig(order=("spatial",), rotation_probability=1.0, rotation_deg=(60.0,), scaling_probability=1.0)
    found = lesson([item(case(mask=drawn((32, 32)), shape=(32, 32)))], augmentation=turned, batch=4).draw()
    mask, image = found.truths["lesion"][:, 0], found.views[0][:, 0, 0]
    assert set(mask[~mask.isnan()].tolist()) == {0.0, 1.0, 2.0}
    known = ~mask.isnan()
    assert (mask[known] != image[known].round()).float().mean() < 0.1
    assert (mask[0] != torch.from_numpy(drawn((32, 32)))).float().mean() > 0.1


def test_each_label_teaches_where_it_is_and_only_there():
    both, masked, counted = case("a", drawn((30, 22))), case("b", drawn((30, 22)), count=None), case("c", count=2.0)
    items = [item(c) for c in (both, masked, counted)]
    batch = collate(items, truths=truth_counts(HEADS, items))
    assert batch.truths["lesion"].shape == (3, 1, 32, 32)
    assert batch.truths["lesion"][2].isnan().all()
    assert batch.truths["cells"].isnan().all(dim=1).tolist() == [False, True, False]
    raw = look(network().eval(), batch).raw
    assert raw["lesion"].shape == (3, 1, 3, 32, 32)
    with torch.no_grad():
        seen = mean_loss(HEADS["lesion"], raw["lesion"], batch.truths["lesion"])
        first_two = mean_loss(HEADS["lesion"], raw["lesion"][:2], batch.truths["lesion"][:2])
    assert seen == first_two
    counts_alone = collate([items[2]], truths=truth_counts(HEADS, items))
    assert "lesion" not in counts_alone.truths


def test_a_batch_without_any_mask_teaches_the_other_label_alone():
    items = [item(case("c", count=2.0))]
    net = network()
    loss = lesson(items, batch=2).loss(net, lambda x: x)
    loss.backward()
    gradients = {name: p.grad for name, p in net.heads.named_parameters()}
    assert gradients["cells.weight"].abs().sum() > 0
    assert gradients["lesion.weight"] is None


def test_a_coarse_encoder_is_refused_with_the_way_out():
    with pytest.raises(StudyError, match=r"own resolution.*convnet.*unet_features"):
        network("convnet", {"widths": (4, 8)})
