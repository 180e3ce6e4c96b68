"""A lesson of images that go with masks: a network has to say of an image what another one says of its mask.

In:   a lesson of patches of true images and their masks; a regularizer whose network of masks has learned.
Out:  see Lesson in gradient_learner.py.
Not:  no network (regularizers/shape.py).

Reference: the predictor of Oktay et al., ACNN, IEEE Trans Med Imaging 2018; 37:384-395, arXiv:1705.08302.
"""

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor
from torch.nn.functional import mse_loss

from isocenter.learning.patch_learner import PatchLesson
from isocenter.learning.regularizer import ImageRegularizer, truth_maps


class CodeLesson:
    """See the module."""

    def __init__(self, patches: PatchLesson, regularizer: ImageRegularizer, *, classes: int) -> None:
        self.patches, self.regularizer, self.classes = patches, regularizer, classes

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the mean squared distance of what is said from what should be."""
        image, target = self.patches.batch()
        maps = place(truth_maps(target, self.classes, image.ndim - 2))
        return mse_loss(network(place(image)), self.regularizer.wanted(maps))

    def learned(self, loss: float) -> None:
        """Tell the sampler."""
        self.patches.learned(loss)

    def state(self) -> Mapping[str, Any]:
        """Return sampler, augmentation and both networks: that of masks was learned before, and is not learned again."""
        return {"patches": dict(self.patches.state()), "regularizer": dict(self.regularizer.state())}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.patches.restore(state["patches"])
        self.regularizer.restore(state["regularizer"])
