"""The table alone: numbers as they are, words as categories. No image is opened.

In:   the study's covariates.
Out:  a block a number, a word a category. A column that is a target's own label is left out.
Not:  groups that are no covariates.
"""

import math
from typing import ClassVar

import numpy as np

from isocenter.core.case import Case
from isocenter.core.study import Target
from isocenter.methods._tabular.features import Extractor, Features


class Covariates(Extractor):
    """Age, sex, site, scanner …"""

    wants: ClassVar[str] = "a covariate the study names, a number or a category met in learning"

    def key(self, target: Target) -> str:
        """Return the target's name: its own columns are not shown."""
        return target.name

    def __call__(self, case: Case, target: Target) -> Features:
        """Return the covariates that are there."""
        told = {n: case.covariates[n] for n in self.covariates if n in case.covariates and n not in target.columns}
        numbers = {n: float(v) for n, v in told.items() if not isinstance(v, str) and math.isfinite(v)}
        words = {n: v for n, v in told.items() if isinstance(v, str) and v}
        return Features(blocks={n: np.array([v]) for n, v in numbers.items()}, words=words)
