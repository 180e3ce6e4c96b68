"""What a network of exams brings along: parts of encoders in order, rates by depth, encoders held still."""

import numpy as np
import pytest
import torch

from isocenter.learning.encoders import ENCODERS
from isocenter.learning.exam.batch import collate
from isocenter.learning.exam.network import look
from isocenter.learning.exam.transfer import encoders_of, freeze, layer_groups, parts_of, settle_statistics
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner, still_parts

from .test_exam import case, item, lesson, network

PARTS = {
    "convnet": ({"widths": (4, 8)}, 4),  # four convolutions
    "resnet18": ({"widths": (4, 4, 8, 8)}, 5),  # stem and four layers
    "densenet121": ({"growth_rate": 4, "blocks": (1, 1, 1, 1)}, 8),  # stem, four blocks, three transitions
    "unet_features": ({"widths": (4, 8, 8)}, 6),  # three levels down, two up, the last convolution
}


@pytest.mark.parametrize("name", PARTS)
def test_an_encoder_falls_into_its_parts_and_no_weight_is_lost(name):
    settings, count = PARTS[name]
    entry = ENCODERS.get(name)
    encoder = entry.build(entry.config(**settings))
    parts = parts_of(encoder)
    assert len(parts) == count
    assert {id(p) for part in parts for p in part} == {id(p) for p in encoder.parameters()}
    assert next(encoder.parameters()) is parts[0][0]


def test_each_earlier_part_learns_at_a_share_of_the_next_ones_rate():
    groups = layer_groups(network(), 1.0, decay=0.5)
    assert [group["lr"] for group in groups] == [0.0625, 0.125, 0.25, 0.5, 1.0]
    assert len({id(p) for g in groups for p in g["params"]}) == len(list(network().parameters()))


def test_an_encoder_held_still_does_not_change_at_all():
    made = network()
    freeze(encoders_of(made))
    assert len(layer_groups(made, 1.0, decay=0.5)) == 1
    before = {k: v.clone() for k, v in made.fusion.state_dict().items()}
    items = [item(case("abcdef"[: i + 1], label=float(i))) for i in range(6)]
    config = GradientConfig(dimensions=2, steps=5, learning_rate=0.1)
    learner = GradientLearner(made, lesson(items), config, groups=lambda n, rate: layer_groups(n, rate, decay=1.0))
    for i in range(3):
        learner.step(i)
    assert all(torch.equal(v, before[k]) for k, v in made.fusion.state_dict().items())
    assert not torch.equal(made.heads["n"].weight, network().heads["n"].weight)
    assert made.dropout not in still_parts(made)


def test_an_encoder_that_learns_moves_its_statistics():
    made = network()
    before = made.fusion.encoder.layers[1].running_mean.clone()
    GradientLearner(made, lesson([item(case()), item(case("b"))]), GradientConfig(dimensions=2, steps=5)).step(0)
    assert not torch.equal(made.fusion.encoder.layers[1].running_mean, before)


def test_settled_statistics_are_those_of_the_items():
    made = network(encoder_settings={"widths": (4,)}).eval()
    items = [item(case(shape=(16, 16))), item(case("bb", shape=(16, 16)))]
    settle_statistics(made, items)
    encoder = made.fusion.encoder
    seen = encoder.layers[0](torch.from_numpy(np.concatenate([i.views[0] for i in items]))).detach()  # (2, 4, 16, 16)
    assert torch.allclose(encoder.layers[1].running_mean, seen.mean(dim=(0, 2, 3)), atol=1e-5)
    assert encoder.layers[1].momentum == 0.1
    assert not any(module.training for module in made.modules())
    assert torch.isfinite(look(made, collate(items, truths={})).raw["n"]).all()


def test_a_view_few_items_have_is_settled_by_those_that_have_it():
    made = network(fusion="dualnet", channels=(1, 1), encoder_settings={"widths": (4,)}).eval()
    inputs = [("x", "y") if i % 8 == 0 else ("x",) for i in range(24)]  # one in each batch of eight
    items = [item(case("a" * (i + 1), inputs=names), inputs=("x", "y"), channels=(1, 1)) for i, names in enumerate(inputs)]
    settle_statistics(made, items)
    encoder = made.fusion.encoders[1]
    seen = encoder.layers[0](torch.from_numpy(np.concatenate([items[i].views[1] for i in (0, 8, 16)]))).detach()
    torch.testing.assert_close(encoder.layers[1].running_mean, seen.mean(dim=(0, 2, 3)))
