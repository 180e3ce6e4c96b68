"""The table of readers and a model: each score is scikit-learn's, the difference is that of the same resamples."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, recall_score

from isocenter.core.errors import StudyError
from isocenter.metrics.readers import readers_table

NAMES = ("ann", "bob", "cyd", "dan")


def reading(rng, n=150, right=(0.8, 0.85, 0.9, 0.8), model=0.95):
    truth = (rng.random(n) < 0.35).astype(float)
    calls = np.stack([np.where(rng.random(n) < r, truth, 1 - truth) for r in right], axis=1)
    return truth, calls, np.where(rng.random(n) < model, truth, 1 - truth)


def table(calls, model=None, **more):
    rows = readers_table(calls, NAMES, range(len(calls)), rng=np.random.default_rng(0), model=model, draws=400, **more)
    return {r.who: r for r in rows}


def test_each_reader_is_judged_by_each_other_and_the_scores_averaged(rng):
    _, calls, model = reading(rng)
    rows = table(calls, model)
    ann = np.mean([f1_score(calls[:, j], calls[:, 0]) for j in (1, 2, 3)])
    assert rows["ann"].value == pytest.approx(ann)
    assert rows["model"].value == pytest.approx(np.mean([f1_score(calls[:, j], model) for j in range(4)]))
    assert rows["mean of readers"].value == pytest.approx(np.mean([rows[n].value for n in NAMES]))
    assert rows["model - mean of readers"].value == pytest.approx(rows["model"].value - rows["mean of readers"].value)
    assert list(rows) == [*NAMES, "mean of readers", "model", "model - mean of readers"]


def test_by_the_truth_it_is_the_score_against_it(rng):
    truth, calls, model = reading(rng)
    rows = table(calls, model, truth=truth, judge="truth", quantity="sensitivity")
    assert rows["bob"].value == pytest.approx(recall_score(truth, calls[:, 1]))
    assert rows["model"].value == pytest.approx(recall_score(truth, model))


def test_by_the_majority_of_the_others_a_tie_is_left_out(rng):
    _, calls, model = reading(rng)
    rows = table(calls, model, judge="majority")
    votes = calls[:, 1:].sum(axis=1)
    assert rows["ann"].value == pytest.approx(f1_score(votes >= 2, calls[:, 0]))
    every = calls.sum(axis=1)
    clear = every != 2
    assert rows["model"].value == pytest.approx(f1_score(every[clear] > 2, model[clear]))


def test_a_better_model_is_seen_and_the_difference_is_surer_than_its_parts(rng):
    truth, calls, model = reading(rng)
    rows = table(calls, model, truth=truth, judge="truth")
    gap = rows["model - mean of readers"]
    assert gap.interval.low > 0
    assert gap.interval.width < rows["model"].interval.width + rows["mean of readers"].interval.width


@pytest.mark.slow
def test_a_fifth_reader_in_place_of_the_model_has_a_difference_that_holds_0():
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        truth, calls, model = reading(rng, right=(0.85,) * 4, model=0.85)
        rows = readers_table(calls, NAMES, np.arange(150) // 2, rng=rng, model=model, truth=truth, judge="truth", draws=300)
        held += rows[-1].interval.low <= 0 <= rows[-1].interval.high
    assert held / 60 >= 0.92 - 2 * (0.92 * 0.08 / 60) ** 0.5


def test_cases_not_read_do_not_count(rng):
    truth, calls, _ = reading(rng)
    calls[:50, 0] = np.nan
    rows = table(calls, truth=truth, judge="truth")
    assert rows["ann"].cases == 100
    assert rows["ann"].value == pytest.approx(f1_score(truth[50:], calls[50:, 0]))
    assert "model" not in rows


def test_few_patients_one_reader_and_no_truth(rng):
    truth, calls, _ = reading(rng)
    rows = readers_table(calls, NAMES, np.arange(150) % 9, rng=rng)
    assert np.isnan(rows[0].interval.low)
    with pytest.raises(StudyError, match="two or more readers"):
        readers_table(calls[:, :1], ("ann",), range(150), rng=rng)
    with pytest.raises(StudyError, match="expected a truth"):
        readers_table(calls, NAMES, range(150), rng=rng, judge="truth")
    assert len(readers_table(calls[:, :1], ("ann",), range(150), rng=rng, truth=truth, judge="truth", draws=200)) == 2
