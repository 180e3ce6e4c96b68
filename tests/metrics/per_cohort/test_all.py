"""Every cohort metric keeps the contract: weights (B, N) in, (B,) out, repeats are weights, one file one name."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.errors import StudyError
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.survival import Survival
from isocenter.metrics.against_rest import against_rest
from isocenter.metrics.registry import per_cohort

AMOUNTS = (
    "bias",
    "explained_variance",
    "icc",
    "icc_consistency",
    "interval_coverage",
    "lin_concordance",
    "lower_limit_of_agreement",
    "mean_absolute_error",
    "pearson",
    "r_squared",
    "root_mean_square_error",
    "spearman",
    "truth_sd",
    "upper_limit_of_agreement",
)
BOXES = ("mean_average_precision",)
PLACES = (*BOXES, "cpm", "false_positives_at_85_sensitivity", "sensitivity_at_1_5_fp")
SETS = ("fid", "generator_precision", "generator_recall", "kid", "two_sample_auc")
"""Of sets of images, whose members are compared with each other: an image drawn twice is no pair of alike ones, and no neighbor.
What a resample is worth is tested in metrics/test_generator_metrics.py."""
TIMES = ("concordance", "integrated_brier", "survival_auc", "survival_brier", "uno_concordance")


def places(rng, count, *, extent=None):
    return Points(
        world=rng.uniform(0, 20, (count, 2)), kind=np.zeros(count, np.intp), score=rng.random(count), names=("lesion",),
        extent=extent if extent is None else np.full((count, 2), extent),
    )  # fmt: skip


def cases(name, rng, n=40):
    if name in AMOUNTS:
        truth = rng.integers(0, 20, n).astype(float)
        return [Amount(value=t, unit="1") for t in truth], [
            Amount(value=t + e, unit="1", low=t + e - 1.0, high=t + e + 1.0) for t, e in zip(truth, rng.normal(size=n), strict=True)
        ]
    if name in PLACES:
        extent = 8.0 if name in BOXES else None
        return [places(rng, 4, extent=extent) for _ in range(n)], [places(rng, 80, extent=extent) for _ in range(n)]
    if name in TIMES:
        scale = 1.0 if "concordance" in name else 20.0  # the others ask about the first five years
        days, lost = scale * rng.integers(1, 200, n), rng.random(n) < 0.3
        truths = [
            Survival(days=np.array([d]), alive=np.array([float(c)]), censored=bool(c)) for d, c in zip(days, lost, strict=True)
        ]
        curves = np.sort(rng.random((n, 5)), axis=1)[:, ::-1]
        return truths, [Survival(days=scale * np.arange(0.0, 200, 40), alive=c) for c in curves]
    names = ("a", "b", "c")
    if name in ("multilabel_auc", "f1_micro"):
        truth = (rng.random((n, 3)) < 0.4).astype(float)
        truth[rng.random((n, 3)) < 0.1] = np.nan
    else:
        truth = np.eye(3)[rng.integers(0, 3, n)]
    return [Scores(p=t, names=names) for t in truth], [Scores(p=p, names=names) for p in rng.dirichlet(np.ones(3), n)]


@pytest.mark.parametrize("name", per_cohort().names())
def test_the_file_names_the_metric_and_cites(name):
    metric = per_cohort().get(name)
    assert metric.name == name
    assert metric.cite


@pytest.mark.parametrize("name", [n for n in per_cohort().names() if n not in SETS])
def test_a_weight_of_two_is_the_case_twice(name, rng):
    truths, answers = cases(name, rng)
    times = rng.integers(0, 3, len(truths))
    twice = (
        [t for t, k in zip(truths, times, strict=True) for _ in range(k)],
        [a for a, k in zip(answers, times, strict=True) for _ in range(k)],
    )
    function = per_cohort().get(name).function
    weighted = function(truths, answers, np.stack([times, np.ones(len(times))]).astype(float))
    assert weighted.shape == (2,)
    assert weighted[0] == pytest.approx(function(*twice, np.ones((1, times.sum())))[0])
    assert np.isfinite(weighted).all()
    assert weighted[0] != weighted[1]


@pytest.mark.parametrize("name", [n for n in per_cohort().names() if per_cohort().get(n).each is not None])
def test_of_one_class_it_takes_two_and_its_share_is_of_known_cases(name, rng):
    metric = per_cohort().get(name)
    truths, answers = cases(name, rng)
    truth, answer = against_rest(truths, 1, decided=metric.decides), against_rest(answers, 1, decided=metric.decides)
    known = [i for i, t in enumerate(truth) if np.isfinite(t.p).all()]
    pair = [truth[i] for i in known], [answer[i] for i in known]
    value = metric.each(*pair, np.ones((1, len(known))))[0]
    assert np.isfinite(value)
    if metric.trials is not None:
        share = metric.trials(*pair)
        assert value * share.sum() == pytest.approx(round(value * share.sum()))


@pytest.mark.parametrize("name", per_cohort().names())
def test_no_cases_are_nan(name):
    assert np.isnan(per_cohort().get(name).function([], [], np.ones((1, 0)))[0])


@pytest.mark.parametrize("name", per_cohort().names())
def test_another_kind_is_refused(name):
    with pytest.raises(StudyError, match="fit the target"):
        per_cohort().get(name).function(["text"], ["text"], np.ones((1, 1)))
