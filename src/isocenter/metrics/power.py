"""How wide an interval to expect at a number of patients, before anything is trained.

In:   the number of patients and a guess of the quantity.
Out:  expected width of the 95 % interval, in the quantity's unit; NaN below 10 patients, where no interval is given.
Not:  no test's power, no measured data.
Reference: AUC: Hanley & McNeil, Radiology 1982; 143:29, smoothed by Newcombe 2006. Proportions: Wilson 1927.
"""

import math

from isocenter.core.errors import StudyError
from isocenter.metrics.estimates.bca import expanded_tail
from isocenter.metrics.estimates.delong import newcombe
from isocenter.metrics.estimates.mean import LEAST_PATIENTS
from isocenter.metrics.estimates.wilson import wilson


def mean_width(patients: int, *, deviation: float, per_patient: float = 1.0, correlation: float = 0.0) -> float:
    """Return the expected width of the interval of a mean, such as Dice's.

    Parameters
    ----------
    patients : int
        In the part that is measured.
    deviation : float
        SD between cases. StudyError if negative.
    per_patient : float
        Cases a patient has.
    correlation : float in [0, 1]
        Intra-class correlation of the cases of one patient.

    Returns
    -------
    Width, with the same widening for few patients as the bootstrap interval has.
    """
    if deviation < 0 or per_patient < 1 or not 0 <= correlation <= 1:
        raise StudyError(
            "expected a standard deviation >= 0, at least one case a patient and a correlation in [0, 1], "
            f"got {deviation}, {per_patient} and {correlation}."
        )
    if patients < LEAST_PATIENTS:
        return math.nan
    design = 1.0 + (per_patient - 1.0) * correlation
    error = deviation * math.sqrt(design / (patients * per_patient))
    # The bootstrap's own spread is short of the error by sqrt((n - 1) / n), which the tail makes up for.
    return 2.0 * expanded_tail(patients) * error * math.sqrt((patients - 1) / patients)


def auc_width(positives: int, negatives: int, *, auc: float = 0.8) -> float:
    """Return the expected width of the interval of an AUC with one exam a patient. NaN when a class is absent."""
    if positives < 1 or negatives < 1 or positives + negatives < LEAST_PATIENTS:
        return math.nan
    return newcombe(auc, positives, negatives).width


def sensitivity_width(positives: int, *, sensitivity: float = 0.9) -> float:
    """Return the expected width of Wilson's interval of a sensitivity among this many patients who have the finding."""
    return wilson(sensitivity * positives, positives).width if positives >= LEAST_PATIENTS else math.nan
