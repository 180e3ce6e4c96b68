"""Settings of counting by density; each field is a setting of the plan."""

from dataclasses import dataclass
from typing import ClassVar

from isocenter.core.errors import SettingError, unknown
from isocenter.learning.density import KERNELS
from isocenter.learning.loss import Form
from isocenter.methods._patches.settings import PatchSettings
from isocenter.metrics.per_case.point_f1 import RADIUS


@dataclass(frozen=True, kw_only=True)
class DensitySettings(PatchSettings):
    """One network whose map sums to a count."""

    forms: ClassVar[tuple[Form, ...]] = ("amounts",)

    loss: str = "l1"
    sampler: str = "uniform"
    normalization: str = "batch"
    """Instance normalization would make a patch of many objects look like one of few."""
    zoom: tuple[float, float] = (1.0, 1.0)
    """An enlarged map would no longer sum to the count."""
    kernel: str = "gaussian"
    """What a dot becomes: "gaussian" or "square" (redundant counting, as Count-ception)."""
    width: float = 2.0
    """In samples: standard deviation of "gaussian", side of "square"."""
    radius: float = RADIUS
    """World units within which a point is a true one where the height of a point is chosen."""
    calibrate: bool = True
    """Multiply counts by what makes those of the tuning cases right in sum, of the learning cases if none tune; choose the height
    of a point there."""
    keep_map: bool = False
    """Also write the density map of every case."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        super().__post_init__()
        if self.kernel not in KERNELS:
            raise SettingError(unknown("kernel", self.kernel, tuple(KERNELS)))
        if self.width <= 0 or self.radius <= 0:
            raise SettingError(f"expected width > 0 samples and radius > 0, got {self.width!r} and {self.radius!r}.")
