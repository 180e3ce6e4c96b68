"""One step changes the weights and the average; slices become a 2-D network's pictures."""

import numpy as np
import pytest
import torch

from isocenter.core.grid import plain_grid
from isocenter.learning.preparation import Prepared
from isocenter.methods._patches.learner import build_learner
from isocenter.methods.segmentation._unet_config import UNetSettings


def learner(patch: tuple[int, ...], shape: tuple[int, ...], **changes: object):
    settings = UNetSettings(patch=patch, widths=(4, 8), strides=((1, 1), (2, 2)), kernels=((3, 3), (3, 3)), batch=2, **changes)
    rng = np.random.default_rng(0)
    image = rng.standard_normal((1, *shape)).astype(np.float32)
    case = Prepared(key="a", image=image, grid=plain_grid(shape), target=(image[0] > 0).astype(np.int16))
    return build_learner(settings, outputs=2, cases=[case], steps=4, seed=0)


@pytest.mark.parametrize(("patch", "shape"), [((8, 8), (12, 10)), ((8, 8, 1), (12, 10, 5)), ((8, 1, 8), (12, 5, 10))])
def test_a_step_changes_weights_and_average(patch, shape):
    made = learner(patch, shape)
    before = [p.detach().clone() for p in made.network.parameters()]
    values = made.step(0)
    assert np.isfinite(values["loss"])
    assert any(not torch.equal(a, b) for a, b in zip(before, made.network.parameters(), strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(before, made.ema.network.parameters(), strict=True))


def test_the_learning_rate_rises_to_its_peak_and_falls():
    made = learner((8, 8), (12, 10), learning_rate=0.01)
    rates = [made.step(step)["learning_rate"] for step in range(4)]
    assert max(rates) == pytest.approx(0.01, rel=0.2)
    assert rates[-1] < 0.001


def test_without_tuning_cases_nothing_is_measured():
    assert learner((8, 8), (12, 10)).validate(1) == {}


def test_a_sampler_that_listens_hears_each_patch_and_others_the_batch(monkeypatch):
    for name, each in (("selective", True), ("uniform", False)):
        made, heard = learner((8, 8), (12, 10), sampler=name), []
        monkeypatch.setattr(made.lesson.sampler, "feedback", lambda specs, losses, heard=heard: heard.extend(losses))
        loss = made.step(0)["loss"]
        assert len(heard) == 2
        assert (heard[0] != heard[1]) is each
        assert np.mean(heard) == pytest.approx(loss, rel=0.3)
