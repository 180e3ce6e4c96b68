"""Intraclass correlations equal a mixed model's and an analysis of variance's; their intervals cover.

The table of six cases and four judges is ours to check against another program, not against a book: it is handed to statsmodels'
two-way analysis of variance, from whose mean squares the coefficients of McGraw & Wong's table 4 are built anew here.
"""

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import mixedlm, ols
from statsmodels.stats.anova import anova_lm

from isocenter.core.errors import StudyError
from isocenter.metrics.intraclass import FORMS, intraclass_correlation, intraclass_interval, mean_squares

SIX_CASES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)


def long(table):
    n, k = table.shape
    return pd.DataFrame({"y": table.ravel(), "case": np.repeat(np.arange(n), k), "rater": np.tile(np.arange(k), n)})


def two_way(rng, n, k, *, case=1.0, rater=0.5, noise=0.7):
    return rng.normal(0, case, (n, 1)) + rng.normal(0, rater, (1, k)) + rng.normal(0, noise, (n, k))


def test_the_mean_squares_equal_statsmodels_analysis_of_variance():
    two, one = (anova_lm(ols(f, long(SIX_CASES)).fit()) for f in ("y ~ C(case) + C(rater)", "y ~ C(case)"))
    m = mean_squares(SIX_CASES)
    ours = (m.rows, m.columns, m.error, m.within)
    theirs = (*(two["sum_sq"] / two["df"]).to_numpy(), one["sum_sq"]["Residual"] / one["df"]["Residual"])
    assert ours == pytest.approx(theirs)


def test_all_six_forms_of_six_cases_and_four_judges():
    two = anova_lm(ols("y ~ C(case) + C(rater)", long(SIX_CASES)).fit())
    r, c, e = (two["sum_sq"] / two["df"]).to_numpy()
    w = (two["sum_sq"]["C(rater)"] + two["sum_sq"]["Residual"]) / 18
    expected = {
        "ICC(1)": (r - w) / (r + 3 * w),
        "ICC(k)": (r - w) / r,
        "ICC(C,1)": (r - e) / (r + 3 * e),
        "ICC(C,k)": (r - e) / r,
        "ICC(A,1)": (r - e) / (r + 3 * e + 4 / 6 * (c - e)),
        "ICC(A,k)": (r - e) / (r + (c - e) / 6),
    }
    for form in FORMS:
        assert intraclass_correlation(SIX_CASES, form) == pytest.approx(expected[form])
        interval = intraclass_interval(SIX_CASES, form)
        assert interval.low < expected[form] < interval.high


def test_one_way_is_the_variance_share_of_a_mixed_model(rng):
    table = two_way(rng, 60, 3, rater=0.0)
    fit = mixedlm("y ~ 1", long(table), groups=long(table)["case"]).fit(reml=True)
    between = float(fit.cov_re.iloc[0, 0])
    assert intraclass_correlation(table, "ICC(1)") == pytest.approx(between / (between + fit.scale), abs=1e-4)


def test_a_constant_bias_counts_against_agreement_alone(rng):
    table = two_way(rng, 40, 2, rater=0.0)
    biased = table + np.array([0.0, 3.0])
    assert intraclass_correlation(biased, "ICC(C,1)") == pytest.approx(intraclass_correlation(table, "ICC(C,1)"))
    assert intraclass_correlation(biased, "ICC(A,1)") < intraclass_correlation(table, "ICC(A,1)") - 0.2


@pytest.mark.parametrize(("form", "truth"), [("ICC(1)", 1 / 1.49), ("ICC(C,1)", 1 / 1.49), ("ICC(C,k)", 3 / 3.49)])
@pytest.mark.parametrize("n", [10, 50])
def test_the_exact_intervals_cover(form, truth, n):
    rng = np.random.default_rng(3)
    runs = 300
    hits = 0
    for _ in range(runs):
        interval = intraclass_interval(two_way(rng, n, 3, rater=0.0), form)
        hits += interval.low <= truth <= interval.high
    assert hits / runs == pytest.approx(0.95, abs=0.03)


def test_the_interval_of_absolute_agreement_covers():
    """Satterthwaite's is no exact interval: 92 to 95 % with six raters, who are few to know the spread of raters by."""
    rng = np.random.default_rng(4)
    truth = 1 / (1 + 0.25 + 0.49)
    hits = sum((i := intraclass_interval(two_way(rng, 30, 6), "ICC(A,1)")).low <= truth <= i.high for _ in range(300))
    assert hits / 300 >= 0.92 - 2 * (0.92 * 0.08 / 300) ** 0.5


def test_raters_who_never_differ():
    same = np.repeat(np.arange(5.0)[:, None], 3, axis=1)
    assert intraclass_correlation(same) == 1.0
    assert np.isnan(intraclass_interval(same).low)
    assert np.isnan(intraclass_correlation(np.ones((4, 2))))


@pytest.mark.parametrize("table", [np.ones((1, 3)), np.ones((4, 1)), np.array([[1.0, np.nan], [2.0, 3.0]])])
def test_a_table_that_is_not_full_is_refused(table):
    with pytest.raises(StudyError, match="full table"):
        mean_squares(table)


def test_an_unknown_form_is_refused():
    with pytest.raises(StudyError, match=r"ICC\(A,1\)"):
        intraclass_correlation(SIX_CASES, "ICC(3,1)")
