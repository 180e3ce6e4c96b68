"""Frangi: vesselness and a cut of it, chosen on the learning masks.

In:   images of vessels (or membranes, airways: anything drawn as lines) and masks.
Out:  masks, and on request the share of each class at each vesselness as a probability.
Not:  no learning but of the polarity and one cut per class.

Reference: Frangi et al., Multiscale vessel enhancement filtering, MICCAI 1998, LNCS 1496:130-137.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from isocenter.core.case import Case, Cases
from isocenter.core.errors import SettingError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.imaging.frangi import vesselness
from isocenter.methods._baselines.channels import Channels, read_channels
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.segmentation._cut_model import CutModel, fit_cuts, load_cuts

_ARRAYS = 20  # of float32 that a volume needs while its Hessian is taken apart


@dataclass(frozen=True, kw_only=True)
class FrangiConfig:
    """Settings of vesselness."""

    sigmas: tuple[float, ...] = (1.0, 2.0, 3.0)
    """Radii looked for, in samples of the finest axis."""
    alpha: float = 0.5
    """Tells plates from tubes (3-D)."""
    beta: float = 0.5
    """Tells blobs from tubes."""
    cases: int = 40
    """Learning cases the cut is chosen on, at most."""
    keep_probability: bool = False
    """Whether a prediction carries the probability of each class."""

    def __post_init__(self) -> None:
        if not self.sigmas or min(self.sigmas) <= 0 or self.alpha <= 0 or self.beta <= 0 or self.cases < 1:
            raise SettingError(
                f"expected radii, alpha and beta > 0 and cases >= 1, got sigmas {self.sigmas!r}, alpha {self.alpha!r}, "
                f"beta {self.beta!r}, cases {self.cases!r}."
            )


class Frangi:
    """A cut through vesselness; bright or dark is learned."""

    card = Card(
        name="frangi",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=False,
        cite="Frangi et al., Multiscale vessel enhancement filtering, MICCAI 1998, LNCS 1496:130-137.",
        differs="The cut, and whether tubes are bright or dark, are chosen on the learning masks.",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """State the memory the Hessian of the largest image takes."""
        del minutes
        largest = max((float(np.prod(shape)) for shape in fingerprint.get("shapes") or ()), default=1e6)
        need = round(max(0.2, largest * 4 * _ARRAYS / 1e9), 2)
        reasons = {"sigmas": "tubes from about 2 to 6 samples across; wider ones still answer at their rims"}
        plan = baseline_plan(self.card, study, fingerprint, FrangiConfig(), reasons, minutes_a_case=largest * 2e-8, gigabytes=need)
        if need <= gigabytes:
            return plan
        warning = f"the largest image ({largest:.3g} samples) needs {need} GB for its derivatives, and there are {gigabytes:.3g}"
        return dataclasses.replace(plan, sane=False, warnings=(*plan.warnings, warning))

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> CutModel:
        """Choose polarity and cut on the learning cases."""
        del tune
        config = plan.config(FrangiConfig)
        saved = dataclasses.asdict(config) | {"inputs": list(study.inputs)}
        features = _from_config(saved)
        targets, cuts = fit_cuts(study, self.card, features, learn, journal, cases=config.cases)
        return CutModel(features, targets, cuts, saved, keep=config.keep_probability)

    def load(self, folder: Path) -> CutModel:
        """Return the model `save` wrote."""
        return load_cuts(folder, _from_config, card=self.card)


def _tubes(case: Case, *, inputs: tuple[str, ...], sigmas: tuple[float, ...], alpha: float, beta: float) -> Channels:
    """Return the root of the vesselness (it spreads small values) of each channel, bright and dark."""
    seen = read_channels(case, inputs)
    spacing = seen.grid.spacing
    radii = [sigma * min(spacing) for sigma in sigmas]
    arrays = {
        f"{name}, {'bright' if bright else 'dark'} tubes": np.sqrt(
            vesselness(array, spacing=spacing, sigmas=radii, bright=bright, alpha=alpha, beta=beta)
        )
        for name, array in seen.arrays.items()
        for bright in (True, False)
    }
    return Channels(arrays=arrays, grid=seen.grid)


def _from_config(config: Mapping[str, Any]) -> Callable[[Case], Channels]:
    return partial(
        _tubes, inputs=tuple(config["inputs"]), sigmas=tuple(config["sigmas"]), alpha=config["alpha"], beta=config["beta"]
    )


METHOD = Frangi()
