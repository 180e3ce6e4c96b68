"""Every attribution points at the one square a planted network looks at; what its numbers mean."""

import numpy as np
import pytest
import torch
from scipy.ndimage import binary_dilation

from isocenter.learning.attribution import joint
from isocenter.learning.attributions import ATTRIBUTIONS
from isocenter.learning.attributions.smooth_grad import COPIES
from isocenter.learning.exam.network import ExamNetwork, ExamNetworkConfig
from isocenter.metrics.map_overlap import map_overlap

from .planted import noise_batch, planted

NAMES = ATTRIBUTIONS.names()
PER_VIEW = [name for name in NAMES if ATTRIBUTIONS.get(name).per_view]


def explain(name, question, seed=0):
    return ATTRIBUTIONS.get(name).explain(question, np.random.default_rng(seed))


def test_the_methods_asked_for_are_there():
    assert {"grad_cam", "integrated_gradients", "smooth_grad", "occlusion", "saliency", "input_x_gradient"} <= set(NAMES)


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("name", NAMES)
def test_it_points_at_the_square_the_answer_depends_on(name, dimensions):
    question, window = planted(dimensions)
    found = joint(explain(name, question)).numpy()
    assert found.shape == (1, *window.shape)
    assert np.isfinite(found).all()
    overlap = map_overlap(found[0], window)
    seen = binary_dilation(window, np.ones((3,) * dimensions))  # the blur before the window reaches one sample further
    assert map_overlap(found[0], seen).share > 0.7
    assert overlap.hit == 1.0
    assert overlap.dice > 0.7


@pytest.mark.parametrize("name", PER_VIEW)
def test_a_view_the_network_does_not_weigh_gets_nothing(name):
    question, _ = planted(weights=(1.0, 0.0))
    seen, unseen = explain(name, question)
    assert float(seen.abs().sum()) > 0
    assert float(unseen.abs().sum()) < 1e-3 * float(seen.abs().sum())


@pytest.mark.parametrize("name", NAMES)
def test_every_image_of_a_bag_has_its_map(name):
    question, window = planted(bag=3)
    assert joint(explain(name, question)).shape == (3, *window.shape)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_generator_gives_the_same_map(name):
    question, _ = planted()
    assert torch.equal(joint(explain(name, question, 5)), joint(explain(name, question, 5)))


@pytest.mark.parametrize("name", NAMES)
def test_unsigned_maps_are_never_below_zero(name):
    question, _ = planted()
    if not ATTRIBUTIONS.get(name).signed:
        assert float(joint(explain(name, question)).min()) >= 0


def test_integrated_gradients_add_up_to_what_the_exam_adds_to_a_blank_one():
    question, _ = planted()
    whole = (question.score(*question.batch.views)[0] - question.score(*question.blank)[0]).item()
    assert float(joint(explain("integrated_gradients", question)).sum()) == pytest.approx(whole, rel=0.02)


def test_occlusion_is_the_fall_of_the_number_where_a_cell_is_covered():
    question, _ = planted()
    found = joint(explain("occlusion", question))
    covered = question.batch.views[0].clone()
    covered[..., 20:24, 4:8] = question.blank[0][..., 20:24, 4:8]
    fall = (question.score(*question.batch.views)[0] - question.score(covered)[0]).item()
    assert float(found[0, 21, 5]) == pytest.approx(fall, rel=1e-4)


def test_smooth_grad_averages_over_rectifiers_that_the_noise_opens_and_shuts():
    question, window = planted()
    with torch.no_grad():
        question.network.fusion.weights.fill_(1e-6)  # far below the noise: about half of the rectifiers are shut
    smooth = joint(explain("smooth_grad", question)).numpy()[0]
    plain = joint(explain("saliency", question)).numpy()[0]
    assert COPIES >= 10
    assert len(np.unique(smooth[window])) > len(np.unique(plain[window]))


@pytest.mark.parametrize("fusion", ["stacked", "hemis", "dualnet"])
@pytest.mark.parametrize("pooling", ["average", "attention", "maximum_answer"])
@pytest.mark.parametrize("name", NAMES)
def test_it_asks_any_network_of_exams_and_leaves_it_as_it_was(name, pooling, fusion):
    torch.manual_seed(0)
    network = ExamNetwork(
        ExamNetworkConfig(
            dimensions=2, channels=(1, 1), outputs={"n": 1}, encoder_settings={"widths": (4, 8)}, fusion=fusion, pooling=pooling
        )
    ).eval()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    question, _ = planted(weights=(1.0, 1.0))
    question = type(question)(network=network, batch=noise_batch((16, 16), views=2), target="n", direction=torch.ones(1))
    found = explain(name, question)
    assert len(found) == (2 if ATTRIBUTIONS.get(name).per_view else 1)
    assert torch.isfinite(joint(found)).all()
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert not network.fusion._forward_hooks
