"""Tuning: every arm tries the same configurations; one is chosen on tuning cases, and the test part is opened for it alone."""

import csv
import json

import numpy as np
import pytest

from isocenter.core.errors import Diverged, RunError, StudyError
from isocenter.core.estimate import Estimate
from isocenter.core.search import Range, draw_configurations
from isocenter.core.study import Study
from isocenter.io.study_file import read_study
from isocenter.metrics.tuning_curve import expected_best
from isocenter.phantoms.tracer.tracer import tracer
from isocenter.stages import tune as stage
from isocenter.stages.compare import compare
from isocenter.stages.tune import tune

from .tracer_files import write_tracer

RANGES = {"l1_shares": ([0.0], [0.5], [1.0]), "strengths": {"low": 2, "high": 9, "whole": True}}
METHODS = ("image_statistics", "thumbnail")


def study_of(folder, **fields):
    study, cases = tracer("class")
    split = {"test": 0.3, "tune": 0.4}
    made = Study.model_validate({**study.model_dump(), "tune": RANGES, "split": split, "settings": {"folds": 2}, **fields})
    return write_tracer(made, cases, folder)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """One arm of two configurations, trained."""
    folder = tmp_path_factory.mktemp("tune")
    path = study_of(folder / "study", method="image_statistics")
    return path, folder / "run", tune(path, out=folder / "run", configurations=2, test=True)


@pytest.fixture
def scored(tmp_path, monkeypatch):
    """Two arms of six configurations whose training is left out: scores are drawn from the arm's name."""
    attempts = []

    def scoring(arm, **how):
        attempts.append(arm.path.name)
        if arm.path.name.endswith("=01"):
            raise Diverged("the loss is no longer a number")
        score = np.random.default_rng(list(arm.path.name.encode())).random()
        estimate = Estimate(
            name="auc", value=score, unit="1", ci95=(np.nan, np.nan), interval="", patients=7, cases=7, excluded=0, part="tune"
        )
        arm.write_records("estimates.json", [estimate])
        return [estimate]

    monkeypatch.setattr(stage, "run_stages", scoring)
    path = study_of(tmp_path / "study", vary={"method": METHODS})
    return path, tmp_path / "run", tune(path, out=tmp_path / "run", configurations=6), attempts


def test_every_arm_tries_the_same_configurations_in_range(scored):
    _, _, made, attempts = scored
    first, second = ([t.settings for t in made.tried if t.arm == arm.arm] for arm in made.arms)
    assert [arm.arm for arm in made.arms] == [f"method={name}" for name in METHODS]
    assert first == second
    assert all(2 <= s["strengths"] <= 9 and s["l1_shares"] in RANGES["l1_shares"] for s in first)
    assert attempts == [f"method={name}_configuration={i:02d}" for name in METHODS for i in range(6)]


def test_the_curve_is_that_of_the_scores_and_the_best_is_chosen(scored):
    _, _, made, _ = scored
    for arm in made.arms:
        scores = np.array([t.score for t in made.tried if t.arm == arm.arm])
        assert arm.chosen.score == np.nanmax(scores)
        filled = np.where(np.isnan(scores), np.nanmin(scores), scores)
        assert [p.best for p in arm.curve] == pytest.approx([expected_best(filled, k) for k in range(1, 7)])
        assert all(p.interval.low <= p.best <= p.interval.high <= 1.0 for p in arm.curve)
    assert made.contrasts[-1].found.best == pytest.approx(made.arms[1].curve[-1].best - made.arms[0].curve[-1].best)


def test_a_configuration_that_diverged_is_the_worst_and_is_not_tried_again(scored):
    path, out, made, attempts = scored
    assert [arm.failed for arm in made.arms] == [1, 1]
    assert [t.run for t in made.tried if np.isnan(t.score)] == [f"arm/method={name}_configuration=01" for name in METHODS]
    attempts.clear()
    tune(path, out=out, configurations=6)
    assert attempts
    assert not any(name.endswith("=01") for name in attempts)


def test_what_was_found_is_written_as_table_json_figure_and_page(scored):
    _, out, _, _ = scored
    with open(out / "tuning.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["arm"] for row in rows] == [f"method={name}" for name in METHODS for _ in range(6)]
    assert sum(int(row["chosen"]) for row in rows) == 2
    assert [row["auc"] == "" for row in rows] == [i == 1 for _ in METHODS for i in range(6)]
    held = json.loads((out / "tuning.json").read_text())
    assert len(held["tried"]) == len(rows)
    assert held["tried"][1]["score"] is None
    page = (out / "tuning.html").read_text()
    assert "Expected best of 6" in page
    assert "diverged" in page
    assert (out / "figures/tuning_curves.svg").exists()


def test_a_tuning_in_which_all_diverge_is_refused(tmp_path, monkeypatch):
    def breaking(arm, **how):
        raise Diverged("the loss is no longer a number")

    monkeypatch.setattr(stage, "run_stages", breaking)
    with pytest.raises(RunError, match="Lower the learning rates"):
        tune(study_of(tmp_path / "study"), out=tmp_path / "run", configurations=2)


def test_the_one_chosen_is_tested_once_and_a_resumed_tuning_trains_only_what_is_new(real, monkeypatch):
    path, out, made = real
    begun = []
    run_stages = stage.run_stages

    def watched(arm, **how):
        before = arm.fresh("train")
        done = run_stages(arm, **how)
        begun.extend([] if before else [arm.path.name])
        return done

    monkeypatch.setattr(stage, "run_stages", watched)
    again = tune(path, out=out, configurations=3, test=True)
    assert begun == ["configuration=02"]
    assert [t.score for t in again.tried[:2]] == [t.score for t in made.tried]
    assert made.part == "tune"
    assert made.arms[0].test.part == "test"
    same = again.arms[0].chosen.run == made.arms[0].chosen.run
    assert again.arms[0].openings == (1 if same else 2)
    if same:
        assert again.arms[0].test.value == made.arms[0].test.value
    assert len(compare([out])) == 3  # all still hold the numbers they were chosen by


def test_draws_follow_the_seed_fill_the_range_and_grow_by_appending():
    ranges = {
        "rate": Range(low=1e-4, high=1e-2, scale="log"),
        "batch": Range(low=1, high=3, whole=True),
        "name": ("a", "b"),
    }
    many = draw_configurations(ranges, 400, seed=1)
    assert many[:12] == draw_configurations(ranges, 12, seed=1)
    assert many[:12] != draw_configurations(ranges, 12, seed=2)
    rates = np.array([c["rate"] for c in many])
    assert (rates >= 1e-4).all()
    assert (rates <= 1e-2).all()
    assert (rates < 1e-3).mean() == pytest.approx(0.5, abs=0.1)  # one of two orders of magnitude
    assert {c["batch"] for c in many} == {1, 2, 3}
    assert np.mean([c["batch"] == 1 for c in many]) == pytest.approx(1 / 3, abs=0.1)
    assert {c["name"] for c in many} == {"a", "b"}


@pytest.mark.parametrize(
    ("tuned", "said"),
    [
        ("{rate: {low: 1, high: 0.1}}", "line 5: expected low < high"),
        ("{rate: {low: 0, high: 0.1, scale: log}}", "expected low above 0"),
        ("{rate: {low: 0.5, high: 3, whole: true}}", "expected whole numbers as ends"),
        ("{rate: {low: 0.1, hihg: 1}}", "Did you mean high"),
        ("{rate: []}", "at least one entry"),
    ],
)
def test_a_range_written_wrongly_is_named_with_its_line(tmp_path, tuned, said):
    path = tmp_path / "study.yaml"
    path.write_text(
        "name: x\ncases: cases.csv\ninputs: {t1: t1}\ntargets: [{name: a, type: count, columns: a}]\ntune: " + tuned + "\n"
    )
    with pytest.raises(StudyError, match=said):
        read_study(path)


def test_a_study_with_nothing_to_draw_or_the_same_in_two_places_is_refused(tmp_path):
    with pytest.raises(StudyError, match="expected `tune:` in the study"):
        tune(study_of(tmp_path / "none", tune={}), out=tmp_path / "a")
    with pytest.raises(StudyError, match="expected strengths in one place"):
        tune(study_of(tmp_path / "both", settings={"strengths": 3}), out=tmp_path / "b")
    path = study_of(tmp_path / "single")
    with pytest.raises(StudyError, match="at least one configuration"):
        tune(path, out=tmp_path / "c", configurations=0)
