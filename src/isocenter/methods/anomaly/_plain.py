"""A baseline of the anomaly task: arrays kept of the normal images, and a rule that makes maps of them.

In:   a rule. Out: AnomalyMethod; its scorer keeps model.safetensors.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.methods.anomaly._detector import Scorer
from isocenter.methods.anomaly._method import AnomalyMethod, Learned, plain_plan

Images = NDArray[np.float32]
Arrays = Mapping[str, Images]


class Rule(Protocol):
    """What a baseline does."""

    def keep(self, images: Images, settings: Any) -> Arrays:
        """Return what is kept of normal images (N, C, side, side)."""
        ...

    def score(self, images: Images, arrays: Arrays, settings: Any) -> Images:
        """Return maps (N, side, side) >= 0."""
        ...


class PlainScorer:
    """See Scorer."""

    def __init__(self, rule: Rule, arrays: Arrays, settings: Any) -> None:
        self.rule, self.arrays, self.settings = rule, arrays, settings

    def score(self, images: Images) -> Images:
        """Return the rule's maps."""
        return np.asarray(self.rule.score(images, self.arrays, self.settings), np.float32)

    def save(self, folder: Path) -> None:
        """Write model.safetensors."""
        save_file({name: np.ascontiguousarray(array) for name, array in self.arrays.items()}, folder / "model.safetensors")


class PlainMethod(AnomalyMethod):
    """See AnomalyMethod."""

    def __init__(self, card: Card, rule: Rule, settings: Any) -> None:
        """Make a method of a card, a rule and the settings it has by itself."""
        self.card, self.rule, self._own = card, rule, settings
        self.settings = type(settings)

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return the plan of a baseline."""
        del minutes, gigabytes
        return plain_plan(self.card, study, fingerprint, self._own)

    def learn(self, images: Images, settings: Any, plan: Plan, journal: Journal) -> Learned:
        """Keep what the rule keeps."""
        del plan, journal
        return Learned(scorer=PlainScorer(self.rule, self.rule.keep(images, settings), settings))

    def read(self, folder: Path, settings: Any) -> Scorer:
        """Return the scorer that `save` wrote."""
        return PlainScorer(self.rule, load_file(folder / "model.safetensors"), settings)
