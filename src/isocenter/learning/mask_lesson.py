"""A lesson of masks alone: a network has to draw a mask again from what little of it passes through its middle.

In:   a lesson of patches, of which the targets are taken.
Out:  see Lesson in gradient_learner.py.
Not:  no network (regularizers/shape.py); no image is looked at.

Reference: Oktay et al., ACNN, IEEE Trans Med Imaging 2018; 37:384-395, arXiv:1705.08302.
"""

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from isocenter.learning.patch_learner import PatchLesson
from isocenter.learning.regularizer import truth_maps


class MaskLesson:
    """See the module."""

    def __init__(self, patches: PatchLesson, *, classes: int) -> None:
        self.patches, self.classes = patches, classes

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return how far masks drawn again are from those shown."""
        image, target = self.patches.batch()
        axes = image.ndim - 2
        return self.patches.criterion(network(place(truth_maps(target, self.classes, axes))), place(target))

    def learned(self, loss: float) -> None:
        """Tell the sampler."""
        self.patches.learned(loss)

    def state(self) -> Mapping[str, Any]:
        """Return sampler and augmentation."""
        return self.patches.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.patches.restore(state)
