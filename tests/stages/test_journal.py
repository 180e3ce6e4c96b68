"""The safety clock ends what runs away, and never what was asked for step by step."""

from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.stages.journal import RunJournal
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


def test_steps_that_were_asked_for_have_no_clock_whether_set_or_repeated(tmp_path):
    study = write_discs(tmp_path / "study")
    study.write_text("\n".join(line for line in study.read_text().splitlines() if not line.startswith("settings")) + "\n")
    folder = run(study, out=tmp_path / "run", settings={"method": "threshold"})
    plain, made = folder.read(Study), folder.read(Plan)
    assert minutes_allowed(folder, plain, made) == 0.5  # at least
    assert minutes_allowed(folder, plain.model_copy(update={"settings": {"steps": 12}}), made) is None
    plan(folder, replay=made)
    assert minutes_allowed(folder, plain, made) is None
