"""Settings of slice classifiers; each field is a setting of the plan."""

import dataclasses
from dataclasses import dataclass

from isocenter.core.errors import SettingError, unknown
from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.gradient_learner import GradientConfig
from isocenter.learning.preparation import PreparationConfig
from isocenter.learning.slice_network import AXES, SliceNetworkConfig
from isocenter.methods._patches.settings import PRECISIONS


@dataclass(frozen=True, kw_only=True)
class StructureSettings:
    """How volumes are prepared, how three networks learn their slices, and how slices become walls."""

    channels: tuple[int, ...] = (1,)
    """Channels of each input, in the study's order."""
    spacing: tuple[float, ...] = ()
    """World units per axis the networks work at; () keeps each case's samples."""
    scheme: str = "zscore"
    """Intensity scheme: "zscore" (by the image), "ct" (by the numbers of all learning images) or "none"."""
    low: float = 0.0
    """ct: lower clip, in the unit of the images."""
    high: float = 0.0
    """ct: upper clip."""
    mean: float = 0.0
    """ct: mean."""
    deviation: float = 1.0
    """ct: standard deviation."""
    neighbors: int = 1
    """Slices shown on either side of the one that is judged."""
    widths: tuple[int, ...] = (16, 32, 64, 128)
    """Feature channels per level, finest first."""
    dropout: float = 0.2
    """Share of the features that are left out in a step."""
    batch: int = 16
    """Slices a step, of each axis."""
    augmentation: float = 1.0
    """0 none … 1 full strength. Slices are turned and enlarged in their plane, and never mirrored: left is not right."""
    rotation_deg: float = 15.0
    """Rotations up to ± this; 0 = none."""
    zoom: tuple[float, float] = (0.85, 1.2)
    """Least and greatest enlargement; (1, 1) = none."""
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    average: float = 0.03
    """Share of the steps over which weights are averaged."""
    precision: str = "float32"
    channels_last: bool = True
    landmark_slices: tuple[float, ...] = (4.0, 4.0, 4.0)
    """Points: slices per axis that count as showing a landmark, which lies in their middle."""
    smooth: float = 0.7
    """Standard deviation, in slices, by which likelihoods are smoothed along an axis."""
    above: float = 0.5
    """Likelihood from which on a slice shows a structure; a wall lies where it is crossed."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        if self.precision not in PRECISIONS:
            raise SettingError(unknown("precision", self.precision, PRECISIONS))
        if not 0 < self.zoom[0] <= self.zoom[1]:
            raise SettingError(f"expected zoom as two factors above 0, the smaller first, got {list(self.zoom)}.")
        if self.batch < 2 or self.learning_rate <= 0 or self.neighbors < 0 or self.smooth < 0:
            raise SettingError(
                f"expected batch >= 2, learning_rate > 0, neighbors >= 0 and smooth >= 0, got {self.batch}, {self.learning_rate}, "
                f"{self.neighbors} and {self.smooth}."
            )
        if not 0 < self.above < 1 or not 0 <= self.augmentation <= 2:
            raise SettingError(f"expected above in (0, 1) and augmentation in [0, 2], got {self.above} and {self.augmentation}.")
        if len(self.landmark_slices) != AXES or min(self.landmark_slices) < 1:
            raise SettingError(f"expected landmark_slices as three numbers of 1 or more, got {list(self.landmark_slices)}.")

    def preparation(self, inputs: tuple[str, ...]) -> PreparationConfig:
        """Return how the inputs are prepared."""
        return PreparationConfig(
            inputs=inputs,
            channels=self.channels,
            spacing=self.spacing,
            scheme=self.scheme,
            low=self.low,
            high=self.high,
            mean=self.mean,
            deviation=self.deviation,
        )

    def network(self, structures: int) -> SliceNetworkConfig:
        """Return the shape of the networks."""
        shown = sum(self.channels) * (2 * self.neighbors + 1)
        return SliceNetworkConfig(in_channels=shown, structures=structures, widths=self.widths, dropout=self.dropout)

    def augmented(self) -> AugmentationConfig:
        """Return nnU-Net's augmentation in the plane, every probability scaled by `augmentation`."""
        plain = AugmentationConfig(mirror_axes=(), rotation_deg=(self.rotation_deg,), scaling=self.zoom)
        names = [f.name for f in dataclasses.fields(plain) if f.name.endswith("probability")]
        return dataclasses.replace(plain, **{name: min(1.0, getattr(plain, name) * self.augmentation) for name in names})

    def driven(self, *, steps: int, seed: int) -> GradientConfig:
        """Return how the networks are driven."""
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
