"""f-AnoGAN: a Wasserstein GAN learns normal patches, then an encoder what each is made of; what cannot be made again is abnormal.

In:   pictures.
Out:  the squared difference between a patch and what the generator makes of it, plus that of the critic's features, averaged over
      the patches that hold a sample.
Not:  no search in latent space: the encoder answers at once.

Reference: Schlegl et al., Med Image Anal 2019; 54:30-44.
Differs:   DCGAN's networks in place of residual ones; latent numbers held to where normal ones lie.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from isocenter.core.errors import SettingError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.learning.anomaly.encoding import FEATURES, Encoding, Finding
from isocenter.learning.generative.adversarial_learner import AdversarialConfig, AdversarialLearner
from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.generative.networks.dcgan import DcganCritic, DcganGenerator
from isocenter.learning.generative.pair import GeneratorConfig
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner
from isocenter.learning.last_good import driven
from isocenter.learning.phases import Phase, Phases
from isocenter.learning.weights import read_weights, write_weights
from isocenter.methods.anomaly._detector import Scorer
from isocenter.methods.anomaly._method import AnomalyMethod, Learned
from isocenter.methods.anomaly._patches import cut, spread
from isocenter.methods.anomaly._plan import plan_learned
from isocenter.methods.anomaly._settled import settled
from isocenter.methods.anomaly.patch_discriminator import PatchSettings

Images = NDArray[np.float32]
SANE = 1000


@dataclass(frozen=True, kw_only=True)
class AnoganSettings(PatchSettings):
    """Fields are settings of the plan."""

    patch: int = 16
    critic_steps: int = 3
    """Of the critic, for each of the generator."""
    learning_rate: float = 3e-4
    encoder_share: float = 0.4
    """Share of the steps, the last, in which the encoder learns."""
    encoder_rate: float = 2e-3

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError."""
        super().__post_init__()
        if not 0 < self.encoder_share < 1 or self.critic_steps < 1:
            raise SettingError(
                f"expected encoder_share in (0, 1) and critic_steps of 1 or more, got {self.encoder_share} and {self.critic_steps}."
            )

    def network(self) -> Encoding:
        """Return generator, critic and encoder, untrained."""
        generator, critic = self.pair()
        if not isinstance(generator, DcganGenerator) or not isinstance(critic, DcganCritic):
            raise TypeError("expected the networks of dcgan")
        return Encoding(generator, critic, self.shape())

    def shape(self) -> GeneratorConfig:
        """Return what the pair is built of."""
        return GeneratorConfig(
            side=self.patch, channels=self.channels, latent=self.latent, width=self.width, normalized_critic=False
        )  # fmt: skip


class AnoganScorer:
    """See Scorer."""

    def __init__(self, network: Encoding, settings: AnoganSettings) -> None:
        self.network, self.settings = network.eval(), settings

    def score(self, images: Images) -> Images:
        """Return maps of what could not be made again."""
        return spread(images, self.settings.patch, self.settings.step, self._left)

    @torch.no_grad()
    def _left(self, patches: Images) -> Images:
        image, features = self.network.distance(torch.from_numpy(patches))
        return np.asarray((image.mean(dim=1) + FEATURES * features[:, None, None]).numpy(), np.float32)

    def save(self, folder: Path) -> None:
        """Write weights.safetensors."""
        write_weights(self.network, folder / "weights.safetensors")


class FAnogan(AnomalyMethod):
    """See AnomalyMethod."""

    card = Card(
        name="f_anogan",
        task="anomaly",
        answers=frozenset({"class"}),
        learned=True,
        cite="Schlegl et al., Med Image Anal 2019; 54:30-44",
        differs="DCGAN's networks in place of residual ones; latent numbers held to where normal ones lie",
        reads="pictures",
    )
    settings = AnoganSettings

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        del gigabytes
        return plan_learned(
            study, fingerprint, method=self.card.name, config=AnoganSettings, build=_learner, sane=SANE, minutes=minutes
        )

    def learn(self, images: Images, settings: AnoganSettings, plan: Plan, journal: Journal) -> Learned:
        """Train both halves from where the journal's state stands."""
        learner = _learner(images, settings, plan.steps, plan.seed)
        ended = driven(learner, journal, steps=plan.steps, good=learner.in_last)
        return Learned(scorer=AnoganScorer(settled(learner.last.ema.network), settings), ended=ended)

    def read(self, folder: Path, settings: AnoganSettings) -> Scorer:
        """Return the scorer that `save` wrote."""
        network = settings.network()
        read_weights(network, folder / "weights.safetensors")
        return AnoganScorer(network, settings)


def _learner(images: Images, settings: AnoganSettings, steps: int, seed: int) -> Phases[GradientLearner]:
    """Return the GAN's training followed by the encoder's; the second takes its networks from the first, or from its own state."""
    torch.manual_seed(seed)
    network = settings.network()
    patches = cut(images, settings.patch, settings.patches, np.random.default_rng([seed, 17]))
    of_gan = max(1, round(steps * (1 - settings.encoder_share)))
    made: list[AdversarialLearner] = []

    def gan() -> AdversarialLearner:
        config = AdversarialConfig(
            steps=of_gan, batch=settings.batch, latent=settings.latent, critic_steps=settings.critic_steps,
            learning_rate=settings.learning_rate, seed=seed,
        )  # fmt: skip
        generator, critic = settings.pair()
        nothing = np.zeros((len(patches), 0), np.float32)
        adversary = ADVERSARIES.get("wasserstein")
        made.append(AdversarialLearner(generator, critic, adversary, patches, nothing, config))
        return made[-1]

    def encoder() -> GradientLearner:
        if made:
            network.generator.load_state_dict(made[-1].ema.network.state_dict())
            network.critic.load_state_dict(made[-1].critic.state_dict())
        lesson = Finding(network, torch.from_numpy(patches), batch=settings.batch, seed=seed)
        config = GradientConfig(dimensions=2, steps=steps - of_gan, learning_rate=settings.encoder_rate, seed=seed)
        return GradientLearner(network, lesson, config)

    return Phases([Phase(name="gan", steps=of_gan, build=gan)], encoder)


METHOD = FAnogan()
