"""Settings of a network of whole exams; each field is a setting of the plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isocenter.core.errors import SettingError, unknown
from isocenter.learning.conditionings import CONDITIONINGS
from isocenter.learning.encoders import ENCODERS
from isocenter.learning.exam.items import FrameConfig
from isocenter.learning.fusions import FUSIONS
from isocenter.learning.heads import HEADS
from isocenter.learning.poolings import POOLINGS
from isocenter.learning.pretraining import PRETRAINERS

NONE = "none"
BALANCES = (NONE, "sampling", "loss")
REGIONS = ("pool", "crop")
PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True, kw_only=True)
class ExamSettings:
    """One network: how exams are prepared, what it looks like, how it learns, what it answers."""

    channels: tuple[int, ...] = (1,)
    """Channels of each input, in the study's order."""
    size: tuple[int, ...] = (128, 128)
    """Samples per axis of the frame every exam is brought into."""
    spacing: tuple[float, ...] = ()
    """World units per sample the frame aims at; () = the longest side fits."""
    schemes: tuple[str, ...] = ()
    """Intensity scheme of each input: "zscore", "ct", "macenko" (stains of H&E normalized, then zscore) or "none"; () = zscore."""
    scales: tuple[tuple[float, float, float, float], ...] = ()
    """low, high, mean, deviation of each input, for "ct"."""
    window: tuple[float, ...] = ()
    """(low, high) HU that CT is clipped to, as a reader's window; () = percentiles of the learning cases."""
    region: str = "pool"
    """What a label of a region, or of an object, means: "pool" = look at all, listen there; "crop" = look only there."""
    margin: float = 0.15
    """Around a cut region, a share of its size."""
    least: float = 0.0
    """A cut region is at least this wide, in the image's unit (millimeters, or samples of a picture)."""
    context: float = 0.0
    """Beside a cut region, a second look with its surroundings, so many times as wide; both are fused as views are. 0 = no."""
    slices: bool = False
    """A volume is a bag of its slices."""
    encoder: str = "convnet"
    encoder_settings: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the encoder's config."""
    fusion: str = "stacked"
    """Of several inputs."""
    pooling: str = "average"
    """From places to the whole."""
    covariates: str = NONE
    """Where covariates enter: "none", "early", "late" or "film"."""
    heads: Mapping[str, str] = field(default_factory=dict)
    """Target: head, where it is not its kind's."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """Target: weight of its loss; 1 where it is not named, 0 = neither learned nor answered."""
    balance: str = NONE
    """Of the classes of the first target that has classes, grades or findings: "none", "sampling" (each drawn equally often) or
    "loss" (each weighs the inverse of its frequency)."""
    view_dropout: float = 0.0
    """Chance that a view (an input, or its surroundings) a case has is hidden in a step."""
    auxiliary_weight: float = 0.5
    """Of the losses of single inputs, where the fusion has them."""
    start: str = ""
    """Weights to start from: a run folder, or a file of weights; "" = random."""
    frozen: bool = False
    """Leave the encoder as it starts; only what comes after it learns."""
    layer_decay: float = 1.0
    """Each earlier part of the encoder learns at this share of the next one's rate."""
    pretrain: str = NONE
    """Before the labels, learn from all learning images: "none", "autoencoder" or "rbm"."""
    pretrain_share: float = 0.3
    """Share of the steps that go into it."""
    dropout: float = 0.2
    pooled_norm: bool = False
    """Bring features pooled over a region to one scale over the batch: small lesions in a large region hardly move a mean."""
    augmentation: float = 1.0
    """0 none … 1 full strength."""
    mirror_axes: tuple[int, ...] = ()
    """Axes of the image along which a mirrored exam is as likely as the exam."""
    rotation_deg: float = 15.0
    """Rotations up to ± this."""
    batch: int = 16
    instances: int = 16
    """Images or slices of a bag looked at in one step."""
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    average: float = 0.05
    """Share of the steps over which weights are averaged."""
    precision: str = "float32"
    calibrate: bool = True
    """Choose temperatures and the like on the tuning cases."""
    interval: float = 0.9
    """Coverage of the prediction interval of counts, proportions and values; 0 = none."""
    keep_map: bool = False
    """Also write what every place says, in the original geometry."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        for what, name, known in (
            ("encoder", self.encoder, ENCODERS.names()),
            ("fusion", self.fusion, FUSIONS.names()),
            ("pooling", self.pooling, POOLINGS.names()),
            ("covariates", self.covariates, (NONE, *CONDITIONINGS.names())),
            ("pretraining", self.pretrain, (NONE, *PRETRAINERS.names())),
            ("balance", self.balance, BALANCES),
            ("region", self.region, REGIONS),
            ("precision", self.precision, PRECISIONS),
            *(("head", head, HEADS.names()) for head in self.heads.values()),
        ):
            if name not in known:
                raise SettingError(unknown(what, name, known))
        for name, low, high in (
            ("view_dropout", 0.0, 0.9),
            ("dropout", 0.0, 0.9),
            ("augmentation", 0.0, 2.0),
            ("layer_decay", 0.01, 1.0),
            ("pretrain_share", 0.01, 0.95),
            ("interval", 0.0, 0.999),
        ):
            if not low <= getattr(self, name) <= high:
                raise SettingError(f"expected {name} in [{low}, {high}], got {getattr(self, name)!r}.")
        if self.batch < 1 or self.instances < 1 or self.learning_rate <= 0:
            raise SettingError(
                f"expected batch and instances ≥ 1 and learning_rate > 0, got {self.batch}, {self.instances}, {self.learning_rate}."
            )

        if self.context and self.context <= 1:
            raise SettingError(f"expected context above 1, got {self.context}: surroundings are wider than the cut. 0 = none.")
        if self.least < 0:
            raise SettingError(f"expected least of 0 or more, got {self.least}.")

    @property
    def view_channels(self) -> tuple[int, ...]:
        """Channels of each view of the network: the inputs, and once more with their surroundings where those are shown."""
        return self.channels * (2 if self.context else 1)

    @property
    def dimensions(self) -> int:
        """Axes the encoder sees: 2 or 3."""
        return len(self.size) - int(self.slices)

    def frame(self, inputs: tuple[str, ...]) -> FrameConfig:
        """Return how exams are brought into the frame."""
        return FrameConfig(
            inputs=inputs,
            channels=self.channels,
            size=self.size,
            spacing=self.spacing,
            schemes=self.schemes,
            scales=self.scales,
            crop=self.region == "crop",
            margin=self.margin,
            least=self.least,
            context=self.context,
            slices=self.slices,
        )
