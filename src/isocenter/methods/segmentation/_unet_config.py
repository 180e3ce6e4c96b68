"""Settings of the U-Net for segmentation; each field is a setting of the plan."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from isocenter.learning.edge_head import with_edges
from isocenter.learning.loss import Form
from isocenter.learning.regularizer import NONE
from isocenter.learning.regularizers import REGULARIZERS
from isocenter.methods._patches.settings import PatchSettings


@dataclass(frozen=True, kw_only=True)
class UNetSettings(PatchSettings):
    """One segmentation network."""

    forms: ClassVar[tuple[Form, ...]] = ("classes", "regions")
    """Which of them it is, the target says."""

    regularizer: str = NONE
    """What else than the loss tells the network how wrong a mask is: "none", "adversarial" or "shape"."""
    regularizer_weight: float = 1.0
    """Of what it adds to the loss; 1 = its usual."""
    regularizer_share: float = 0.2
    """Share of the steps in which masks alone are learned, before images (regularizer "shape")."""
    edge_weight: float = 0.0
    """Weight, in the loss, of one more output that answers where classes border on one another; 0 = no such output."""
    keep_probability: bool = False
    """Also write the probability map of every case, and where there is an edge output, that of edges."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        super().__post_init__()
        self._check_name("regularizer", self.regularizer, (NONE, *REGULARIZERS.names()))
        self._check_range("regularizer_weight", 0.0, 100.0)
        self._check_range("regularizer_share", 0.0, 0.9)
        self._check_range("edge_weight", 0.0, 10.0)

    def criterion(self) -> Callable[..., Tensor]:
        """Return the loss of the network's logits, those of the edge output among them."""
        plain = super().criterion()
        return with_edges(plain, self.edge_weight) if self.edge_weight > 0 else plain
