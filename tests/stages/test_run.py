"""The main job on a study a small network can learn: whole, resumed, repeated, compared, with bad input."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from isocenter.core.errors import FileError, RunError, StudyError
from isocenter.core.plan import Plan
from isocenter.stages.compare import compare
from isocenter.stages.evaluate import evaluate
from isocenter.stages.lock import one_writer
from isocenter.stages.predict import predict
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder

from .disc_study import write_discs


class Said:
    """A progress that remembers what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def track(self, items, *, total=None, label=""):
        yield from items

    def say(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> RunFolder:
    folder = tmp_path_factory.mktemp("discs")
    study = write_discs(folder / "study")
    return run(study, out=folder / "run", settings={"steps": 120}, time_limit=1)


def test_a_run_learns_and_stands_beside_its_baseline(done):
    values = {e.who: e.value for e in done.estimates() if e.name == "dice" and e.group == "all"}
    assert values["model"] > 0.5
    assert "baseline:threshold" in values
    assert (done.path / "report.html").stat().st_size > 10_000


def test_without_the_word_test_the_test_split_stays_closed(done):
    assert done.openings() == []
    assert {e.part for e in done.estimates()} == {"tune"}


def test_a_second_run_does_nothing_again(done):
    said = Said()
    before = (done.path / "model" / "weights.safetensors").stat().st_mtime_ns
    run(done.path.parent / "study" / "study.yaml", out=done.path, settings={"steps": 120}, time_limit=1, progress=said)
    assert {"split: done before", "fingerprint: done before", "plan: done before", "train: done before"} <= set(said.lines)
    assert (done.path / "model" / "weights.safetensors").stat().st_mtime_ns == before


def test_every_setting_of_the_plan_has_a_reason(done):
    plan = done.read(Plan)
    assert plan.steps == 120
    assert all(s.reason and s.origin in ("fixed", "rule", "measured", "user") for s in plan.settings)


def test_evaluate_with_test_opens_once_and_counts(tmp_path):
    folder = run(write_discs(tmp_path / "study"), out=tmp_path / "run", test=True)
    assert [len(folder.openings())] == [1]
    estimates = evaluate(folder, test=True)
    assert {e.part for e in estimates} == {"test"}
    assert len(folder.openings()) == 2


def test_a_second_run_leaves_the_numbers_of_an_opened_test_part(tmp_path):
    study = write_discs(tmp_path / "study")
    first = run(study, out=tmp_path / "run", test=True)
    opened = [repr(e) for e in first.estimates()]
    again = run(study, out=tmp_path / "run")
    assert {e.part for e in again.estimates()} == {"test"}
    assert [repr(e) for e in again.estimates()] == opened
    assert len(again.openings()) == 1


def test_the_same_seed_and_steps_give_the_same_model(tmp_path):
    study = write_discs(tmp_path / "study")
    first = run(study, out=tmp_path / "a")
    second = run(study, out=tmp_path / "b", replay=tmp_path / "a")
    a, b = ((f.path / "model" / "weights.safetensors").read_bytes() for f in (first, second))
    assert a == b


def test_folds_answer_every_case_by_a_model_that_did_not_learn_from_it(tmp_path):
    folder = run(write_discs(tmp_path / "study", extra="split: {folds: 2}\n"), out=tmp_path / "run")
    measured = folder.measurements()
    mine = measured[(measured["who"] == "model") & (measured["name"] == "dice")]
    assert sorted(mine["case"]) == sorted(f"c{i}" for i in range(12))
    assert set(mine["part"]) == {"folds"}
    assert set(mine["fold"]) == {"0", "1"}
    with pytest.raises(RunError, match="without `folds:`"):
        evaluate(folder, test=True)


def test_arms_are_runs_on_the_same_split_and_can_be_compared(tmp_path):
    folder = run(write_discs(tmp_path / "study", extra="vary: {augmentation: [0.0, 1.0]}\n"), out=tmp_path / "run")
    arms = folder.inners("arm")
    assert [a.path.name for a in arms] == ["augmentation=0.0", "augmentation=1.0"]
    splits = {(a.path / "split.csv").read_text() for a in arms}
    assert len(splits) == 1
    rows = compare([folder.path])
    assert rows[0].effect is None
    assert rows[1].effect == pytest.approx(rows[1].value - rows[0].value, abs=1e-9)
    assert (folder.path / "report.html").exists()


def test_groups_get_numbers_of_their_own(tmp_path):
    folder = run(write_discs(tmp_path / "study", extra="groups: size\n"), out=tmp_path / "run")
    assert {"all", "size=large", "size=small"} >= {e.group for e in folder.estimates()} > {"all"}


def test_predicting_a_picture_gives_a_mask_of_its_size_and_name(done, tmp_path):
    picture = done.path.parent / "study" / "photo_3.png"
    table = predict(done.path, picture, out=tmp_path / "out", masked=True)
    mask = np.asarray(Picture.open(tmp_path / "out" / "photo_3.png"))
    assert mask.shape == (28, 40)
    assert set(np.unique(mask)) <= {0, 1}
    masked = np.asarray(Picture.open(tmp_path / "out" / "photo_3_masked.png"))
    source = np.asarray(Picture.open(picture))
    assert (masked[mask == 1] == source[mask == 1]).all()
    assert (masked[mask == 0] == source.min()).all()
    with open(table, newline="") as file:
        row = next(csv.DictReader(file))
    assert row["case"] == "photo_3"
    assert row["predicted_disc"] == "photo_3.png"


def test_predicting_a_table_gives_a_table_the_next_study_can_read(done, tmp_path):
    table = predict(done.path, done.path.parent / "study" / "cases.csv", out=tmp_path / "out")
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    text = "name: next\ncases: cases.csv\ninputs: {photo: image}\ntargets:\n  - {name: disc, type: mask, columns: predicted_disc, "
    (tmp_path / "out" / "study.yaml").write_text(text + "classes: [background, disc]}\npatient: patient\nmethod: empty_mask\n")
    again = run(tmp_path / "out" / "study.yaml", out=tmp_path / "next")
    assert {e.value for e in again.estimates() if e.name == "dice" and e.who == "model"} == {0.0}


def test_a_corrupt_case_is_named_and_left_out_only_on_request(tmp_path):
    study = write_discs(tmp_path / "study")
    whole = (tmp_path / "study" / "photo_2.png").read_bytes()
    (tmp_path / "study" / "photo_2.png").write_bytes(whole[:60])
    with pytest.raises((FileError, StudyError), match=r"c2|photo_2"):
        run(study, out=tmp_path / "run")
    folder = run(study, out=tmp_path / "run", skip_bad=True)
    assert "c2" in {*json.loads((folder.path / "skipped.json").read_text())}
    assert "c2" not in set(folder.measurements()["case"])
    assert "c2" in (folder.path / "report.html").read_text()


def test_another_studys_run_folder_is_not_written_over(done, tmp_path):
    other = write_discs(tmp_path / "study")
    other.write_text(other.read_text().replace("name: discs", "name: other"))
    with pytest.raises(RunError, match="Choose another --out"):
        run(other, out=done.path)


def test_two_writers_are_refused(tmp_path):
    study = write_discs(tmp_path / "study")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "lock").write_text(str(os.getppid()))  # somebody else, alive
    with pytest.raises(RunError, match="writes there"):
        run(study, out=tmp_path / "run")
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["lock"]  # not even the study was written


def test_a_study_that_cannot_be_read_leaves_no_folder_behind(tmp_path):
    (tmp_path / "study.yaml").write_text("name: [")
    with pytest.raises(StudyError):
        run(tmp_path / "study.yaml", out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_dead_process_lock_is_taken_over(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    (tmp_path / "lock").write_text(str(gone.pid))
    with one_writer(tmp_path):
        assert (tmp_path / "lock").read_text() == str(os.getpid())
    assert not (tmp_path / "lock").exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_goes_on_and_ends_as_if_nothing_had_happened(tmp_path, number):
    study = write_discs(tmp_path / "study")
    steps = {"steps": 400}
    unbroken = run(study, out=tmp_path / "a", settings=steps)
    command = [sys.executable, "-m", "isocenter", "run", str(study), "--out", str(tmp_path / "b"), "--set", "steps=400"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"})
    log = tmp_path / "b" / "log.csv"
    _wait_for(lambda: log.exists() and len(log.read_text().splitlines()) > 20)
    process.send_signal(number)
    process.wait(timeout=120)
    assert process.returncode != 0
    resumed = run(study, out=tmp_path / "b", settings=steps)
    a, b = ((f.path / "model" / "weights.safetensors").read_bytes() for f in (unbroken, resumed))
    assert a == b
    assert [row["step"] for row in _rows(log)] == [str(i + 1) for i in range(400)]


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def _wait_for(ready, *, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until
        time.sleep(0.05)
