"""A generator learned against a critic.

In:   pictures of one input; covariates that are words are conditions.
Out:  AdversarialMethod, to be made with a card and what makes it (a pair, an adversary); AdversarialModel.
Not:  no networks and no losses (learning/generative).
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.core.case import Case, Cases
from isocenter.core.errors import StudyError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study
from isocenter.learning.generative.networks import PAIRS
from isocenter.learning.last_good import driven
from isocenter.learning.weights import read_weights, write_weights
from isocenter.methods._frame import as_image, framed
from isocenter.methods.generation._build import build_learner
from isocenter.methods.generation._conditions import Conditions, conditions_of
from isocenter.methods.generation._plan import plan_adversarial
from isocenter.methods.generation._requests import AT_ONCE, seed_of, seed_refusal
from isocenter.methods.generation._settings import AdversarialSettings
from isocenter.methods.generation._watch import LOOKED_AT, Watch, spread


class AdversarialModel:
    """See Model in core/method.py."""

    def __init__(
        self,
        generator: nn.Module,
        target: str,
        settings: AdversarialSettings,
        conditions: Conditions,
        *,
        grown: float = 1.0,
        ended: str = "",
    ) -> None:
        """Hold a generator.

        grown : how far a growing generator got, in [0, 1]
        ended : why the training ended before its last step; "" = it did not
        """
        self.generator, self.target, self.settings, self.conditions = generator.eval(), target, settings, conditions
        self.grown, self.ended = grown, ended

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one image a case. A case that asks for what was never seen, or with a seed that is none, is refused."""
        del scratch
        for case in cases:
            if refused := self.refusal(case):
                yield Prediction(case=case.key, answers={}, refused=refused)
                continue
            said = self.conditions.vector(case.covariates, where=case.key)
            image = self.sample([seed_of(case)], said[None])[0]
            yield Prediction(case=case.key, answers={self.target: as_image(image, self.settings)})

    def refusal(self, case: Case) -> str:
        """Return why a request cannot be answered, "" where it can."""
        try:
            self.conditions.vector(case.covariates, where=case.key)
        except StudyError as error:
            return str(error)
        return seed_refusal(case)

    def sample(self, seeds: Sequence[int], conditions: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return images (N, C, side, side) in [-1, 1]; conditions (N, K)."""
        return sampled(self.generator, seeds, conditions, self.settings, grown=self.grown)

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        text = {
            "target": self.target,
            "settings": dataclasses.asdict(self.settings),
            "conditions": {column: list(words) for column, words in self.conditions.words.items()},
            "grown": self.grown,
            "ended": self.ended,
        }
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")
        write_weights(self.generator, folder / "weights.safetensors")


class AdversarialMethod:
    """See Method in core/method.py."""

    def __init__(self, card: Card, preset: Mapping[str, tuple[Any, str]]) -> None:
        """Make a method of a card and the settings that make it what it is, each with its reason."""
        self.card, self.preset = card, dict(preset)

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        del gigabytes
        return plan_adversarial(study, fingerprint, method=self.card.name, preset=self.preset, minutes=minutes)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> AdversarialModel:
        """Train from where the journal's state stands. StudyError for fewer than two learning images.

        A training that diverges ends at its last good look, and the model says why; Diverged when there was none.
        """
        settings = plan.config(AdversarialSettings)
        name = next(iter(study.inputs))
        conditions = conditions_of(learn, study.covariates)
        images = framed(learn, name, settings)
        if len(images) < 2:
            raise StudyError(f"expected at least 2 learning images, got {len(images)}. Look at: isocenter check STUDY")
        said = np.stack([conditions.vector(case.covariates, where=case.key) for case in learn if name in case.inputs])
        learner = build_learner(settings, np.stack(images), said, steps=plan.steps, seed=plan.seed)
        asked = spread(list(said), LOOKED_AT)

        def sample(seeds: Sequence[int]) -> NDArray[np.float32]:
            wanted = np.stack([asked[seed % len(asked)] for seed in seeds])
            return sampled(learner.ema.network, seeds, wanted, settings, grown=learner.grown)

        watch = Watch(learner, sample, learned=images, tune=framed(tune, name, settings), steps=plan.steps, journal=journal)
        ended = driven(watch, journal, steps=plan.steps, validations=16, good=watch.good)
        return AdversarialModel(
            learner.ema.network.cpu(), study.targets[0].name, settings, conditions, grown=learner.grown, ended=ended
        )

    def load(self, folder: Path) -> AdversarialModel:
        """Return the model `save` wrote."""
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        settings = as_config(AdversarialSettings, text["settings"], method=self.card.name)
        conditions = Conditions(words={column: tuple(words) for column, words in text["conditions"].items()})
        generator, _ = PAIRS.get(settings.pair).build(settings.networks(conditions.count))
        read_weights(generator, folder / "weights.safetensors")
        return AdversarialModel(generator, text["target"], settings, conditions, grown=text["grown"], ended=text["ended"])


@torch.no_grad()
def sampled(
    generator: nn.Module, seeds: Sequence[int], conditions: NDArray[np.float32], settings: AdversarialSettings, *, grown: float
) -> NDArray[np.float32]:
    """Return one image a seed, (N, C, side, side); smaller ones of a generator that is not grown are repeated to their size."""
    device = next(generator.parameters()).device
    made = []
    for first in range(0, len(seeds), AT_ONCE):
        some = seeds[first : first + AT_ONCE]
        latent = torch.stack([torch.randn(settings.latent, generator=torch.Generator().manual_seed(seed)) for seed in some])
        said = torch.from_numpy(np.ascontiguousarray(conditions[first : first + AT_ONCE]))
        images = generator(latent.to(device), said.to(device), grown)
        factor = settings.side // images.shape[-1]
        made.append(images.repeat_interleave(factor, dim=2).repeat_interleave(factor, dim=3).cpu().numpy())
    return np.concatenate(made)
