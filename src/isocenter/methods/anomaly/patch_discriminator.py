"""Patch discriminator: a GAN learns normal patches; what its discriminator takes for made is abnormal.

In:   pictures.
Out:  minus the logarithm of the discriminator's belief that a patch is real, averaged over the patches that hold a sample.
Not:  no generator is kept: it is only what the discriminator learned against. Longer is not always better: against a perfect
      generator the discriminator knows nothing.

Reference: Alex et al., Proc SPIE 10133, Medical Imaging 2017, 101330G (arXiv:1707.00838).
Differs:   convolutional discriminator in place of a fully connected one; no second network that removes false positives.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import softplus

from isocenter.core.errors import SettingError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.learning.generative.adversarial_learner import AdversarialConfig, AdversarialLearner
from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.generative.networks import PAIRS
from isocenter.learning.generative.pair import Critic, Generator, GeneratorConfig
from isocenter.learning.last_good import driven
from isocenter.learning.weights import read_weights, write_weights
from isocenter.methods.anomaly._detector import Scorer
from isocenter.methods.anomaly._method import AnomalyMethod, Learned
from isocenter.methods.anomaly._patches import cut, spread
from isocenter.methods.anomaly._plan import plan_learned
from isocenter.methods.anomaly._settings import DetectorSettings

Images = NDArray[np.float32]
SANE = 500


@dataclass(frozen=True, kw_only=True)
class PatchSettings(DetectorSettings):
    """Fields are settings of the plan."""

    patch: int = 16
    """Samples along both axes of a patch: a power of two."""
    step: int = 2
    """Samples between patches of a map."""
    patches: int = 8192
    """Patches that are learned from."""
    latent: int = 32
    """Numbers a patch is made of."""
    width: int = 24
    """Features at the full resolution; doubled at each coarser one."""
    batch: int = 32
    learning_rate: float = 2e-4

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError."""
        super().__post_init__()
        if not 8 <= self.patch <= self.side or self.patch & (self.patch - 1):
            raise SettingError(f"expected patch to be a power of two from 8 to the side of {self.side}, got {self.patch}.")
        if min(self.step, self.patches, self.latent, self.width, self.batch) < 1 or self.step > self.patch:
            raise SettingError("expected patches, latent, width, batch and step of 1 or more, and a step of at most a patch.")

    def pair(self) -> tuple[Generator, Critic]:
        """Return generator and discriminator of a patch, untrained."""
        config = GeneratorConfig(
            side=self.patch, channels=self.channels, latent=self.latent, width=self.width, normalized_critic=False
        )  # fmt: skip
        return PAIRS.get("dcgan").build(config)


class DiscriminatorScorer:
    """See Scorer."""

    def __init__(self, critic: Critic, settings: PatchSettings) -> None:
        self.critic, self.settings = critic.eval(), settings

    def score(self, images: Images) -> Images:
        """Return maps of disbelief."""
        return spread(images, self.settings.patch, self.settings.step, self._disbelief)

    @torch.no_grad()
    def _disbelief(self, patches: Images) -> Images:
        said = self.critic(torch.from_numpy(patches), torch.zeros(len(patches), 0))
        return np.asarray(softplus(-said).numpy(), np.float32)

    def save(self, folder: Path) -> None:
        """Write weights.safetensors."""
        write_weights(self.critic, folder / "weights.safetensors")


class PatchDiscriminator(AnomalyMethod):
    """See AnomalyMethod."""

    card = Card(
        name="patch_discriminator",
        task="anomaly",
        answers=frozenset({"class"}),
        learned=True,
        cite="Alex et al., Proc SPIE 10133, Medical Imaging 2017, 101330G",
        differs="convolutional discriminator; no second network that removes false positives",
        reads="pictures",
    )
    settings = PatchSettings

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        del gigabytes
        return plan_learned(
            study, fingerprint, method=self.card.name, config=PatchSettings, build=_learner, sane=SANE, minutes=minutes
        )

    def learn(self, images: Images, settings: PatchSettings, plan: Plan, journal: Journal) -> Learned:
        """Train from where the journal's state stands."""
        learner = _learner(images, settings, plan.steps, plan.seed)
        ended = driven(learner, journal, steps=plan.steps)
        return Learned(scorer=DiscriminatorScorer(learner.critic.cpu(), settings), ended=ended)

    def read(self, folder: Path, settings: PatchSettings) -> Scorer:
        """Return the scorer that `save` wrote."""
        _, critic = settings.pair()
        read_weights(critic, folder / "weights.safetensors")
        return DiscriminatorScorer(critic, settings)


def _learner(images: Images, settings: PatchSettings, steps: int, seed: int) -> AdversarialLearner:
    torch.manual_seed(seed)
    generator, critic = settings.pair()
    patches = cut(images, settings.patch, settings.patches, np.random.default_rng([seed, 17]))
    config = AdversarialConfig(
        steps=steps, batch=settings.batch, latent=settings.latent, learning_rate=settings.learning_rate, seed=seed
    )  # fmt: skip
    nothing = np.zeros((len(patches), 0), np.float32)
    adversary = ADVERSARIES.get("non_saturating")
    return AdversarialLearner(generator, critic, adversary, patches, nothing, config)


METHOD = PatchDiscriminator()
