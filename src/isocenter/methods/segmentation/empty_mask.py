"""Empty mask: every sample is background. The floor, and the score a class that is hardly ever there gives for nothing.

In:   any image; only its grid is used.
Out:  masks without foreground.
Not:  nothing is learned.

Reference: Maier-Hein, Reinke et al., Metrics reloaded, Nat Methods 2024; 21:195-212 (why empty answers must be scored on purpose).
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isocenter.core.case import Case, Cases
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study, Target
from isocenter.methods._baselines.channels import grid_of
from isocenter.methods._baselines.labels import targets_of
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.segmentation._answers import ClassMap, answer_each


@dataclass(frozen=True, kw_only=True)
class EmptyMaskConfig:
    """Settings of the empty mask."""

    keep_probability: bool = False
    """Whether a prediction carries the probability of each class (0 everywhere but in the background)."""


@dataclass(frozen=True)
class EmptyModel:
    """Background everywhere."""

    inputs: tuple[str, ...]
    targets: tuple[Target, ...]
    config: EmptyMaskConfig

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one empty mask per target and case; a case without an image is refused."""
        del scratch
        return answer_each(cases, self._answer)

    def _answer(self, case: Case) -> Mapping[str, ClassMap]:
        grid = grid_of(case, self.inputs)
        return {t.name: ClassMap(t, grid, keep_probability=self.config.keep_probability) for t in self.targets}

    def save(self, folder: Path) -> None:
        """Write model.json."""
        folder.mkdir(parents=True, exist_ok=True)
        text = {
            "inputs": list(self.inputs),
            "targets": [target.model_dump(mode="json") for target in self.targets],
            "config": dataclasses.asdict(self.config),
        }
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")


class EmptyMask:
    """Background everywhere."""

    card = Card(
        name="empty_mask",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=False,
        cite="Maier-Hein, Reinke et al., Metrics reloaded, Nat Methods 2024; 21:195-212.",
        differs="",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan without choices."""
        del minutes, gigabytes
        return baseline_plan(self.card, study, fingerprint, EmptyMaskConfig(), {})

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> EmptyModel:
        """Keep the targets' names; nothing is learned."""
        del learn, tune, journal
        return EmptyModel(tuple(study.inputs), targets_of(study, self.card), plan.config(EmptyMaskConfig))

    def load(self, folder: Path) -> EmptyModel:
        """Return the model `save` wrote."""
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        targets = tuple(Target.model_validate(target) for target in text["targets"])
        return EmptyModel(tuple(text["inputs"]), targets, EmptyMaskConfig(**text["config"]))


METHOD = EmptyMask()
