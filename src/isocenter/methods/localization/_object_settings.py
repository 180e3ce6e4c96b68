"""Settings of the classifier of pieces; each field is a setting of the plan."""

from dataclasses import dataclass

from isocenter.core.errors import SettingError
from isocenter.learning.context_network import ContextNetworkConfig
from isocenter.learning.preparation import PreparationConfig


@dataclass(frozen=True, kw_only=True)
class ObjectSettings:
    """A watershed, and a network that looks at each piece."""

    channels: tuple[int, ...] = (1,)
    """Channels of each input, in the study's order."""
    scheme: str = "zscore"
    """Intensity scheme of what the network sees: "zscore", "ct", "macenko" or "none"."""
    low: float = 0.0
    """ct: lower clip, in the unit of the images."""
    high: float = 0.0
    """ct: upper clip."""
    mean: float = 0.0
    """ct: mean."""
    deviation: float = 1.0
    """ct: standard deviation."""
    cases: int = 12
    """Learning cases the watershed's channel, side, depth and least area are chosen on, at most."""
    radius: float = 5.0
    """World units within which a piece is taken for a dot's object, in learning as in the choice of cuts."""
    view: tuple[int, ...] = ()
    """Samples per axis of both views of a piece; () = not chosen yet."""
    wider: int = 3
    """How many times wider the second view is than the first."""
    widths: tuple[int, ...] = (16, 32, 64)
    """Features of the blocks of each view's stream."""
    batch: int = 64
    """Pieces a step, of each class as many."""
    mirror_axes: tuple[int, ...] = ()
    """Axes along which a mirrored piece is as likely as the piece."""
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if self.cases < 1 or self.radius <= 0 or self.wider < 1 or self.batch < 1 or self.learning_rate <= 0:
            raise SettingError(
                f"expected cases, wider and batch >= 1, radius and learning_rate > 0, got {self.cases!r}, {self.wider!r}, "
                f"{self.batch!r}, {self.radius!r} and {self.learning_rate!r}."
            )
        if min(self.view, default=1) < 1 or not self.widths or min(self.widths) < 1:
            raise SettingError(f"expected view and widths as numbers from 1 on, got {list(self.view)} and {list(self.widths)}.")

    def preparation(self, inputs: tuple[str, ...]) -> PreparationConfig:
        """Return how the inputs are prepared: on the samples they have, those the watershed sees."""
        return PreparationConfig(
            inputs=inputs, channels=self.channels, scheme=self.scheme, low=self.low, high=self.high, mean=self.mean,
            deviation=self.deviation,
        )  # fmt: skip

    def network(self, *, outputs: int) -> ContextNetworkConfig:
        """Return the shape of the network."""
        view = tuple(n for n in self.view if n > 1)
        return ContextNetworkConfig(
            dimensions=len(view), channels=sum(self.channels), view=view, widths=self.widths, outputs=outputs
        )
