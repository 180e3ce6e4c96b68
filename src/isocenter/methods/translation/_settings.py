"""Settings of an adversarial translation; each field is a setting of the plan."""

from dataclasses import dataclass
from typing import ClassVar

from isocenter.core.errors import SettingError, unknown
from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.loss import Form
from isocenter.learning.regularizer import NONE
from isocenter.learning.regularizers import REGULARIZERS
from isocenter.methods._patches.settings import PatchSettings

DISTANCES = ("l1", "l2")


@dataclass(frozen=True, kw_only=True)
class TranslationSettings(PatchSettings):
    """One translation: generator (the fields of every network of patches), critics, and the scale of the target."""

    forms: ClassVar[tuple[Form, ...]] = ("amounts",)

    loss: str = "l1"
    """Distance of an answered image from the true one, or of one there and back from itself: "l1" or "l2"."""
    sampler: str = "uniform"
    learning_rate: float = 5e-4
    weight_decay: float = 0.0
    adversary: str = "least_squares"
    adversarial: float = 1.0
    """Weight of the critics' opinion; 0 = they are not asked."""
    fidelity: float = 100.0
    """Weight of the distance."""
    residual: bool = False
    """The network says what must be added to the input, whose scale is learned."""
    favored: tuple[float, ...] = ()
    """Intensities (low, high) of the target whose samples count `favor` times in the distance; () = all alike."""
    favor: float = 10.0
    critic_width: int = 32
    """Features of the critic at full resolution; doubled at each coarser one."""
    critic_levels: int = 2
    """How often the critic halves the image: how large the neighborhoods are that it judges."""
    finer: bool = False
    """The answer keeps the samples the network works at (`spacing`), finer than those that came in."""
    regularizer: str = NONE
    """What a guiding mask adds to the distance: "none", or one that judges images ("shape")."""
    regularizer_weight: float = 1.0
    """Of the added cost; 1 = the regularizer's usual."""
    regularizer_share: float = 0.3
    """Share of the steps in which masks, and then how true images show them, are learned before images are made; half for each."""
    target_channels: int = 1
    target_unit: str = "1"
    target_low: float = 0.0
    """Intensity of the target that is learned as -1."""
    target_high: float = 255.0
    """Intensity of the target that is learned as 1."""
    target_dtype: str = "float32"
    """Kind of numbers the target's files hold; answers hold the same."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        super().__post_init__()
        self._check_name("loss", self.loss, DISTANCES)
        if self.adversary not in ADVERSARIES.names():
            raise SettingError(unknown("adversary", self.adversary, ADVERSARIES.names()))
        if self.sampler != "uniform" or self.augmented != "all":
            raise SettingError("expected sampler uniform and augmented all: an image has no foreground to prefer.")
        if min(self.adversarial, self.fidelity) < 0 or self.adversarial + self.fidelity == 0:
            raise SettingError(f"expected weights of 0 or more, not both 0, got {self.adversarial} and {self.fidelity}.")
        if self.favored and (len(self.favored) != 2 or not self.favored[0] < self.favored[1]):
            raise SettingError(f"expected favored intensities [low, high], low below high, got {list(self.favored)}.")
        if self.favor <= 0:
            raise SettingError(f"expected favor above 0, got {self.favor}.")
        if min(self.critic_width, self.critic_levels) < 1:
            raise SettingError("expected critic_width and critic_levels of 1 or more.")
        if self.regularizer != NONE:
            self._check_name("regularizer", self.regularizer, REGULARIZERS.names())
            if REGULARIZERS.get(self.regularizer).of_images is None:
                raise SettingError(f"expected a regularizer that judges images, got {self.regularizer}, which judges masks alone.")
        self._check_range("regularizer_weight", 0.0, 100.0)
        self._check_range("regularizer_share", 0.0, 0.9)
        if self.finer and not self.spacing:
            raise SettingError("expected spacing beside finer: it says which samples the answer has.")
        if not self.target_high > self.target_low:
            raise SettingError(f"expected target_low below target_high, got {self.target_low} and {self.target_high}.")
