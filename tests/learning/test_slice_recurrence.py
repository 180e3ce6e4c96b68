"""Convolutional recurrent units between slices."""

import pytest
import torch

from isocenter.learning.slice_recurrence import ConvGRU, SliceRecurrence


def test_a_unit_that_never_updates_keeps_the_first_state():
    unit = ConvGRU(2, 3)
    with torch.no_grad():
        unit.gates.weight.zero_()
        unit.gates.bias[:3] = -50.0  # update shut
    states = unit(list(torch.randn(4, 1, 2, 5, 5)))
    assert max(s.abs().max() for s in states) < 1e-6


def test_a_unit_that_always_updates_and_resets_remembers_nothing():
    unit = ConvGRU(2, 3)
    with torch.no_grad():
        unit.gates.weight.zero_()
        unit.gates.bias[:3], unit.gates.bias[3:] = 50.0, -50.0
    first, second = torch.randn(2, 1, 2, 5, 5)
    assert torch.allclose(unit([first, second])[1], unit([second])[0], atol=1e-6)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_each_slice_hears_of_those_before_and_behind(axis):
    torch.manual_seed(0)
    walk = SliceRecurrence(4, axis)
    run = torch.randn(1, 4, 5, 5, 5)
    changed = run.clone()
    changed.select(axis + 2, 2).add_(1.0)
    differs = (walk(run) - walk(changed)).abs().movedim(axis + 2, 0).flatten(1).amax(dim=1)
    assert (differs > 1e-4).all()


def test_a_picture_is_a_run_of_one_slice():
    walk = SliceRecurrence(4, None)
    picture = torch.randn(1, 4, 6, 6)
    run = SliceRecurrence(4, 2)
    run.load_state_dict(walk.state_dict())
    assert torch.allclose(walk(picture), run(picture[..., None])[..., 0], atol=1e-6)


def test_a_run_turned_round_is_the_answer_of_swapped_walks():
    walk, swapped = SliceRecurrence(4, 2), SliceRecurrence(4, 2)
    swapped.there.load_state_dict(walk.back.state_dict())
    swapped.back.load_state_dict(walk.there.state_dict())
    run = torch.randn(1, 4, 5, 5, 3)
    there, back = (walk(run) - run).chunk(2, dim=1)
    turned = (swapped(run.flip(4)) - run.flip(4)).flip(4)
    assert torch.allclose(turned, torch.cat([back, there], dim=1), atol=1e-6)
