"""Which items a lesson draws: few labels of one kind are not lost among many of another."""

import numpy as np
import pytest

from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.exam.items import Item
from isocenter.learning.exam.lesson import ExamLesson, LessonConfig, of_every_target
from isocenter.learning.heads.linear import Linear

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
