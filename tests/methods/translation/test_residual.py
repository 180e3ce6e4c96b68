"""Residual regression: it begins as the input, learns what to add, and weighs chosen intensities up."""

import numpy as np
import pytest
import torch
from torch import nn

from isocenter.core.errors import SettingError
from isocenter.learning.generative.favored_distance import FavoredDistance
from isocenter.learning.generative.shortcut import Shortcut
from isocenter.methods.translation import residual_regression
from isocenter.methods.translation._settings import TranslationSettings

from ..in_memory import MemoryJournal
from .test_adversarial import heads, seen, study


class Nothing(nn.Module):
    def forward(self, source):
        return torch.zeros_like(source[:, :1])


@pytest.mark.parametrize("channels", [1, 3])
def test_it_begins_as_the_input(channels):
    source = torch.rand(2, channels, 8, 8)
    network = Shortcut(Nothing(), channels, 1, dimensions=2)
    torch.testing.assert_close(network(source), source.mean(dim=1, keepdim=True))


def test_it_begins_on_the_scale_of_the_target():
    rng = np.random.default_rng(0)
    sources = [rng.normal(size=(2, 16, 16)).astype(np.float32) for _ in range(3)]
    targets = [(3 * s[:1] - 0.5 * s[1:] + 7 + rng.normal(0, 0.1, s[:1].shape)).astype(np.float32) for s in sources]
    network = Shortcut(Nothing(), 2, 1, dimensions=2)
    network.fit(sources, targets)
    answer = network(torch.from_numpy(sources[0][None])).detach().numpy()[0]
    assert np.abs(answer - targets[0]).mean() < 0.1
    assert float(network.left) == pytest.approx(0.1, rel=0.1)


def test_favored_samples_count_more():
    truth, answer = torch.tensor([0.0, 1.0]), torch.tensor([1.0, 3.0])
    plain = FavoredDistance(power=1, low=0.5, high=2.0, favor=1.0)(answer, truth)
    favored = FavoredDistance(power=1, low=0.5, high=2.0, favor=3.0)(answer, truth)
    assert (float(plain), float(favored)) == (1.5, pytest.approx((1 + 3 * 2) / 4))


@pytest.mark.parametrize("wrong", [{"favored": (1.0,)}, {"favored": (2.0, 1.0)}, {"favor": 0.0}])
def test_favors_that_cannot_work_are_refused(wrong):
    with pytest.raises(SettingError, match="favor"):
        TranslationSettings(**wrong)


def test_it_learns_and_comes_back_from_its_folder(tmp_path):
    cases, asked = heads(6), study(steps=8, favored=[500, 1000])
    method = residual_regression.METHOD
    plan = method.plan(asked, seen(asked, cases), minutes=0.2, gigabytes=4.0)
    assert (plan["residual"], plan["adversarial"]) == (True, 0.0)
    journal = MemoryJournal(tmp_path)
    model = method.fit(asked, cases.select(list(cases.keys)[:4]), cases.select(list(cases.keys)[4:]), plan, journal)
    model.save(tmp_path / "m")
    answers = [next(iter(one.predict(cases, scratch=tmp_path))).answers["ct"] for one in (model, method.load(tmp_path / "m"))]
    np.testing.assert_array_equal(*(answer.array() for answer in answers))
