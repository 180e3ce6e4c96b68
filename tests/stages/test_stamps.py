"""A stage is stale exactly when something it read has changed."""

from pathlib import Path

import pytest

from isocenter.stages.stamps import Stamps

STUDY = "name: s\ninputs: {a: a}\nmetrics: [dice]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "study.yaml": STUDY,
        "cases.csv": "case\n1\n",
        "split.csv": "case\n1\n",
        "plan.json": "{}",
        "fingerprint.json": "{}",
    }.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_bytes(b"1")
    (tmp_path / "estimates.json").write_text("[]")
    return tmp_path


def test_nothing_is_fresh_before_it_was_done(folder):
    assert not Stamps(folder).fresh("train")
    assert Stamps(folder).done() == []


def test_a_stage_stays_fresh_until_what_it_read_changes(folder):
    stamps = Stamps(folder)
    stamps.stamp("train")
    assert stamps.fresh("train")
    (folder / "plan.json").write_text('{"steps": 2}')
    assert not stamps.fresh("train")


def test_a_metric_more_measures_again_and_trains_nothing(folder):
    stamps = Stamps(folder)
    stamps.stamp("train")
    stamps.stamp("evaluate")
    (folder / "study.yaml").write_text(STUDY.replace("[dice]", "[dice, hd95]"))
    assert stamps.fresh("train")
    assert not stamps.fresh("evaluate")


def test_another_input_trains_anew(folder):
    stamps = Stamps(folder)
    stamps.stamp("train")
    (folder / "study.yaml").write_text(STUDY.replace("{a: a}", "{a: b}"))
    assert not stamps.fresh("train")


def test_a_result_that_was_deleted_is_not_fresh(folder):
    stamps = Stamps(folder)
    stamps.stamp("evaluate")
    (folder / "estimates.json").unlink()
    assert not stamps.fresh("evaluate")


def test_a_new_model_makes_predictions_stale(folder):
    (folder / "predictions.jsonl").write_text("")
    stamps = Stamps(folder)
    stamps.stamp("predict")
    assert stamps.fresh("predict")
    (folder / "model" / "weights").write_bytes(b"2")
    assert not stamps.fresh("predict")
