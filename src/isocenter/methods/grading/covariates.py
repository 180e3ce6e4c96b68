"""Covariates: what the table says of a patient, and no image.

In:   the study's covariates; labels of kind ordinal.
Out:  one Scores.
Not:  no image is opened.

Reference: Zou & Hastie, J R Stat Soc B 2005; 67:301-320.
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import covariates
from isocenter.methods._tabular.tabular import Tabular


class Covariates(Tabular):
    """Age, sex, site … alone."""

    card: ClassVar[Card] = Card(
        name="covariates",
        task="grading",
        answers=frozenset({"ordinal"}),
        learned=False,
        cite="Zou & Hastie, Regularization and variable selection via the elastic net, J R Stat Soc B 2005; 67:301-320.",
        differs=(
            "Missing covariates take the learning mean and are flagged; the penalty is chosen by cross-validation over patients."
        ),
        reads="covariates",
    )
    extractor = covariates.Covariates


METHOD = Covariates()
