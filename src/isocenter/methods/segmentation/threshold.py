"""Threshold: the band of intensities that agrees best with the learning masks, per class.

In:   images and masks.
Out:  masks, and on request the share of each class at each intensity as a probability.
Not:  no neighborhood, no shape: what fails here needs more than intensity, which is what this baseline is for.

Reference: Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from isocenter.core.case import Case, Cases
from isocenter.core.errors import SettingError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.methods._baselines.channels import Channels, read_channels
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.segmentation._cut_model import CutModel, fit_cuts, load_cuts


@dataclass(frozen=True, kw_only=True)
class ThresholdConfig:
    """Settings of a threshold."""

    cases: int = 200
    """Learning cases the cut is chosen on, at most."""
    keep_probability: bool = False
    """Whether a prediction carries the probability of each class."""

    def __post_init__(self) -> None:
        if self.cases < 1:
            raise SettingError(f"expected cases >= 1, got {self.cases!r}: a threshold is chosen on learning cases.")


class Threshold:
    """A band of one channel per class; polarity, channel and both ends are learned."""

    card = Card(
        name="threshold",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=False,
        cite="Otsu, A threshold selection method from gray-level histograms, IEEE Trans Syst Man Cybern 1979; 9:62-66.",
        differs="Greatest Dice on the learning masks instead of greatest between-class variance; the cut may have two ends.",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose how many learning cases to look at."""
        del minutes, gigabytes
        cases = int(fingerprint.get("cases", 0) or 0)
        reasons = {"cases": f"of {cases} learning cases: one number per class needs no more"} if cases else {}
        return baseline_plan(self.card, study, fingerprint, ThresholdConfig(), reasons, gigabytes=1.0)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> CutModel:
        """Choose the bands on the learning cases; two numbers per class leave nothing to tune."""
        del tune
        config = plan.config(ThresholdConfig)
        features = partial(_intensities, inputs=tuple(study.inputs))
        targets, cuts = fit_cuts(study, self.card, features, learn, journal, cases=config.cases)
        saved = dataclasses.asdict(config) | {"inputs": list(study.inputs)}
        return CutModel(features, targets, cuts, saved, keep=config.keep_probability)

    def load(self, folder: Path) -> CutModel:
        """Return the model `save` wrote."""
        return load_cuts(folder, _from_config, card=self.card)


def _intensities(case: Case, *, inputs: tuple[str, ...]) -> Channels:
    return read_channels(case, inputs)


def _from_config(config: Mapping[str, Any]) -> Callable[[Case], Channels]:
    return partial(_intensities, inputs=tuple(config["inputs"]))


METHOD = Threshold()
