"""How tiles and bags are drawn."""

import numpy as np
import pytest

from isocenter.learning.slides.lesson import UNKNOWN, Bag, Learned, LessonConfig, SlideLesson, bag_chances, tile_chances


def learned(label, slide):
    return Learned(tiles=np.zeros((len(label), 3, 8, 8), np.uint8), label=np.array(label), slide=np.array(slide), bags={})


def test_classes_come_equally_often_and_within_them_slides():
    data = learned([0, 0, 0, 0, 0, 1, UNKNOWN], [0, 0, 0, 0, 1, 1, 1])
    chance = tile_chances(data, balanced=True)
    assert chance.sum() == pytest.approx(1.0)
    assert chance[5] == pytest.approx(0.5)
    assert chance[4] == pytest.approx(0.25)
    assert chance[:4].sum() == pytest.approx(0.25)
    assert chance[6] == 0.0


def test_without_balance_tiles_come_equally_often():
    chance = tile_chances(learned([0, 0, 0, 1, UNKNOWN], [0] * 5), balanced=False)
    assert chance.tolist() == [0.25, 0.25, 0.25, 0.25, 0.0]


def test_no_class_no_chance():
    assert tile_chances(learned([UNKNOWN, UNKNOWN], [0, 1]), balanced=True) is None


def test_labels_of_bags_come_equally_often():
    bags = [Bag(tiles=np.arange(2), truth=np.array([t], np.float32)) for t in (0, 0, 0, 1)]
    assert bag_chances(bags).tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])


def test_a_lesson_taken_up_draws_the_same():
    data = learned([0, 1, 0, 1], [0, 0, 1, 1])
    one = SlideLesson(data, {}, LessonConfig(batch=4, seed=3))
    state = one.state()
    seen = []

    def network(tiles):
        seen.append(tiles.clone())
        return tiles.flatten(1)[:, :2]

    first = one.loss(network, lambda t: t)
    other = SlideLesson(data, {}, LessonConfig(batch=4, seed=8))
    other.restore(state)
    assert float(other.loss(network, lambda t: t)) == float(first)
