"""Settings every network trained on patches has; each field is a setting of the plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from torch import Tensor

from isocenter.core.errors import SettingError, unknown
from isocenter.learning.loss import Form, Loss
from isocenter.learning.losses import LOSSES
from isocenter.learning.networks import NETWORKS
from isocenter.learning.preparation import PreparationConfig
from isocenter.learning.sampling import SAMPLERS
from isocenter.methods._patches.parts import check_form, loss_of, sampler_options

PRECISIONS = ("float32", "bfloat16")
AUGMENTED = ("all", "foreground")


@dataclass(frozen=True, kw_only=True)
class PatchTraining:
    """How images are prepared and how a network learns from patches of them, whatever the network."""

    forms: ClassVar[tuple[Form, ...]] = ("classes",)
    """Forms of target the method makes, of which a loss has to read one."""

    channels: tuple[int, ...] = (1,)
    """Channels of each input, in the study's order."""
    spacing: tuple[float, ...] = ()
    """World units per axis the network works at; () keeps each case's samples."""
    longest: int = 0
    """Samples the longest side of a picture is brought to; 0 keeps each picture's samples."""
    scheme: str = "zscore"
    """Intensity scheme: "zscore" (by the image), "ct" (by the numbers of all learning images), "macenko" (stains of H&E normalized,
    then zscore) or "none"."""
    low: float = 0.0
    """ct: lower clip, in the unit of the images."""
    high: float = 0.0
    """ct: upper clip."""
    mean: float = 0.0
    """ct: mean."""
    deviation: float = 1.0
    """ct: standard deviation."""
    patch: tuple[int, ...] = (64, 64, 64)
    """Samples per axis of the image; 1 on an axis makes the network 2-D across it."""
    widths: tuple[int, ...] = (16, 32, 64, 128)
    """Feature channels per level, finest first."""
    batch: int = 2
    """Patches a step."""
    loss: str = "dice_cross_entropy"
    loss_settings: Mapping[str, Any] = field(default_factory=dict)
    """What the loss takes by name: {focus: 3} of "focal"."""
    sampler: str = "foreground"
    sampler_settings: Mapping[str, Any] = field(default_factory=dict)
    """What the sampler takes by name: {half_life: 2000} of "cased"."""
    augmentation: float = 1.0
    """0 none … 1 full strength."""
    augmented: str = "all"
    """Patches that are augmented: "all", or those with "foreground" alone: the rare ones come often, and never twice alike."""
    mirror_axes: tuple[int, ...] = ()
    """Axes of the image along which a mirrored case is as likely as the case."""
    rotation_deg: float = 30.0
    """Rotations up to ± this; 0 = none."""
    zoom: tuple[float, float] = (0.7, 1.4)
    """Least and greatest enlargement; (1, 1) = none."""
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    average: float = 0.03
    """Share of the steps over which weights are averaged."""
    precision: str = "float32"
    channels_last: bool = True
    compiled: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        self._check_name("loss", self.loss, LOSSES.names())
        check_form(self.loss, self.forms)
        self.plain_loss()
        self._check_name("sampler", self.sampler, SAMPLERS.names())
        sampler_options(self.sampler, self.sampler_settings)
        self._check_name("precision", self.precision, PRECISIONS)
        self._check_name("augmented", self.augmented, AUGMENTED)
        self._check_range("augmentation", 0.0, 2.0)
        if not 0 < self.zoom[0] <= self.zoom[1]:
            raise SettingError(f"expected zoom as two factors above 0, the smaller first, got {list(self.zoom)}.")
        if self.batch < 1 or self.learning_rate <= 0:
            raise SettingError(f"expected batch ≥ 1 and learning_rate > 0, got {self.batch} and {self.learning_rate}.")

    def _check_name(self, what: str, name: str, known: Sequence[str]) -> None:
        if name not in known:
            raise SettingError(unknown(what, name, known))

    def _check_range(self, name: str, low: float, high: float) -> None:
        value = getattr(self, name)
        if not low <= value <= high:
            raise SettingError(f"expected {name} in [{low}, {high}], got {value!r}.")

    @property
    def dimensions(self) -> int:
        """Axes the network sees: 2 or 3."""
        return sum(n > 1 for n in self.patch)

    @property
    def untouched_axis(self) -> int | None:
        """The axis of a volume out of whose slices augmentation turns and zooms nothing; None = no such axis."""
        return None

    def plain_loss(self) -> Loss:
        """Return the loss, with its settings, of what the target says."""
        return loss_of(self.loss, self.loss_settings)

    def criterion(self) -> Callable[..., Tensor]:
        """Return the loss of all the network answers."""
        return self.plain_loss()

    def preparation(self, inputs: tuple[str, ...]) -> PreparationConfig:
        """Return how the inputs are prepared."""
        return PreparationConfig(
            inputs=inputs,
            channels=self.channels,
            spacing=self.spacing,
            longest=self.longest,
            scheme=self.scheme,
            low=self.low,
            high=self.high,
            mean=self.mean,
            deviation=self.deviation,
        )


@dataclass(frozen=True, kw_only=True)
class PatchSettings(PatchTraining):
    """A network that answers for every sample of its patch: which it is, and how it predicts."""

    network: str = "unet"
    strides: tuple[tuple[int, ...], ...] = ()
    kernels: tuple[tuple[int, ...], ...] = ()
    normalization: str = "instance"
    """Of the U-Net's features: "instance" or "batch"."""
    deep_supervision: bool = False
    overlap: float = 0.5
    """Share by which neighboring windows overlap when predicting."""
    mirror_prediction: bool = False
    """Average predictions over mirrored copies: slower by 2 to the power of the mirrored axes."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        super().__post_init__()
        self._check_name("network", self.network, NETWORKS.names())
        self._check_range("overlap", 0.0, 0.9)

    @property
    def untouched_axis(self) -> int | None:
        """The axis no level halves: its samples lie too far apart, or are too few, to be mixed by turning."""
        if self.dimensions != 3 or len(self.strides) < 2:
            return None
        whole = [axis for axis, steps in enumerate(zip(*self.strides, strict=True)) if max(steps) == 1]
        return whole[0] if len(whole) == 1 else None
