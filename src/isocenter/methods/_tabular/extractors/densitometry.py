"""Densitometry: the share of samples below -950 HU where the label speaks, and no other number.

In:   calibrated CT; where the label speaks of a region, that alone.
Out:  a block of one number, 0 … 1; NaN where the region is empty.
Not:  no noise filter: LAA-950 rises with noise, so compare scans of like dose and kernel.

Reference: Gevenois et al., Am J Respir Crit Care Med 1996; 154:187-192.
"""

from dataclasses import dataclass
from typing import ClassVar

from isocenter.core.case import Case
from isocenter.core.errors import UnitError
from isocenter.core.study import Target
from isocenter.methods._tabular.config import TabularConfig
from isocenter.methods._tabular.extractors.image_statistics import density
from isocenter.methods._tabular.features import Extractor, Features, mean_features
from isocenter.methods._tabular.images import stills_of


@dataclass(frozen=True, kw_only=True)
class DensitometryConfig(TabularConfig):
    """Whether the number is the answer."""

    calibrated: bool = True
    """Fit the labels to the number; false (for proportions): the number itself is the answer, nothing is fitted."""


class Densitometry(Extractor):
    """LAA-950."""

    wants: ClassVar[str] = "a CT in HU with samples in the label's region"

    def key(self, target: Target) -> str:
        """Return where the label speaks."""
        return target.scope

    def __call__(self, case: Case, target: Target) -> Features:
        """Return the share of the first channel of each input, averaged. UnitError unless in HU."""
        parts = []
        for still in stills_of(case, self.inputs, target):
            if still.unit != "HU":
                raise UnitError(
                    f"expected a CT in HU in case {case.key}, got unit {still.unit!r}. Say so where the files do not: "
                    "units: {ct: HU} in the study."
                )
            values = still.samples[0][still.where] if still.where is not None else still.samples[0]
            parts.append(Features(blocks={"laa950": density(values.reshape(-1))[:1]}, words={}))
        return mean_features(parts)
