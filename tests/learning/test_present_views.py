"""A missing view is not encoded: it moves no statistics, and what is there is seen as if nothing were missing."""

import pytest
import torch

from isocenter.learning.encoders.convnet import Convnet, ConvnetConfig
from isocenter.learning.fusions import FUSIONS
from isocenter.learning.present_views import encode_present, spread

PER_VIEW = ("auxloss", "dualnet", "hemis")


def fusion(name):
    torch.manual_seed(0)
    made = FUSIONS.get(name).build(lambda c: Convnet(ConvnetConfig(in_channels=c, widths=(4, 6))), (1, 1)).train()
    for encoder in made.encoders:  # statistics that differ from those of any batch here
        encoder.layers[1].running_mean.fill_(0.3)
        encoder.layers[1].running_var.fill_(2.0)
    return made


def shown(present):
    torch.manual_seed(1)
    there = torch.tensor(present)
    return [torch.randn(len(there), 1, 8, 8) * there[:, v].view(-1, 1, 1, 1) + 0 for v in (0, 1)], there


def statistics(encoder):
    return {name: value.clone() for name, value in encoder.named_buffers()}


def assert_same(first, second):
    for name, value in first.items():
        torch.testing.assert_close(value, second[name], msg=name)


@pytest.mark.parametrize("name", PER_VIEW)
def test_statistics_are_those_of_the_views_that_are_there(name):
    made, alone = fusion(name), fusion(name)
    views, present = shown([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    made(views, present)
    alone.encoders[0](views[0])
    alone.encoders[1](views[1][[0, 3]])
    for encoder, other in zip(made.encoders, alone.encoders, strict=True):
        assert_same(statistics(encoder), statistics(other))


@pytest.mark.parametrize("name", PER_VIEW)
@pytest.mark.parametrize("there", [0, 1])
def test_a_view_of_one_image_or_none_moves_no_statistics(name, there):
    made = fusion(name)
    before = statistics(made.encoders[1])
    views, present = shown([[1.0, float(i < there)] for i in range(4)])
    fused = made(views, present)
    assert_same(statistics(made.encoders[1]), before)
    assert all(module.training for module in made.modules())
    assert torch.isfinite(fused.features).all()
    fused.features.sum().backward()
    learns = [p.grad is not None and bool((p.grad != 0).any()) for p in made.encoders[1].parameters()]
    assert any(learns) == bool(there)


def test_a_lone_image_is_seen_in_training_as_it_is_in_use():
    made = fusion("dualnet")
    views, present = shown([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    in_training = encode_present(made.encoders, views, present)[1]
    in_use = encode_present(made.eval().encoders, views, present)[1]
    torch.testing.assert_close(in_training, in_use)
    assert (in_use[1:] == 0).all()


def test_a_batch_of_one_image_is_normalized_as_any_network_does_it():
    made, alone = fusion("dualnet"), fusion("dualnet")
    views, present = shown([[1.0, 1.0]])
    torch.testing.assert_close(encode_present(made.encoders, views, present)[1], alone.encoders[1](views[1]))
    assert_same(statistics(made.encoders[1]), statistics(alone.encoders[1]))


@pytest.mark.parametrize("name", PER_VIEW)
def test_an_answer_does_not_depend_on_what_others_of_the_batch_miss(name):
    made = fusion(name).eval()
    views, _ = shown([[1.0, 1.0]] * 4)
    whole = made(views, torch.ones(4, 2)).features[0]
    for others in ([[1.0, 0.0]] * 3, [[0.0, 1.0]] * 3, [[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]):
        torch.testing.assert_close(made(views, torch.tensor([[1.0, 1.0], *others])).features[0], whole)


def test_nothing_at_all_is_zeros_of_the_right_shape():
    made = fusion("dualnet")
    before = statistics(made.encoders[0])
    each = encode_present(made.encoders, [torch.zeros(2, 1, 8, 8)] * 2, torch.zeros(2, 2))
    assert [features.shape for features in each] == [(2, 6, 4, 4)] * 2
    assert all((features == 0).all() for features in each)
    assert_same(statistics(made.encoders[0]), before)


def test_what_is_there_is_spread_over_the_whole():
    assert spread(torch.tensor([[1.0], [2.0]]), torch.tensor([False, True, True])).tolist() == [[0.0], [1.0], [2.0]]
