"""A full disk costs nothing that was there before, and says what to do. A limit on the size of a file stands for it."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from safetensors.numpy import save_file

from isocenter.core.errors import FileError
from isocenter.core.study import Study, Target
from isocenter.io.study_file import read_study, write_study
from isocenter.stages.ledger import record_opening
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.train import save_model

TARGET = Target(name="n", type="count", columns="n")
STUDY = Study(name="s", cases="cases.csv", inputs={"t1": "image"}, targets=(TARGET,), covariates=("age",) * 40)


@contextmanager
def full_disk(bytes_left: int) -> Iterator[None]:
    """No file can grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Wide:
    """A model of 80 kB."""

    def save(self, folder) -> None:
        folder.mkdir()
        save_file({"w": np.zeros(10_000)}, folder / "weights.safetensors")


def test_a_study_is_written_whole_or_stays_as_it_was(tmp_path):
    path = write_study(STUDY, tmp_path / "study.yaml")
    with full_disk(100), pytest.raises(FileError, match="Free space"):
        write_study(STUDY.model_copy(update={"seed": 1}), path)
    assert read_study(path) == STUDY
    assert [p.name for p in tmp_path.iterdir()] == ["study.yaml"]


def test_stamps_are_written_whole_or_stay_as_they_were(tmp_path):
    run = RunFolder(tmp_path)
    run.stamps.remember("training", reads="abc")
    with full_disk(50), pytest.raises(FileError, match="Free space"):
        run.stamps.remember("predicting", reads="def")
    assert run.stamps.notes("training") == {"reads": "abc"}


def test_a_model_that_cannot_be_saved_leaves_the_one_before(tmp_path):
    run = RunFolder(tmp_path)
    save_model(Wide(), run)
    with full_disk(1000), pytest.raises(FileError, match="goes on where it stopped"):
        save_model(Wide(), run)
    assert (tmp_path / "model" / "weights.safetensors").stat().st_size > 80_000
    assert not (tmp_path / ".model").exists()


def test_the_ledger_has_its_head_after_an_opening_that_could_not_be_written(tmp_path):
    (tmp_path / "openings.csv").touch()
    assert record_opening(RunFolder(tmp_path), metric="dice") == 1
