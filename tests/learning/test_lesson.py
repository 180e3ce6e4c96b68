"""Which items a lesson draws: few labels of one kind are not lost among many of another."""

import numpy as np
import pytest

from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.exam.items import Item
from isocenter.learning.exam.lesson import ExamLesson, LessonConfig, balanced, of_every_target
from isocenter.learning.heads.linear import Linear
from isocenter.learning.heads.softmax import Softmax

HEADS = {"area": Linear(unit="px"), "count": Linear(unit="px")}


def item(key, **truths):
    return Item(
        keys=(key,), patient=key, targets=("area", "count"), views=(np.zeros((1, 1, 8, 8), np.float32),),
        present=np.ones((1, 1), np.float32), where={}, covariates=np.zeros(0, np.float32),
        truths={name: np.full(2, value, np.float32) for name, value in truths.items()}, frames=(),
    )  # fmt: skip


def test_either_kind_of_label_comes_equally_often():
    items = [item("a", area=1.0, count=1.0), item("b", area=1.0), *(item(f"c{i}", count=2.0) for i in range(39))]
    chance = of_every_target(items, HEADS)
    assert chance.sum() == pytest.approx(1.0)
    assert chance[:2].sum() == pytest.approx(0.5, abs=0.02)  # the first has a count as well
    unchanged = Augmenter(AugmentationConfig(rotation_deg=(10.0,)), np.random.default_rng(0))
    made = ExamLesson(items, HEADS, config=LessonConfig(batch=16), augment=unchanged, generator=np.random.default_rng(1))
    drawn = [made.draw().truths["area"] for _ in range(20)]
    shares = [float((~truth.isnan()).all(dim=1).float().mean()) for truth in drawn]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.1)


def test_where_labels_are_about_as_many_every_item_comes_equally_often():
    items = [*(item(f"a{i}", area=1.0) for i in range(10)), *(item(f"b{i}", area=1.0, count=1.0) for i in range(9))]
    assert of_every_target(items, {"area": HEADS["area"]}) is None
    assert of_every_target(items[5:], HEADS) is None
    assert of_every_target([item("a", area=1.0)], HEADS) is None


def share_of(drawn, name, value=None):
    """The share of drawn items with a label of a target, or with a class among those."""
    truths = np.concatenate([batch.truths[name][:, 0].numpy() for batch in drawn])
    known = truths[~np.isnan(truths)]
    return len(known) / len(truths) if value is None else float((known == value).mean())


def test_classes_are_balanced_beside_targets_of_few_labels():
    heads = {"area": HEADS["area"], "kind": Softmax(names=("well", "ill"))}
    items = [*(item(f"a{i}", area=1.0) for i in range(4)), *(item(f"b{i}", kind=float(i == 0)) for i in range(40))]
    unchanged = Augmenter(AugmentationConfig(rotation_deg=(10.0,)), np.random.default_rng(0))
    made = ExamLesson(
        items, heads, config=LessonConfig(batch=32), augment=unchanged, generator=np.random.default_rng(1), balance="kind"
    )
    drawn = [made.draw() for _ in range(20)]
    assert share_of(drawn, "kind", 1.0) == pytest.approx(0.5, abs=0.08)
    assert share_of(drawn, "area") == pytest.approx(0.5, abs=0.08)  # a balance of classes leaves the balance of targets alone


def test_items_not_assessed_keep_their_chance_when_classes_are_balanced():
    items = [item("a", kind=1.0), *(item(f"b{i}", kind=0.0) for i in range(9)), *(item(f"c{i}", area=1.0) for i in range(10))]
    chance = balanced(items, "kind")
    assert chance[0] == pytest.approx(0.25)
    assert chance[1:10].sum() == pytest.approx(0.25)
    assert chance[10:] == pytest.approx(np.full(10, 0.05))
