"""One step changes the weights and the average; slices become a 2-D network's pictures."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from isocenter.core.grid import plain_grid
from isocenter.learning.preparation import Prepared
from isocenter.learning.sampling import SAMPLERS
from isocenter.learning.state_file import read_state, write_state
from isocenter.methods._patches.learner import build_learner, build_network
from isocenter.methods.segmentation._unet_config import UNetSettings


def learner(patch: tuple[int, ...], shape: tuple[int, ...], steps: int = 4, **changes: object):
    settings = UNetSettings(patch=patch, widths=(4, 8), strides=((1, 1), (2, 2)), kernels=((3, 3), (3, 3)), batch=2, **changes)
    rng = np.random.default_rng(0)
    image = rng.standard_normal((1, *shape)).astype(np.float32)
    case = Prepared(key="a", image=image, grid=plain_grid(shape), target=(image[0] > 0).astype(np.int16))
    return build_learner(settings, build=partial(build_network, settings, outputs=2), cases=[case], steps=steps, seed=0)


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


def batch_of(made) -> tuple[torch.Tensor, torch.Tensor]:
    """Two patches, of which the second alone has foreground."""
    image = torch.randn(2, 1, 8, 8)
    target = torch.zeros(2, 8, 8, dtype=torch.long)
    target[1, 2, 2] = 1
    return image, target


def test_patches_without_foreground_stay_as_they_are_where_the_others_alone_are_augmented():
    made = learner((8, 8), (12, 10), augmented="foreground", mirror_axes=(0,), augmentation=2.0)
    image, target = batch_of(made)
    changed = [made.lesson._augmented(image, target)[0] for _ in range(10)]
    assert all(torch.equal(new[0], image[0]) for new in changed)
    assert any(not torch.equal(new[1], image[1]) for new in changed)
    assert learner((8, 8), (12, 10)).lesson._augmented(image, target)[0].shape == image.shape


def test_where_the_middle_alone_is_answered_its_class_says_what_is_foreground():
    made = learner((8, 8), (12, 10), augmented="foreground", mirror_axes=(0,), augmentation=2.0)
    made.lesson.config = replace(made.lesson.config, middle=True)
    image, target = batch_of(made)  # the one foreground sample is not the middle one
    assert all(torch.equal(made.lesson._augmented(image, target)[0], image) for _ in range(10))
    assert made.lesson._answered(target).shape == (2, 1, 1)
    target[0, 4, 4] = 1
    assert made.lesson._answered(target)[:, 0, 0].tolist() == [1, 0]


@pytest.mark.parametrize("augmented", ["all", "foreground"])
@pytest.mark.parametrize("sampler", SAMPLERS.names())
def test_killed_at_step_seven_it_draws_the_same_twenty_as_one_that_was_not(tmp_path, sampler, augmented):
    settings = {"steps": 27, "sampler": sampler, "augmented": augmented, "mirror_axes": (0, 1)}
    whole = learner((8, 8), (12, 10), **settings)
    drawn = drawing(whole, 27)
    killed = learner((8, 8), (12, 10), **settings)
    drawing(killed, 7)
    write_state(tmp_path / "state.pt", killed.state())  # as a run keeps it
    again = learner((8, 8), (12, 10), **settings)
    again.restore(read_state(tmp_path / "state.pt"))
    assert drawing(again, 20) == drawn[7:]


def drawing(made, steps: int) -> list:
    """Do steps; return what each drew and what it cost."""
    done = []
    for step in range(steps):
        loss = made.step(step)["loss"]
        done.append(([(s.case, s.start) for s in made.lesson._drawn], loss))
    return done
