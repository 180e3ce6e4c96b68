"""The baselines of a task stand beside every study of it; one that nobody named may be left out, which is said."""

import pytest

from isocenter.core.errors import PlanError, SettingError
from isocenter.core.plan import Plan
from isocenter.methods.localization import watershed
from isocenter.stages import train
from isocenter.stages.run import run
from isocenter.stages.train import baselines_of

from .dotted_study import write_dotted

COUNT = "  - {name: number, type: count, columns: dots, use: score}\n"
MEAN = "method: mean_count\n"


def words(done):
    return (done.path / "report.html").read_text(encoding="utf-8")


def test_dots_are_compared_with_mean_watershed_and_area_and_counts_get_their_skill(tmp_path):
    done = run(write_dotted(tmp_path, more=COUNT + "method: area_count\nsplit: {folds: 2}\n"), out=tmp_path / "run")
    skill = {e.who: e for e in done.estimates() if (e.name, e.target) == ("skill", "number")}
    assert set(skill) == {"model", "baseline:watershed"}  # of the floor itself there is none
    errors = {e.who: e.value for e in done.estimates() if (e.name, e.target) == ("mean_absolute_error", "number")}
    assert set(errors) == {*skill, "baseline:mean_count"}
    for who, one in skill.items():
        assert one.value == pytest.approx(1 - errors[who] / errors["baseline:mean_count"])
    assert skill["baseline:watershed"].patients == 14
    assert "after Murphy" in words(done)


def test_baselines_of_the_study_take_the_place_of_the_tasks(tmp_path):
    done = run(write_dotted(tmp_path, more=COUNT + "method: area_count\nbaselines: [watershed]\n"), out=tmp_path / "run")
    assert {e.who for e in done.estimates()} == {"model", "baseline:watershed"}
    assert "skill" not in {e.name for e in done.estimates()}  # nothing to measure it against


def test_a_baseline_nobody_named_is_left_out_where_it_fails_and_that_is_said(tmp_path, monkeypatch):
    def fails(*_, **__):
        raise SettingError("expected something else, got this.")

    monkeypatch.setattr(watershed, "choose_pieces", fails)
    done = run(write_dotted(tmp_path / "one", more=MEAN), out=tmp_path / "run")
    assert {e.who for e in done.estimates()} == {"model", "baseline:area_count"}
    assert "The baseline watershed was left out: expected something else" in words(done)
    with pytest.raises(SettingError, match="something else"):
        run(write_dotted(tmp_path / "two", more=MEAN + "baselines: [watershed]\n"), out=tmp_path / "named")


def test_a_baseline_that_takes_longer_than_five_minutes_and_the_model_is_left_out_unless_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(watershed, "_seconds", lambda samples, axes: 1000.0)
    done = run(write_dotted(tmp_path / "one", more=MEAN), out=tmp_path / "run")
    left_out = done.stamps.notes("baselines")["left_out"]
    assert list(left_out) == ["watershed"]
    assert "baselines: [mean_count, watershed, area_count]" in left_out["watershed"]
    monkeypatch.setattr(train, "MINUTES", 1e6)  # as if the model took as long
    train.train_baselines(done)
    assert done.stamps.notes("baselines")["left_out"] == {}
    assert done.inner("baseline", "watershed").read(Plan).minutes > 5
    named = run(write_dotted(tmp_path / "two", more=MEAN + "baselines: [watershed]\n"), out=tmp_path / "named")
    assert named.inner("baseline", "watershed").exists("model")


def test_the_floor_is_never_left_out(tmp_path, monkeypatch):
    from isocenter.methods.localization import mean_count

    monkeypatch.setattr(mean_count.METHOD, "fit", lambda *_: (_ for _ in ()).throw(PlanError("no floor")))
    with pytest.raises(PlanError, match="no floor"):
        run(write_dotted(tmp_path, more="method: area_count\n"), out=tmp_path / "run")


def test_the_own_method_of_a_study_is_no_baseline_of_it():
    from isocenter.core.study import Study

    study = Study(
        name="s", cases="c.csv", inputs={"i": "i"}, method="watershed", targets=[{"name": "t", "type": "points", "columns": "d"}]
    )
    assert baselines_of(study) == ["mean_count", "area_count"]
