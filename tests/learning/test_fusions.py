"""A missing view is not looked at, whatever its samples hold; every subset of views can be fused."""

import itertools

import pytest
import torch

from isocenter.learning.encoders.convnet import Convnet, ConvnetConfig
from isocenter.learning.fusions import FUSIONS

CHANNELS = (1, 2, 1)


def built(name):
    torch.manual_seed(0)
    return FUSIONS.get(name).build(lambda c: Convnet(ConvnetConfig(in_channels=c, widths=(4, 6))), CHANNELS).eval()


def views():
    torch.manual_seed(1)
    return [torch.randn(3, c, 8, 8) for c in CHANNELS]


@pytest.mark.parametrize("name", FUSIONS.names())
def test_every_subset_of_views_gives_the_promised_features(name):
    fusion = built(name)
    for subset in itertools.product((0.0, 1.0), repeat=3):
        if not any(subset):
            continue
        present = torch.tensor(subset).repeat(3, 1)
        shown = [v * s for v, s in zip(views(), subset, strict=True)]
        fused = fusion(shown, present)
        assert fused.features.shape == (3, fusion.features, 4, 4)
        assert torch.isfinite(fused.features).all()
        assert [f.shape[1] for f in fused.auxiliary] == list(fusion.auxiliary)


@pytest.mark.parametrize("name", [n for n in FUSIONS.names() if n != "stacked"])
def test_the_samples_of_a_missing_view_are_not_looked_at(name):
    fusion, present = built(name), torch.tensor([[1.0, 0.0, 1.0]]).repeat(3, 1)
    first, second = views(), views()
    second[1] = second[1] + 5
    torch.testing.assert_close(fusion(first, present).features, fusion(second, present).features)


def test_hemis_of_one_view_is_that_view_and_no_variance():
    fusion, shown = built("hemis"), views()
    features = fusion(shown, torch.tensor([[0.0, 1.0, 0.0]]).repeat(3, 1)).features
    half = fusion.features // 2
    assert torch.allclose(features[:, :half], fusion.encoders[1](shown[1]), atol=1e-6)
    assert (features[:, half:] == 0).all()


def test_hemis_takes_mean_and_variance_over_the_views_that_are_there():
    fusion, shown = built("hemis"), views()
    features = fusion(shown, torch.tensor([[1.0, 0.0, 1.0]]).repeat(3, 1)).features
    both = torch.stack([fusion.encoders[0](shown[0]), fusion.encoders[2](shown[2])])
    half = fusion.features // 2
    assert torch.allclose(features[:, :half], both.mean(dim=0), atol=1e-6)
    assert torch.allclose(features[:, half:], both.var(dim=0), atol=1e-5)


def test_auxloss_hands_on_what_each_view_alone_can_answer_from():
    assert len(built("auxloss").auxiliary) == 3
    assert built("dualnet").auxiliary == ()


@pytest.mark.parametrize(("size", "space"), [((64, 64), 2), ((16, 16, 16), 3)])
def test_a_missing_view_is_filled_with_the_mean_of_the_images_learned_from(size, space):
    settings = ConvnetConfig(in_channels=3, widths=(4, 6), dimensions=space)
    fusion = FUSIONS.get("stacked_mean").build(lambda _: Convnet(settings), (1, 2))
    torch.manual_seed(0)
    shown = [(torch.randn(4, 1, *size), torch.randn(4, 2, *size)) for _ in range(3)]
    present = torch.tensor([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    for one, two in shown:
        fusion.train()([one, two * present[:, 1].view(-1, 1, *[1] * space)], present)
    mean = torch.cat([two[present[:, 1] > 0] for _, two in shown]).mean(dim=0)  # (2, *size): of the six that were there
    one = torch.randn(1, 1, *size)
    lacking = fusion.eval()([one, torch.zeros(1, 2, *size)], torch.tensor([[1.0, 0.0]])).features
    filled = fusion.encoder(torch.cat([one, mean[None]], dim=1))
    torch.testing.assert_close(lacking, filled, atol=1e-4, rtol=1e-4)
    assert fusion.seen.tolist() == [12, 6, 6]


def test_a_mean_image_is_saved_with_the_weights_and_is_left_alone_when_predicting():
    fusion, again = built("stacked_mean"), built("stacked_mean")
    fusion.train()(views(), torch.ones(3, 3))
    again.load_state_dict(fusion.state_dict())
    before = again.mean.clone()
    again.eval()([v + 5 for v in views()], torch.ones(3, 3))
    assert (again.mean == before).all()
    assert before.abs().sum() > 0
