"""A map that names what the network looks at beats orders that know nothing; one that names the opposite loses to them."""

import dataclasses

import numpy as np
import pytest
import torch

from isocenter.learning.attribution import joint
from isocenter.learning.attributions import ATTRIBUTIONS
from isocenter.learning.faithfulness import judge, refer, remove

from .planted import planted


def judged(question, values, *, signed=True, seed=0):
    rng = np.random.default_rng(seed)
    return judge(remove(question, values, rng=rng), refer(question, rng=rng), signed=signed)


def test_the_true_map_beats_random_and_the_middle():
    question, window = planted()
    found = judged(question, window[None].astype(float))
    assert found.over_random > 0.3
    assert found.over_center > 0.3
    assert found.deletion_area < 0.2 < 0.8 < found.insertion_area


def test_the_opposite_of_the_true_map_loses():
    question, window = planted()
    assert judged(question, 1.0 - window[None]).over_random < -0.3


def test_a_map_of_noise_is_as_good_as_random():
    question, _ = planted()
    found = [judged(question, np.random.default_rng(s).random((1, 32, 32)), seed=s).over_random for s in range(12)]
    assert abs(np.mean(found)) < 0.15


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("name", ATTRIBUTIONS.names())
def test_every_attribution_of_the_planted_network_is_faithful(name, dimensions):
    question, _ = planted(dimensions)
    member = ATTRIBUTIONS.get(name)
    found = judged(question, joint(member.explain(question, np.random.default_rng(1))).numpy(), signed=member.signed)
    assert found.over_random > 0.2


def test_curves_start_and_end_at_the_whole_and_the_blank_exam():
    question, window = planted()
    removal = remove(question, window[None].astype(float), rng=np.random.default_rng(0), steps=5)
    whole, blank = (question.score(*views)[0].item() for views in (question.batch.views, question.blank))
    assert removal.deletion.shape == removal.insertion.shape == (6,)
    assert removal.deletion[[0, -1]] == pytest.approx([whole, blank], rel=1e-4)
    assert removal.insertion[[0, -1]] == pytest.approx([blank, whole], rel=1e-4)


def test_a_map_without_a_sign_may_name_what_speaks_against():
    question, window = planted()
    against = dataclasses.replace(question, direction=torch.tensor([-1.0]))
    assert judged(against, window[None].astype(float), signed=False).over_random > 0.3
    assert judged(against, window[None].astype(float), signed=True).over_random < -0.3


def test_a_network_that_looks_at_nothing_gives_nan():
    question, window = planted()
    with torch.no_grad():
        question.network.head.weight.zero_()
    assert np.isnan(judged(question, window[None].astype(float)).over_random)
