"""Settings of the U-Net for segmentation; each field is a setting of the plan."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from isocenter.learning.edge_head import with_edges
from isocenter.methods._patches.settings import PatchSettings


@dataclass(frozen=True, kw_only=True)
class UNetSettings(PatchSettings):
    """One segmentation network."""

    edge_weight: float = 0.0
    """Weight, in the loss, of one more output that answers where classes border on one another; 0 = no such output."""
    keep_probability: bool = False
    """Also write the probability map of every case, and where there is an edge output, that of edges."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        super().__post_init__()
        self._check_range("edge_weight", 0.0, 10.0)

    def criterion(self) -> Callable[..., Tensor]:
        """Return the loss of the network's logits, those of the edge output among them."""
        plain = super().criterion()
        return with_edges(plain, self.edge_weight) if self.edge_weight > 0 else plain
