"""Settings of an adversarial generator; each field is a setting of the plan."""

from dataclasses import dataclass

from isocenter.core.errors import SettingError, unknown
from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.generative.networks import PAIRS
from isocenter.learning.generative.pair import GeneratorConfig
from isocenter.methods._frame import FrameSettings


@dataclass(frozen=True, kw_only=True)
class AdversarialSettings(FrameSettings):
    """A pair of networks, their adversary, and how they learn."""

    pair: str = "dcgan"
    """Generator and critic."""
    adversary: str = "non_saturating"
    latent: int = 64
    """Numbers an image is made of."""
    width: int = 32
    """Features at the full resolution; doubled at each coarser one, at most 256."""
    batch: int = 32
    critic_steps: int = 1
    """Of the critic, for each of the generator."""
    learning_rate: float = 2e-4
    first_moment: float = 0.5
    average: float = 0.05
    """Share of the steps the averaged generator looks back."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        for what, name, names in (("pair", self.pair, PAIRS.names()), ("adversary", self.adversary, ADVERSARIES.names())):
            if name not in names:
                raise SettingError(unknown(what, name, names))
        if self.side < 8 or self.side & (self.side - 1):
            raise SettingError(f"expected side to be a power of two of 8 or more, got {self.side}. Try 32 or 64.")
        if min(self.batch, self.latent, self.width, self.critic_steps) < 1:
            raise SettingError("expected batch, latent, width and critic_steps of 1 or more.")

    def networks(self, conditions: int) -> GeneratorConfig:
        """Return what the pair is built of."""
        return GeneratorConfig(
            side=self.side, channels=self.channels, latent=self.latent, conditions=conditions, width=self.width,
            normalized_critic=ADVERSARIES.get(self.adversary).batch_wise,
        )  # fmt: skip
