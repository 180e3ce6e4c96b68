"""Cohorts whose true mean is known, to see how often an interval covers it.

In:   number of patients, cases a patient, intra-class correlation, a generator.
Out:  values like Dice (most high, a tail to the left), and the patient of each.
Not:  no images (phantoms).
Reference: Gaussian copula with beta margins, so that skew and correlation are set apart; Nelsen, An Introduction to Copulas, 2006.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import beta

from isocenter.core.record import Record

SHAPE = (6.0, 1.2)
"""Beta parameters of the margins: mean 0.833, SD 0.130, skewness -1.1, as Dice of a small organ."""
TRUE_MEAN = SHAPE[0] / sum(SHAPE)


class Cohort(Record):
    """Values with the patient of each."""

    values: NDArray[np.float64]
    patients: NDArray[np.intp]


def dice_like_cohort(patients: int, *, most_cases: int, correlation: float, rng: np.random.Generator) -> Cohort:
    """Draw a cohort; each patient has 1 to `most_cases` cases, as likely as not.

    correlation : in [0, 1], of the Gaussian scores of two cases of one patient; that of the values is slightly smaller.
    """
    cases = rng.integers(1, most_cases + 1, patients)
    owner = np.repeat(np.arange(patients), cases)
    shared = np.sqrt(correlation) * rng.standard_normal(patients)[owner]
    own = np.sqrt(1.0 - correlation) * rng.standard_normal(owner.size)
    return Cohort(values=beta.ppf(ndtr(shared + own), *SHAPE), patients=owner)
