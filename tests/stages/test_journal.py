"""The safety clock ends what runs away, and never what was asked for step by step."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import SYNTHETIC
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.learning.loop import run_loop
from isocenter.learning.places import PatchSpec
from isocenter.learning.preparation import Prepared
from isocenter.learning.sampling import SAMPLERS
from isocenter.methods._patches.learner import build_learner, build_network
from isocenter.methods.segmentation._unet_config import UNetSettings
from isocenter.stages.journal import RunJournal, forget
from isocenter.stages.looks import read_looks
from isocenter.stages.plan import plan
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.train import minutes_allowed

from .disc_study import write_discs
from .test_run import Said


def journal(folder, *, minutes: float | None) -> tuple[RunJournal, Said]:
    said = Said()
    return RunJournal(RunFolder(folder).create(), steps=100, minutes=minutes, progress=said), said


def test_a_training_far_over_its_time_is_ended_and_it_is_said(tmp_path):
    clocked, said = journal(tmp_path, minutes=1.0)
    clocked.log(40, {"minutes": 1.2})
    assert not clocked.stop_now()
    clocked.log(41, {"minutes": 1.3})
    assert clocked.stop_now()
    assert clocked.clock_ended
    assert any("ended by the clock at step 41 of 100" in line for line in said.lines)


def test_the_last_step_is_no_early_end(tmp_path):
    clocked, said = journal(tmp_path, minutes=1.0)
    clocked.log(100, {"minutes": 5.0})
    assert not clocked.stop_now()
    assert not any("clock" in line for line in said.lines)


def test_without_minutes_there_is_no_clock(tmp_path):
    free, _ = journal(tmp_path, minutes=None)
    free.log(1, {"minutes": 1e6})
    assert not free.stop_now()


def test_a_good_state_is_kept_apart_and_forgotten_with_the_training(tmp_path):
    held, _ = journal(tmp_path, minutes=None)
    held.save_state({"step": 2})
    held.save_good({"step": 1})
    held.show(1, np.zeros((2, 1, 8, 8)))
    assert held.last_state()["step"] == 2
    assert held.last_good()["step"] == 1
    forget(RunFolder(tmp_path))
    assert held.last_state() is None
    assert held.last_good() is None
    assert not list(tmp_path.iterdir())


def test_without_a_state_to_go_on_from_nothing_of_the_old_training_is_left(tmp_path):
    held, _ = journal(tmp_path, minutes=None)
    held.save_good({"step": 1})
    held.show(1, np.zeros((2, 1, 8, 8)))
    assert held.last_state() is None
    assert held.last_good() is None
    assert read_looks(tmp_path) == []


def test_a_look_is_a_row_of_small_pictures_that_say_what_they_are(tmp_path):
    held, _ = journal(tmp_path, minutes=None)
    images = np.stack([np.full((1, 96, 64), shade) for shade in (-1.0, 1.0)])
    held.show(20, images)
    held.show(3, images)
    (first, look), (second, _) = read_looks(tmp_path)
    assert (first, second) == (3, 20)
    assert look.shape == (1, 48 + 1 + 48, 32)
    assert look.note == SYNTHETIC
    assert (look.array()[0, 0, 0], look.array()[0, -1, 0]) == (0, 255)
    (tmp_path / "looks" / "step_0000003.png").write_bytes(b"half a file")
    assert [step for step, _ in read_looks(tmp_path)] == [20]


def test_steps_that_were_asked_for_have_no_clock_whether_set_or_repeated(tmp_path):
    study = write_discs(tmp_path / "study")
    study.write_text("\n".join(line for line in study.read_text().splitlines() if not line.startswith("settings")) + "\n")
    folder = run(study, out=tmp_path / "run", settings={"method": "threshold"})
    plain, made = folder.read(Study), folder.read(Plan)
    assert minutes_allowed(folder, plain, made) == 0.5  # at least
    assert minutes_allowed(folder, plain.model_copy(update={"settings": {"steps": 12}}), made) is None
    plan(folder, replay=made)
    assert minutes_allowed(folder, plain, made) is None


STOPPED_AT, AFTER = 7, 20
Drawn = list[tuple[int, tuple[int, ...]]]
"""Case and start of each patch of a step."""


class Ending(RunJournal):
    """Ends a training after a step: as Ctrl-C does ("stopped"), as a lost machine does ("killed"), or not at all ("")."""

    how = ""

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Write the line, then end."""
        super().log(step, values)
        if step == STOPPED_AT and self.how == "killed":
            raise KeyboardInterrupt
        self.interrupted = step == STOPPED_AT and self.how == "stopped"


def draws_of(folder: Path, sampler: str, *, how: str) -> list[Drawn]:
    """Train from where the folder's state stands until it ends; return what each step drew."""
    rng = np.random.default_rng(0)
    cases = []
    for i in range(3):
        target = np.zeros((40, 36), np.int16)
        target[5 + 9 * i : 9 + 9 * i, 4:8] = 1
        image = (target + 0.3 * rng.standard_normal(target.shape)).astype(np.float32)[None]
        cases.append(Prepared(key=str(i), image=image, grid=plain_grid(target.shape), target=target))
    settings = UNetSettings(
        patch=(8, 8), widths=(2, 4), strides=((1, 1), (2, 2)), kernels=((3, 3), (3, 3)), batch=3, sampler=sampler,
        sampler_settings={"half_life": 3.0} if sampler == "cased" else {},  # within seven steps it draws hard places too
    )  # fmt: skip
    steps = STOPPED_AT + AFTER
    learner = build_learner(settings, build=partial(build_network, settings, outputs=2), cases=cases, steps=steps, seed=5)
    made: list[Drawn] = []
    drawn = learner.lesson.sampler.draw

    def draw(batch: int) -> list[PatchSpec]:
        specs = drawn(batch)
        made.append([(spec.case, spec.start) for spec in specs])
        return specs

    learner.lesson.sampler.draw = draw
    journal = Ending(RunFolder(folder).create(), steps=steps, minutes=None, progress=Said())
    journal.how = how
    try:
        run_loop(learner, journal, steps=steps, save_every_s=0.0)
    except KeyboardInterrupt:
        assert how == "killed"
    return made


@pytest.mark.parametrize("how", ["stopped", "killed"])
@pytest.mark.parametrize("sampler", SAMPLERS.names())
def test_a_training_ended_at_step_seven_draws_the_patches_an_unbroken_one_draws(tmp_path, sampler, how):
    unbroken = draws_of(tmp_path / "whole", sampler, how="")
    before = draws_of(tmp_path / "ended", sampler, how=how)
    after = draws_of(tmp_path / "ended", sampler, how="")
    assert len(unbroken) == STOPPED_AT + AFTER
    assert before == unbroken[:STOPPED_AT]
    assert after == unbroken[-len(after) :]  # a kill comes before the step's state is written: that step is drawn again
    assert len(after) == AFTER + (how == "killed")
