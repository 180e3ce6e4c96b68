"""Settings of the classical methods of exam-level tasks.

In:   what the study sets.
Out:  TabularConfig, checked.
Not:  what one way of looking adds stands beside it (border.py, densitometry.py, edges.py).
"""

from dataclasses import dataclass

from isocenter.core.errors import PlanError, unknown

ESTIMATORS = ("elastic_net", "random_forest")


@dataclass(frozen=True, kw_only=True)
class TabularConfig:
    """Which estimator, and what its inner cross-validation chooses among."""

    estimator: str = "elastic_net"
    """elastic_net (logistic, linear, or proportional hazards, as the target asks) or random_forest (not for survival)."""
    folds: int = 5
    """Parts of the inner cross-validation; a patient is in one of them."""
    strengths: int = 10
    """elastic_net: how many strengths of the penalty are compared."""
    l1_shares: tuple[float, ...] = (0.5,)
    """elastic_net: shares of the absolute penalty that are compared, one or several; 0 is ridge, 1 the lasso."""
    trees: int = 200
    """random_forest: how many trees."""
    leaves: tuple[int, ...] = (1, 5, 20)
    """random_forest: least cases in a leaf that are compared."""

    def __post_init__(self) -> None:
        if self.estimator not in ESTIMATORS:
            raise PlanError(unknown("estimator", str(self.estimator), ESTIMATORS))
        if self.folds < 2 or self.strengths < 2 or self.trees < 1:
            raise PlanError(
                f"expected folds >= 2, strengths >= 2 and trees >= 1, got {self.folds}, {self.strengths} and {self.trees}."
            )
        if not self.l1_shares or not all(0 <= share <= 1 for share in self.l1_shares):
            raise PlanError(f"expected l1_shares of 0 to 1, at least one, got {list(self.l1_shares)}.")
        if not self.leaves or not all(leaf >= 1 for leaf in self.leaves):
            raise PlanError(f"expected leaves >= 1, at least one, got {list(self.leaves)}.")
