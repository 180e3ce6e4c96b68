"""Covariates: what the table says of a patient, and no image.

In:   the study's covariates; labels of kind survival.
Out:  one Survival curve.
Not:  no image is opened.

Reference: Cox, J R Stat Soc B 1972; 34:187-220.
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import covariates
from isocenter.methods._tabular.tabular import Tabular


class Covariates(Tabular):
    """Age, sex, site … alone."""

    card: ClassVar[Card] = Card(
        name="covariates",
        task="survival",
        answers=frozenset({"survival"}),
        learned=False,
        cite="Cox, Regression models and life-tables, J R Stat Soc B 1972; 34:187-220.",
        differs=(
            "An elastic-net penalty chosen by cross-validation over patients; missing covariates take the learning mean and "
            "are flagged."
        ),
        reads="covariates",
    )
    extractor = covariates.Covariates


METHOD = Covariates()
