"""A map that comes from the weights is lost with them; an edge detector stays, and is told."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from isocenter.learning.attribution import Question, joint
from isocenter.learning.attributions import ATTRIBUTIONS
from isocenter.learning.randomization import cascade, map_correlation

from .planted import planted


def edges(question: Question) -> np.ndarray:
    """A map that looks at the exam alone."""
    image = question.batch.views[0][0, :, 0].numpy()
    return np.abs(np.gradient(image, axis=1)) + np.abs(np.gradient(image, axis=2))


def after(question, lost):
    return Question(network=lost, batch=question.batch, target=question.target, direction=question.direction)


@pytest.mark.parametrize("name", ["grad_cam", "integrated_gradients", "smooth_grad", "saliency", "occlusion"])
def test_a_map_of_the_weights_changes_with_them(name):
    question, _ = planted()
    member = ATTRIBUTIONS.get(name)
    first = joint(member.explain(question, np.random.default_rng(0))).numpy()
    rho = []
    for seed in range(5):
        *_, (share, lost) = cascade(question.network, rng=np.random.default_rng(seed), stages=2)
        assert share == 1.0
        rho.append(map_correlation(first, joint(member.explain(after(question, lost), np.random.default_rng(0))).numpy()))
    assert np.mean(rho) < 0.5


def test_an_edge_detector_does_not_change():
    question, _ = planted()
    first = edges(question)
    for _, lost in cascade(question.network, rng=np.random.default_rng(0), stages=2):
        assert map_correlation(first, edges(after(question, lost))) == pytest.approx(1.0)


def test_layers_are_lost_from_the_answer_down_and_the_network_itself_stays():
    question, _ = planted()
    network = question.network
    before = {key: value.clone() for key, value in network.state_dict().items()}
    (first, head), (last, all_) = [
        (share, lost) for share, lost in cascade(network, rng=np.random.default_rng(0), stages=3) if share in (1 / 3, 1.0)
    ]
    assert first < last
    assert not torch.equal(head.head.weight, network.head.weight)
    assert torch.equal(head.fusion.blur.weight, network.fusion.blur.weight)
    assert not torch.equal(all_.fusion.blur.weight, network.fusion.blur.weight)
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def test_the_correlation_is_spearmans_of_sizes():
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((2, 8, 9))
    assert map_correlation(first, second) == pytest.approx(spearmanr(np.abs(first).ravel(), np.abs(second).ravel()).statistic)
    assert map_correlation(first, -first) == pytest.approx(1.0)


def test_a_map_that_fell_silent_has_changed_and_one_that_never_spoke_is_nan():
    some = np.arange(6.0)
    assert map_correlation(some, np.zeros(6)) == 0.0
    assert np.isnan(map_correlation(np.zeros(6), some))
