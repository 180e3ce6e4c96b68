"""The two folders of metrics: what one case gives, and what only many cases give.

Out:  `per_case()` and `per_cohort()`: list names without importing, get one by name.
"""

from isocenter.core.registry import Registry
from isocenter.core.task import CaseMetric, CohortMetric


def per_case() -> Registry[CaseMetric]:
    """Return the metrics of one case, by name ("dice")."""
    return Registry("metric", "isocenter.metrics.per_case", "METRIC")


def per_cohort() -> Registry[CohortMetric]:
    """Return the metrics of many cases, by name ("auc")."""
    return Registry("cohort metric", "isocenter.metrics.per_cohort", "METRIC")
