"""Loss: what a file of losses/ registers, and the form of target it needs.

Out:  Loss, a function of raw answers and targets that says which targets it can read.
Not:  no loss itself (losses/).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from torch import Tensor

Form = Literal["classes", "regions", "amounts", "boxes"]
"""Of a target, as the loss gets it."""

FORMS: Mapping[Form, str] = {
    "classes": "classes of which every sample has one",
    "regions": "regions that may overlap, each a yes or no of its own",
    "amounts": "maps of amounts",
    "boxes": "centers and sizes of boxes",
}
"""In words, for messages."""


@dataclass(frozen=True)
class Loss:
    """One loss. Called as its function is."""

    function: Callable[..., Tensor]
    """(answer, target, settings by name) -> () float."""
    form: Form
    """"classes": (N, *S) int64, -1 = not assessed. "regions", "amounts": (N, K, *S) float, NaN = not assessed. "boxes": see
    center_maps.py."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the function takes by name; the rest stays at its default."""

    def __call__(self, answer: Tensor, target: Tensor) -> Tensor:
        """Return what the answer costs."""
        return self.function(answer, target, **self.settings)
