"""Counting by density learns to count blobs of two kinds."""

import numpy as np
import pytest

from isocenter.core.case import CaseList
from isocenter.methods.localization.density import METHOD, scales

from ..in_memory import fingerprint_of, fit
from .test_counters import blobs, study

TINY = {"steps": 150, "patch": [64, 64], "widths": [8, 16], "batch": 4, "width": 1.5, "compiled": False, "channels_last": False}


def counted(tmp_path, **settings):
    cases = CaseList([blobs(f"b{i}", 2 + 2 * (i % 5), seed=i, kinds=2) for i in range(18)])
    asked = study(2, targets=[{"name": "large", "type": "count", "columns": "number", "classes": ["large"], "use": "score"}])
    asked = asked.model_copy(update={"settings": {**TINY, **settings}})
    return fit(METHOD, asked, cases, tmp_path), cases


@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["gaussian", "square"])
def test_blobs_are_counted_and_found_kind_by_kind(kernel, tmp_path):
    model, cases = counted(tmp_path, kernel=kernel, width=1.5 if kernel == "gaussian" else 5.0)
    wrong, hits, points = [], 0, 0
    for answer in model.predict(cases, scratch=tmp_path):
        truth, said = cases[answer.case].labels["cells"], answer.answers["cells"]
        wrong.append(abs(answer.answers["number"].value - len(truth)))
        wrong.append(abs(answer.answers["large"].value - (truth.kind == 1).sum()))
        sure = said.score >= 0.5
        for place, kind in zip(truth.world, truth.kind, strict=True):
            near = np.hypot(*(said.world[sure] - place).T) < 3
            hits += bool((near & (said.kind[sure] == kind)).any())
            points += 1
    assert np.mean(wrong) < 1.0
    assert hits > 0.8 * points


@pytest.mark.slow
def test_the_map_sums_to_the_count_in_the_original_geometry(tmp_path):
    model, cases = counted(tmp_path, keep_map=True)
    for answer in model.predict(cases, scratch=tmp_path):
        density = answer.extras["cells:density"]
        assert density.grid.shape == (64, 64)
        counts = np.maximum(density.array().sum(axis=(1, 2)), 0)  # a kind whose map sums to less than nothing is counted 0
        assert counts.sum() == pytest.approx(answer.answers["number"].value, rel=0.01, abs=0.01)


def test_a_rare_kind_weighs_as_much_as_a_common_one():
    labels = [blobs("a", 9, seed=0, kinds=1).labels["cells"]]
    assert scales(labels, ("small", "large"), peak=0.5) == (2.0, 18.0)


def test_with_nothing_to_tune_on_sums_are_right_over_learning_cases(tmp_path):
    cases = CaseList([blobs(f"b{i}", 3 + 2 * (i % 5), seed=i, kinds=1) for i in range(8)])
    asked = study(1).model_copy(update={"settings": {**TINY, "steps": 60}})
    model = fit(METHOD, asked, cases, tmp_path, share=1.0)
    said = sum(answer.answers["number"].value for answer in model.predict(cases, scratch=tmp_path))
    assert "learning" in model.calibration.how["how"]
    assert model.calibration.factor[0] != 1.0
    assert said == pytest.approx(sum(len(case.labels["cells"]) for case in cases), rel=0.01)


@pytest.mark.parametrize(("kinds", "settings", "loss"), [(1, {}, "l1"), (2, {}, "l2"), (2, {"loss": "l1"}, "l1")])
def test_several_kinds_are_learned_by_a_squared_error_unless_asked(kinds, settings, loss):
    cases = CaseList([blobs(f"b{i}", 4, seed=i, kinds=kinds) for i in range(4)])
    asked = study(kinds).model_copy(update={"method": "density", "settings": {**TINY, **settings}})
    plan = METHOD.plan(asked, fingerprint_of(asked, cases), minutes=0.05, gigabytes=1.0)
    assert next(setting.value for setting in plan.settings if setting.name == "loss") == loss
