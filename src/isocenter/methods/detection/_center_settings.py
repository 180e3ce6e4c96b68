"""Settings of boxes by their centers; each field is a setting of the plan."""

from dataclasses import dataclass
from typing import ClassVar

from isocenter.core.errors import SettingError
from isocenter.learning.loss import Form
from isocenter.methods._patches.settings import PatchSettings


@dataclass(frozen=True, kw_only=True)
class CenterSettings(PatchSettings):
    """One network that says where centers are, and how large the boxes around them."""

    forms: ClassVar[tuple[Form, ...]] = ("boxes",)

    loss: str = "center_boxes"
    sampler: str = "uniform"
    rotation_deg: float = 0.0
    """A turned box is no box."""
    zoom: tuple[float, float] = (1.0, 1.0)
    """The sizes in the maps would no longer be those seen."""
    most: int = 300
    """Boxes answered a kind and image, at most."""
    most_overlap: float = 0.5
    """IoU from which on two boxes are one object."""
    calibrate: bool = True
    """Choose on tuning cases how sure a box must be, kind by kind."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        super().__post_init__()
        self._check_range("most_overlap", 0.0, 1.0)
        if self.most < 1:
            raise SettingError(f"expected most >= 1, got {self.most!r}.")
        if self.rotation_deg or max(self.zoom) != 1.0 or min(self.zoom) != 1.0:
            raise SettingError(
                "expected rotation_deg 0 and zoom [1, 1]: turned and enlarged boxes are not learned. Leave them out."
            )
