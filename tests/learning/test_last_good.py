"""A training that is lost goes back to a look that was good, whenever it was killed; without one it says that there is none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from isocenter.core.errors import Diverged
from isocenter.learning.last_good import driven, every_look
from isocenter.learning.state_file import read_state, write_state


class Files:
    """A journal whose states are files; dies after some steps."""

    def __init__(self, folder: Path, *, die_after: int | None = None) -> None:
        self.scratch, self.die_after = folder, die_after

    def log(self, step: int, values: Mapping[str, float]) -> None:
        if step == self.die_after:
            raise KeyboardInterrupt

    def show(self, step: int, images: Any) -> None: ...

    def save_state(self, state: Mapping[str, Any]) -> None:
        write_state(self.scratch / "state.pt", state)

    def last_state(self) -> Mapping[str, Any] | None:
        return read_state(self.scratch / "state.pt")

    def save_good(self, state: Mapping[str, Any]) -> None:
        write_state(self.scratch / "good.pt", state)

    def last_good(self) -> Mapping[str, Any] | None:
        return read_state(self.scratch / "good.pt")

    def stop_now(self) -> bool:
        return False


class Lost:
    """One weight, the steps done; lost from a step on, which the next look sees."""

    def __init__(self, *, from_step: int, weight_at_the_end: float = 0.0) -> None:
        self.weight, self.from_step, self.at_the_end = torch.zeros(1), from_step, weight_at_the_end

    def step(self, step: int) -> Mapping[str, float]:
        self.weight += 1
        return {"loss": 1.0}

    def validate(self, step: int) -> Mapping[str, float]:
        if self.weight >= self.from_step:
            raise Diverged("all is alike.")
        if step == 10 and self.at_the_end:
            self.weight.fill_(self.at_the_end)
        return {"seen": float(self.weight)}

    def state(self) -> Mapping[str, Any]:
        return {"weight": self.weight}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.weight = state["weight"].clone()


@pytest.mark.parametrize("killed_at", [None, 1, 4, 5, 7])
def test_a_training_killed_on_a_state_that_was_lost_goes_back_as_one_that_was_not(tmp_path, killed_at):
    asked = {"steps": 10, "validations": 5, "save_every_s": 0.0}
    if killed_at:
        with pytest.raises(KeyboardInterrupt):
            driven(Lost(from_step=7), Files(tmp_path, die_after=killed_at), **asked)
    learner = Lost(from_step=7)
    said = driven(learner, Files(tmp_path), **asked)
    assert said == "step 8 of 10: all is alike. The model is that of step 6, at the last look that was good."
    assert learner.weight == 6
    assert read_state(tmp_path / "state.pt")["step"] == 7  # saved by the clock when all was lost


def test_without_a_good_look_there_is_no_model_and_it_is_said(tmp_path):
    with pytest.raises(Diverged, match=r"step 2 of 10: all is alike\. No look before it was good"):
        driven(Lost(from_step=1), Files(tmp_path), steps=10, validations=5)


def test_a_look_that_is_not_good_is_not_gone_back_to(tmp_path):
    learner = Lost(from_step=7)
    said = driven(learner, Files(tmp_path), steps=10, validations=5, good=lambda step, seen: step < 5 and seen["seen"] == step)
    assert "that of step 4," in said
    assert learner.weight == 4


def test_weights_that_are_no_numbers_are_seen_though_the_loss_was_one(tmp_path):
    learner = Lost(from_step=99, weight_at_the_end=float("nan"))
    said = driven(learner, Files(tmp_path), steps=10, validations=5)
    assert said.startswith("step 10 of 10: the weights are no longer numbers. The model is that of step 8")
    assert learner.weight == 8


def test_a_training_that_is_not_lost_says_nothing(tmp_path):
    assert driven(Lost(from_step=99), Files(tmp_path), steps=10) == ""
    assert every_look(1, {})
