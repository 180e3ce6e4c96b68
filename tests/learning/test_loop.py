"""The loop: a training killed at any step ends as the one that was never killed."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from isocenter.core.errors import RunError
from isocenter.core.grid import plain_grid
from isocenter.learning.loop import run_loop
from isocenter.learning.preparation import Prepared
from isocenter.learning.state_file import read_state, write_state
from isocenter.methods._patches.learner import build_learner, build_network
from isocenter.methods.segmentation._unet_config import UNetSettings

SETTINGS = UNetSettings(patch=(16, 16), widths=(4, 8), strides=((1, 1), (2, 2)), kernels=((3, 3), (3, 3)), batch=2)


class Notes:
    """A journal in memory and a file; dies after some steps."""

    def __init__(self, folder: Path, *, die_after: int | None = None) -> None:
        self.scratch = folder
        self.path = folder / "state.pt"
        self.lines: list[tuple[int, Mapping[str, float]]] = []
        self.die_after = die_after

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self.lines.append((step, values))
        if step == self.die_after:
            raise KeyboardInterrupt

    def save_state(self, state: Mapping[str, Any]) -> None:
        write_state(self.path, state)

    def last_state(self) -> Mapping[str, Any] | None:
        return read_state(self.path)

    def stop_now(self) -> bool:
        return False


def discs() -> list[Prepared]:
    """Bright discs on noise; truth is the disc."""
    rng = np.random.default_rng(0)
    cases = []
    for i in range(4):
        x, y = np.meshgrid(np.arange(24), np.arange(20), indexing="ij")
        disc = (x - 10 - i) ** 2 + (y - 10) ** 2 < 25
        image = (disc + 0.3 * rng.standard_normal(disc.shape)).astype(np.float32)[None]
        cases.append(Prepared(key=str(i), image=image, grid=plain_grid(disc.shape), target=disc.astype(np.int16)))
    return cases


def weights_after(folder: Path, *, killed_at: int | None) -> dict[str, torch.Tensor]:
    steps = 12
    if killed_at is not None:
        with pytest.raises(KeyboardInterrupt):
            run_loop(
                build_learner(SETTINGS, build=partial(build_network, SETTINGS, outputs=2), cases=discs(), steps=steps, seed=3),
                Notes(folder, die_after=killed_at),
                steps=steps,
                save_every_s=0.0,
            )
    learner = build_learner(SETTINGS, build=partial(build_network, SETTINGS, outputs=2), cases=discs(), steps=steps, seed=3)
    run_loop(learner, Notes(folder), steps=steps, save_every_s=0.0)
    return dict(learner.ema.network.state_dict())


@pytest.mark.parametrize("killed_at", [1, 7, 12])
def test_a_killed_training_ends_where_an_unbroken_one_does(tmp_path, killed_at):
    torch.set_num_threads(1)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    unbroken = weights_after(tmp_path / "a", killed_at=None)
    resumed = weights_after(tmp_path / "b", killed_at=killed_at)
    for name, weight in unbroken.items():
        assert torch.equal(weight, resumed[name]), name


def test_a_small_network_learns_discs(tmp_path):
    learner = build_learner(SETTINGS, build=partial(build_network, SETTINGS, outputs=2), cases=discs(), steps=60, seed=0)
    notes = Notes(tmp_path)
    run_loop(learner, notes, steps=60)
    losses = [values["loss"] for _, values in notes.lines]
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])


class Diverging:
    """A learner whose loss stops being a number at step 3."""

    def step(self, step: int) -> Mapping[str, float]:
        return {"loss": float("nan") if step == 2 else 1.0}

    def validate(self, step: int) -> Mapping[str, float]:
        return {}

    def state(self) -> Mapping[str, Any]:
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        pass


def test_a_loss_that_is_no_number_ends_the_training_and_keeps_the_last_good_state(tmp_path):
    notes = Notes(tmp_path)
    with pytest.raises(RunError, match="step 3 of 10: the loss is no longer a number"):
        run_loop(Diverging(), notes, steps=10, save_every_s=0.0)
    state = notes.last_state()
    assert state is not None
    assert state["step"] == 2


def test_a_damaged_state_is_named(tmp_path):
    (tmp_path / "state.pt").write_bytes(b"half a file")
    with pytest.raises(RunError, match="Delete the file"):
        read_state(tmp_path / "state.pt")
