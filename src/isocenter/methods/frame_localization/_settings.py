"""Settings of frame classifiers; each field is a setting of the plan."""

import dataclasses
from dataclasses import dataclass

from isocenter.core.errors import SettingError, unknown
from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.frame_network import FrameNetworkConfig
from isocenter.learning.gradient_learner import GradientConfig
from isocenter.methods._patches.settings import PRECISIONS
from isocenter.methods.frame_localization._series import check_first


@dataclass(frozen=True, kw_only=True)
class FrameSettings:
    """How series are prepared, and how a network learns their frames."""

    first: int = 0
    """The number of the first frame, 0 or 1 as the table counts them."""
    size: int = 64
    """Samples of the longer side of a frame."""
    channels: int = 1
    neighbors: int = 1
    """Frames shown on either side of the one that is judged."""
    cyclic: bool = True
    """The series covers one cycle: its last frame is followed by its first. false for one that begins and ends anywhere."""
    widths: tuple[int, ...] = (16, 32, 64)
    """Feature channels per level, finest first."""
    features: int = 32
    """Of a frame, that the convolutions along time see."""
    dropout: float = 0.1
    """Share of the features that are left out in a step."""
    spread: float = 1.0
    """Standard deviation, in frames, of the bump around an event that is learned."""
    batch: int = 4
    """Series a step."""
    augmentation: float = 1.0
    """0 none … 1 full strength. Frames of a series are turned and enlarged alike, and never mirrored."""
    rotation_deg: float = 25.0
    zoom: tuple[float, float] = (0.8, 1.25)
    """Least and greatest enlargement; (1, 1) = none."""
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    average: float = 0.03
    """Share of the steps over which weights are averaged."""
    precision: str = "float32"
    channels_last: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        check_first(self.first)
        if self.precision not in PRECISIONS:
            raise SettingError(unknown("precision", self.precision, PRECISIONS))
        if not 0 < self.zoom[0] <= self.zoom[1]:
            raise SettingError(f"expected zoom as two factors above 0, the smaller first, got {list(self.zoom)}.")
        if self.size < 8 or self.neighbors < 0 or self.batch < 1 or self.spread <= 0 or self.learning_rate <= 0:
            raise SettingError(
                f"expected size >= 8, neighbors >= 0, batch >= 1, spread > 0 and learning_rate > 0, got {self.size}, "
                f"{self.neighbors}, {self.batch}, {self.spread} and {self.learning_rate}."
            )
        if not 0 <= self.augmentation <= 2 or not 0 <= self.dropout < 1:
            raise SettingError(
                f"expected augmentation in [0, 2] and dropout in [0, 1), got {self.augmentation} and {self.dropout}."
            )

    def network(self, events: int) -> FrameNetworkConfig:
        """Return the shape of the network."""
        return FrameNetworkConfig(
            in_channels=self.channels * (2 * self.neighbors + 1),
            events=events,
            widths=self.widths,
            features=self.features,
            cyclic=self.cyclic,
            dropout=self.dropout,
        )

    def augmented(self) -> AugmentationConfig:
        """Return turns, enlargements and noise; nothing that would change one frame's brightness beside the next."""
        plain = AugmentationConfig(
            order=("spatial", "noise"),
            mirror_axes=(),
            rotation_deg=(self.rotation_deg,),
            scaling=self.zoom,
            rotation_probability=0.5,
            scaling_probability=0.5,
            noise_probability=0.25,
        )
        names = [f.name for f in dataclasses.fields(plain) if f.name.endswith("probability")]
        return dataclasses.replace(plain, **{name: min(1.0, getattr(plain, name) * self.augmentation) for name in names})

    def driven(self, *, steps: int, seed: int) -> GradientConfig:
        """Return how the network is driven."""
        return GradientConfig(
            dimensions=2,
            steps=steps,
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            average=self.average,
            precision=self.precision,
            channels_last=self.channels_last,
            seed=seed,
        )
