"""Settings of the classifier of tiles; each field is a setting of the plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isocenter.core.errors import SettingError, unknown
from isocenter.learning.encoders import ENCODERS
from isocenter.learning.poolings import POOLINGS
from isocenter.learning.slides.bag import HEAT_MAP
from isocenter.learning.slides.stain import WAYS

BALANCES = ("none", "sampling")
PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True, kw_only=True)
class SlideSettings:
    """How slides become tiles, how those are learned from, and how what they say is joined."""

    tile: int = 64
    """Samples a side of a tile, at the size of samples the study reads slides at."""
    um_per_px: float = 1.0
    """Size of those samples; follows from `at:`."""
    least_tissue: float = 0.25
    """Share of a tile that must be tissue."""
    per_slide: int = 256
    """Tiles of a slide learned from at most; of each class there as many, as far as there are."""
    stain: str = "none"
    """What slides are made alike by: "none", "macenko" (their dyes) or "reinhard" (mean and spread of their colors)."""
    stain_augmentation: float = 0.5
    """How much dyes vary in training; 0 = not at all."""
    balance: str = "sampling"
    """"sampling" = every class is drawn equally often; "none" = as often as there are tiles of it."""
    pooling: str = "attention"
    """From tiles to slides and patients: "heat_map" (statistics of the map of tiles), or how bags are pooled."""
    encoder: str = "convnet"
    encoder_settings: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the encoder's config."""
    dropout: float = 0.2
    batch: int = 32
    """Tiles a step."""
    instances: int = 16
    """Of them, from one slide or patient, where only those have labels."""
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    average: float = 0.05
    """Share of the steps over which weights are averaged."""
    precision: str = "float32"
    keep_map: bool = True
    """Also write heat maps, and maps of attention."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        for what, name, known in (
            ("encoder", self.encoder, ENCODERS.names()),
            ("way to normalize stains", self.stain, WAYS),
            ("balance", self.balance, BALANCES),
            ("pooling", self.pooling, (HEAT_MAP, *POOLINGS.names())),
            ("precision", self.precision, PRECISIONS),
        ):
            if name not in known:
                raise SettingError(unknown(what, name, known))
        for name, low, high in (
            ("least_tissue", 0.0, 1.0),
            ("stain_augmentation", 0.0, 2.0),
            ("dropout", 0.0, 0.9),
        ):
            if not low <= getattr(self, name) <= high:
                raise SettingError(f"expected {name} in [{low}, {high}], got {getattr(self, name)!r}.")
        for name, least in (("tile", 8), ("per_slide", 1), ("batch", 2), ("instances", 1)):
            if getattr(self, name) < least:
                raise SettingError(f"expected {name} of {least} or more, got {getattr(self, name)!r}.")
        if self.um_per_px <= 0 or self.learning_rate <= 0:
            raise SettingError(f"expected um_per_px and learning_rate above 0, got {self.um_per_px!r} and {self.learning_rate!r}.")

    @property
    def side_um(self) -> float:
        """Side of a tile."""
        return self.tile * self.um_per_px
