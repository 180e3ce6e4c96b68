"""Classical methods of exam-level tasks, from cases.csv to an answer to new cases."""

import csv

import pytest

from isocenter.core.errors import FileError
from isocenter.methods.registry import task_of
from isocenter.phantoms.tracer.tracer import tracer
from isocenter.stages.evaluate import primary_estimate
from isocenter.stages.predict import predict
from isocenter.stages.run import run

from .tracer_files import write_tracer


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """The count tracer, answered by the covariates."""
    folder = tmp_path_factory.mktemp("counted")
    study, cases = tracer("count")
    update = {"method": "covariates", "task": "counting"}
    return run(write_tracer(study.model_copy(update=update), cases, folder / "study"), out=folder / "run"), study


def test_what_tells_the_label_beats_the_mean(counted):
    done, study = counted
    errors = {e.who: e.value for e in done.estimates() if e.name == task_of(study).primary and e.group == "all"}
    assert primary_estimate(done.estimates(), task_of(study)).value < 0.5  # the stratum is among the covariates
    assert errors["baseline:training_mean"] == pytest.approx(5)


def rewritten(done, without: set[str], path):
    """The run's table without some columns."""
    with open(done.path.parent / "study" / "cases.csv", newline="", encoding="utf-8") as file:
        rows = [{name: cell for name, cell in row.items() if name not in without} for row in csv.DictReader(file)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_new_cases_are_answered_from_their_covariates(counted, tmp_path):
    done, _ = counted
    table = rewritten(done, {"cells", "dots"}, tmp_path / "in" / "cases.csv")
    answers = predict(done.path, table, out=tmp_path / "out", data=done.path.parent / "study")
    with open(answers, newline="", encoding="utf-8") as file:
        found = {row["case"]: float(row["predicted_cells"]) for row in csv.DictReader(file)}
    assert found["p00"] == pytest.approx(10, abs=0.5)
    assert found["p23"] == pytest.approx(20, abs=0.5)


def test_new_cases_without_covariates_are_refused_not_answered_with_the_mean(counted, tmp_path):
    done, _ = counted
    table = rewritten(done, {"cells", "dots", "stratum", "age", "sex"}, tmp_path / "in" / "cases.csv")
    with pytest.raises(FileError, match="expected a covariate"):
        predict(done.path, table, out=tmp_path / "out", data=done.path.parent / "study")
